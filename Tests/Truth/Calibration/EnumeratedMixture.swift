import Foundation
import GMMModel
import TestSupport

/// The exact posterior of a conjugate mixture in any number of dimensions, by summing over all K^N labellings.
///
/// It serves means that are known or scaled by the spread, and inverse-Wishart, inverse-Gamma or Gamma spreads of any
/// form.
struct EnumeratedMixture {
  /// The expectation of each quantity of ``quantities(_:)``.
  private(set) var expectations: [Double] = []
  /// P(z_i = k) of the copies, row-major.
  private(set) var responsibilities: [Double]
  let names: [String]

  /// - Parameters:
  ///   - sampleWeights: a whole number for each row: its copies, with labels of their own.
  ///   - power: the power of the components' densities.
  ///   - weightPower: the power of the components' weights, to plant an error.
  ///   - extraDOF: is added to the degrees of freedom of every matrix, to plant an error.
  init(
    _ model: MixtureModel, _ data: [Double], sampleWeights: [Double]? = nil, power: Double = 1,
    weightPower: Double = 1, extraDOF: Double = 0
  ) throws {
    let shape = model.shape
    let (components, dimensions) = (shape.componentCount, shape.dimensionCount)
    let rows = (0..<data.count / dimensions).flatMap { i -> [[Double]] in
      let row = Array(data[i * dimensions..<(i + 1) * dimensions])
      return [[Double]](repeating: row, count: Int(sampleWeights?[i] ?? 1))
    }
    let count = rows.count
    var terms: [(log: Double, labels: [Int], values: [Double])] = []
    for code in 0..<Int(pow(Double(components), Double(count))) {
      var labels: [Int] = []
      var rest = code
      for _ in 0..<count {
        labels.append(rest % components)
        rest /= components
      }
      var counts = [Double](repeating: 0, count: components)
      for label in labels { counts[label] += weightPower }
      var (log, values) = Self.weights(model, counts)
      var means = [(first: Double, second: Double)](repeating: (0, 0), count: shape.meanCount)
      var spreads: [Double] = []
      for block in try Self.blocks(model, rows, labels, power, extraDOF) {
        let posterior = try block.posterior()
        log += posterior.logEvidence
        for mean in posterior.means { means[mean.place] = (mean.first, mean.second) }
        spreads += posterior.covariance + posterior.precision
      }
      values += means.map(\.first) + means.map(\.second) + spreads
      terms.append((log, labels, values))
    }
    let largest = terms.map(\.log).max() ?? 0
    let total = terms.reduce(0) { $0 + exp($1.log - largest) }
    expectations = [Double](repeating: 0, count: terms[0].values.count)
    responsibilities = [Double](repeating: 0, count: count * components)
    for term in terms {
      let probability = exp(term.log - largest) / total
      for (j, value) in term.values.enumerated() { expectations[j] += probability * value }
      for (i, label) in term.labels.enumerated() { responsibilities[i * components + label] += probability }
    }
    let spreadNames = (0..<shape.sdCount).flatMap { ["variance \($0)", "precision \($0)"] }
    let matrixNames = (0..<shape.matrixCount).flatMap { k in
      ["covariance", "precision"].flatMap { name in (0..<shape.triangleSize).map { "\(name) \(k), entry \($0)" } }
    }
    names =
      (0..<components).map { "weight \($0)" } + (0..<components).map { "weight \($0) squared" }
      + (0..<shape.meanCount).map { "mean \($0)" } + (0..<shape.meanCount).map { "mean \($0) squared" }
      + spreadNames + matrixNames
  }

  /// Returns the quantities of a draw, in the order of ``expectations``.
  static func quantities(_ parameters: Parameters) -> [Double] {
    let shape = parameters.shape
    var values = parameters.weights + parameters.weights.map { $0 * $0 }
    values += parameters.means + parameters.means.map { $0 * $0 }
    for sd in parameters.sds { values += [sd * sd, 1 / (sd * sd)] }
    var seen = Set<Int>()
    for k in 0..<shape.componentCount where shape.hasMatrices && seen.insert(shape.matrix(k)).inserted {
      let factor = parameters.factor(k)
      values += factor.square.packed + factor.inverseOfSquare.packed
    }
    return values
  }

  /// Returns the log evidence of the counts, and E[w] and E[w²].
  private static func weights(_ model: MixtureModel, _ counts: [Double]) -> (log: Double, values: [Double]) {
    if model.hasFixedWeights {
      let weights = model.concentration
      return (zip(weights, counts).reduce(0) { $0 + $1.1 * Foundation.log($1.0) }, weights + weights.map { $0 * $0 })
    }
    let sums = zip(model.concentration, counts).map(+)
    let total = sums.reduce(0, +)
    return (
      zip(sums, model.concentration).reduce(0) { $0 + lgamma($1.0) - lgamma($1.1) },
      sums.map { $0 / total } + sums.map { $0 * ($0 + 1) / (total * (total + 1)) }
    )
  }

  /// Returns the conjugate blocks of a labelling in the order of the spread parameters.
  static func blocks(
    _ model: MixtureModel, _ rows: [[Double]], _ labels: [Int], _ power: Double, _ extraDOF: Double
  ) throws -> [ConjugateBlock] {
    let shape = model.shape
    let dimensions = shape.dimensionCount
    // An entry for each component, or for each component and coordinate.
    func entry(_ k: Int, _ coordinates: Range<Int>) -> ConjugateBlock.Entry {
      let places = coordinates.map { k * dimensions + $0 }
      return ConjugateBlock.Entry(
        places: places, center: places.map { model.meanCenters[$0] },
        kappa: model.meanDensities[k * dimensions].kappa,
        members: labels.indices.filter { labels[$0] == k }.map { i in
          (coordinates.map { rows[i][$0] }, power)
        })
    }
    if shape.hasMatrices {
      return (0..<shape.matrixCount).compactMap { j in
        guard case .inverseWishart(let dof, let scale, _, _) = model.covarianceDensities[j] else { return nil }
        let components = (0..<shape.componentCount).filter { shape.matrix($0) == j }
        return ConjugateBlock(
          dof: dof + extraDOF, scale: scale, entries: components.map { entry($0, 0..<dimensions) })
      }
    }
    return model.spreadDensities.enumerated().compactMap { j, density in
      let (shapeParameter, scale): (Double, Double)
      switch density {
      case .inverseGamma(let a, let b): (shapeParameter, scale) = (a, b)
      case .gamma(let a, let b): (shapeParameter, scale) = (a, b)
      default: return nil
      }
      let pairs = (0..<shape.componentCount).flatMap { k in
        (0..<dimensions).filter { shape.sd(k, $0) == j }.map { (k, $0) }
      }
      return ConjugateBlock(
        dof: 2 * shapeParameter + extraDOF, scale: SymmetricMatrix(diagonal: [2 * scale]),
        entries: pairs.map { entry($0, $1..<$1 + 1) })
    }
  }
}
