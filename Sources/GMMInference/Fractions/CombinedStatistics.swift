import GMMKernels
import GMMModel

/// The statistics of assigned rows plus the expected ones of the rests, as the statistics of a Gibbs step.
///
/// The rests may be negative, so a sum may belong to no rows at all: with a count below zero, or with squares that are
/// not positive. A component has the sum only if its count is positive and its squares, with the prior's, are at least
/// a quarter of those of the assigned rows. Otherwise it has the statistics of its assigned rows alone. Either way the
/// result is a function of the two statistics, which is all that a proposal needs.
struct CombinedStatistics {
  private var model: MixtureModel
  private let power: Double
  private var total: SufficientStatistics
  // The workspace for the squares of a component.
  private var squares: [Double]
  private var factor: LowerTriangle
  private var average: [Double]

  /// - Parameter power: the power of the target.
  init(_ model: MixtureModel, power: Double) {
    let shape = model.shape
    self.model = model
    self.power = power
    total = SufficientStatistics(shape)
    squares = [Double](repeating: 0, count: shape.squareCount)
    factor = LowerTriangle(dimension: shape.hasMatrices ? shape.dimensionCount : 0)
    average = [Double](repeating: 0, count: shape.dimensionCount)
  }

  /// Gives the priors other hyperparameters.
  mutating func adopt(_ hyperparameters: [Double]) { model.adopt(hyperparameters) }

  /// Returns the combination.
  mutating func callAsFunction(
    _ assigned: SufficientStatistics, _ expected: SufficientStatistics
  ) -> SufficientStatistics {
    total.assign(assigned, times: 1)
    total.add(expected)
    let components = 0..<model.componentCount
    if model.sharedSpread {
      let isValid = isValid(components, assigned)
      for k in components where !isValid || !(total.counts[k] > 0) { total.copyComponent(k, from: assigned) }
    } else {
      for k in components where !(total.counts[k] > 0) || !isValid(k..<k + 1, assigned) {
        total.copyComponent(k, from: assigned)
      }
    }
    return total
  }

  /// Returns whether the sums of components that share a spread are like sums of rows.
  private mutating func isValid(_ components: Range<Int>, _ assigned: SufficientStatistics) -> Bool {
    for j in squares.indices { squares[j] = 0 }
    for k in components {
      addSquares(of: total, k, times: 1)
      addSquares(of: assigned, k, times: -0.25)
    }
    guard model.shape.hasMatrices else { return squares.allSatisfy { $0 >= 0 } }
    let density = model.covarianceDensities[model.shape.matrix(components.lowerBound)]
    guard case .inverseWishart(_, let scale, _, _) = density else { return true }
    for j in squares.indices { factor.packed[j] = 0.75 * scale.packed[j] + power * squares[j] }
    return factor.factorize() == nil
  }

  /// Adds the squares of a component about its average.
  private mutating func addSquares(of statistics: SufficientStatistics, _ k: Int, times sign: Double) {
    let count = statistics.counts[k]
    guard count > 0 else { return }
    let dimensions = model.dimensionCount
    let first = k * model.shape.squareCount
    var entry = 0
    for i in 0..<dimensions {
      let sum = statistics.sums[k * dimensions + i]
      for j in model.shape.hasMatrices ? 0...i : i...i {
        squares[entry] +=
          sign * (statistics.squares[first + entry] - sum * statistics.sums[k * dimensions + j] / count)
        entry += 1
      }
    }
  }
}
