import GMMKernels
import GMMModel

/// The components of a pass as rows that are not exact see them: weights, centers, covariances and their factors.
final class UncertainComponents: @unchecked Sendable {
  private let shape: MixtureShape
  private let memory: AlignedBuffer<Double>
  private let size: Int
  private let covarianceSize: Int
  private let factorSize: Int
  /// The number of components of the mixture that was taken last.
  private(set) var count = 0
  /// The log of the density of a background, with that of its weight; `nil` if there is none.
  private(set) var logBackground: Double?

  /// The number of components, with a background.
  var densityCount: Int { count + (logBackground == nil ? 0 : 1) }
  /// Whether coordinates are independent, in the components and in the errors.
  let areDiagonal: Bool

  /// Returns whether any row needs them: some have errors, intervals or soft labels.
  static func areNeeded(_ data: DataSet) -> Bool {
    guard let patterns = data.patterns else { return false }
    return data.details?.logShares != nil || patterns.patterns.contains { !$0.isExact }
  }

  init(_ shape: MixtureShape, _ data: DataSet) throws(ModelError) {
    let dimensions = shape.dimensionCount
    self.shape = shape
    areDiagonal = !shape.hasMatrices && data.details?.covariances == nil
    covarianceSize = areDiagonal ? dimensions : dimensions * dimensions
    factorSize = areDiagonal ? dimensions : PackedTriangle.count(dimensions)
    size = 1 + dimensions + covarianceSize + factorSize
    guard let memory = AlignedBuffer<Double>(count: size * shape.componentCount) else {
      throw .outOfMemory("the covariances of \(shape.componentCount) components")
    }
    self.memory = memory
  }

  /// Takes the mixture of a table.
  func fill(_ table: MultivariateTable) {
    let dimensions = table.dimensions
    let root = 2.0.squareRoot()
    count = shape.hasBackground ? table.count - 1 : table.count
    logBackground = shape.hasBackground ? table.constants[count] : nil
    for k in 0..<count {
      let base = memory.base + k * size
      let center = base + 1
      let covariance = center + dimensions
      let factor = covariance + covarianceSize
      center.update(from: table.center(of: k), count: dimensions)
      let source = table.factor(of: k)
      base[0] = table.constants[k] + Double(dimensions) * halfLogTwoPi
      switch table.form {
      case .diagonal:
        covariance.update(repeating: 0, count: covarianceSize)
        factor.update(repeating: 0, count: factorSize)
        for d in 0..<dimensions {
          base[0] -= log(root * source[d])
          let sd = 1 / (root * source[d])
          factor[areDiagonal ? d : PackedTriangle.index(d, d)] = sd
          covariance[areDiagonal ? d : d * dimensions + d] = sd * sd
        }
      case .triangular:
        for d in 0..<dimensions { base[0] -= log(root * source[PackedTriangle.index(d, d)]) }
        for j in 0..<factorSize { factor[j] = root * source[j] }
        PackedTriangle.invert(factor, dimensions)
        for i in 0..<dimensions {
          for j in 0...i {
            var sum = 0.0
            for l in 0...j { sum += factor[PackedTriangle.index(i, l)] * factor[PackedTriangle.index(j, l)] }
            (covariance[i * dimensions + j], covariance[j * dimensions + i]) = (sum, sum)
          }
        }
      }
    }
  }

  /// Returns a component of the mixture.
  @inline(__always)
  func component(_ k: Int) -> UncertainRow.Component {
    let base = memory.base + k * size
    let center = UnsafePointer(base + 1)
    let covariance = center + shape.dimensionCount
    return UncertainRow.Component(
      logWeight: base[0], center: center, covariance: covariance, factor: covariance + covarianceSize)
  }
}

extension MultivariateSums {
  /// Adds a row about the center of component `k`.
  func add(_ row: UnsafePointer<Double>, _ k: Int) {
    counts[k] += 1
    for d in 0..<dimensions { sums[k * dimensions + d] += row[d] }
    let target = squares + k * form.size(dimensions: dimensions)
    switch form {
    case .triangular: PackedTriangle.addSquare(of: row, weight: 1, to: target, dimensions)
    case .diagonal: for d in 0..<dimensions { target[d] += row[d] * row[d] }
    }
  }
}
