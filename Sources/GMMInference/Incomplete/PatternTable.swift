import GMMKernels
import GMMModel

/// The components of a mixture as the rows of one pattern see them: the mixture of the coordinates that they have, and
/// the conditional distribution of the others.
///
/// The factor F of a component, with q(x) = constant - |F (x - center)|², is given the columns of the observed
/// coordinates first. Rotations of its rows make it lower triangular again. Then its leading block is the factor of the
/// observed coordinates, and the rest says that the missing ones are Normal given those,
///
///     y_M = center_M + B (x_O - center_O) + R ε,   R = (√2 F_MM)⁻¹,   B = - F_MM⁻¹ F_MO,
///
/// with ε standard Normal. No covariance matrix is made, so an ill-conditioned one loses no digits.
struct PatternTable {
  let shape: MixtureShape
  let pattern: RowPatterns.Pattern
  private let memory: UnsafeMutablePointer<Double>

  /// The number of coordinates that the kernels are given: those that rows have, or one of no effect if they have none.
  let observedCount: Int
  let missingCount: Int

  /// - Parameter memory: ``size(_:)`` doubles.
  init(_ shape: MixtureShape, _ pattern: RowPatterns.Pattern, memory: UnsafeMutablePointer<Double>) {
    (self.shape, self.pattern, self.memory) = (shape, pattern, memory)
    observedCount = max(1, pattern.observed.count)
    missingCount = pattern.missing.count
  }

  /// The number of doubles that suffice for any pattern: a table of D dimensions, and B and R in the place of what a
  /// table of fewer dimensions leaves, and D² / 2 more.
  static func size(_ shape: MixtureShape) -> Int {
    let dimensions = shape.dimensionCount
    return shape.densityCount
      * (2 + dimensions + shape.squareCount + (shape.hasMatrices ? dimensions * dimensions : dimensions))
  }

  /// The number of doubles of the memory in which one component is divided.
  static func workSize(_ shape: MixtureShape) -> Int {
    shape.hasMatrices ? shape.dimensionCount * shape.dimensionCount : 1
  }

  /// The mixture of the observed coordinates.
  var table: MultivariateTable {
    MultivariateTable(count: shape.densityCount, dimensions: observedCount, form: shape.factorForm, memory: memory)
  }

  private var afterTable: UnsafeMutablePointer<Double> {
    memory
      + MultivariateTable.size(count: shape.densityCount, dimensions: observedCount, form: shape.factorForm)
  }

  /// B of component `k`, missing x observed; only where covariances are matrices.
  func regression(_ k: Int) -> UnsafeMutablePointer<Double> {
    afterTable + k * missingCount * observedCount
  }

  /// R of component `k`: a packed triangle, or a number for each missing coordinate.
  func root(_ k: Int) -> UnsafeMutablePointer<Double> {
    let first = afterTable + (shape.hasMatrices ? shape.componentCount * missingCount * observedCount : 0)
    return first + k * shape.factorForm.size(dimensions: missingCount)
  }

  /// Divides the components of a mixture.
  ///
  /// - Parameters:
  ///   - full: the mixture in all coordinates.
  ///   - work: ``workSize(_:)`` doubles.
  ///   - box: the box of a background.
  func fill(from full: MultivariateTable, work: UnsafeMutablePointer<Double>, _ box: BackgroundBox?) {
    let table = table
    for k in 0..<shape.componentCount {
      let center = full.center(of: k)
      table.center(of: k)[0] = 0
      for (place, d) in pattern.observed.enumerated() { table.center(of: k)[place] = center[d] }
      table.constants[k] =
        full.constants[k]
        - (shape.hasMatrices ? divideMatrix(k, full.factor(of: k), work) : divideScales(k, full.factor(of: k)))
    }
    guard shape.hasBackground else { return }
    let last = shape.componentCount
    // The density of the observed coordinates lacks the sides of the others.
    table.constants[last] = pattern.missing.reduce(full.constants[last]) { $0 + (box?.logSides[$1] ?? 0) }
    for place in 0..<observedCount { table.center(of: last)[place] = table.center(of: 0)[place] }
    table.factor(of: last).update(repeating: 0, count: shape.factorForm.size(dimensions: observedCount))
  }

  /// Divides sds. Returns what the missing coordinates have contributed to the constant.
  private func divideScales(_ k: Int, _ full: UnsafePointer<Double>) -> Double {
    let factor = table.factor(of: k)
    factor[0] = 0
    for (place, d) in pattern.observed.enumerated() { factor[place] = full[d] }
    var constant = 0.0
    for (place, d) in pattern.missing.enumerated() {
      root(k)[place] = 1 / (2.0.squareRoot() * full[d])
      constant -= log(root(k)[place]) + halfLogTwoPi
    }
    return constant
  }

  private func divideMatrix(
    _ k: Int, _ full: UnsafePointer<Double>, _ work: UnsafeMutablePointer<Double>
  ) -> Double {
    let dimensions = shape.dimensionCount
    let observed = pattern.observed.count
    for i in 0..<dimensions {
      let row = full + PackedTriangle.row(i)
      for (place, d) in pattern.observed.enumerated() { work[i * dimensions + place] = d <= i ? row[d] : 0 }
      for (place, d) in pattern.missing.enumerated() { work[i * dimensions + observed + place] = d <= i ? row[d] : 0 }
    }
    PackedTriangle.triangularize(work, dimensions)
    let factor = table.factor(of: k)
    factor[0] = 0
    for i in 0..<observed {
      (factor + PackedTriangle.row(i)).update(from: work + i * dimensions, count: i + 1)
    }
    let root = root(k)
    let scale = 2.0.squareRoot()
    var constant = 0.0
    for i in 0..<missingCount {
      let source = work + (observed + i) * dimensions + observed
      for j in 0...i { root[PackedTriangle.index(i, j)] = scale * source[j] }
      constant += log(scale * source[i]) - halfLogTwoPi
    }
    PackedTriangle.invert(root, missingCount)
    let regression = regression(k)
    for i in 0..<missingCount {
      for j in 0..<observed {
        var sum = 0.0
        for l in 0...i { sum += root[PackedTriangle.index(i, l)] * work[(observed + l) * dimensions + j] }
        regression[i * observedCount + j] = -scale * sum
      }
    }
    return constant
  }
}
