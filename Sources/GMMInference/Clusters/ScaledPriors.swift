import GMMKernels
import GMMModel

/// Weakly informative priors at the scale of the data, after Fraley, Raftery (2007), "Bayesian regularization for normal
/// mixture estimation and model-based clustering", Journal of Classification 24.
///
/// Let x̄ be the means of the columns and S the data's covariance matrix. The priors are mean_k ~ Normal(x̄,
/// covariance_k / 0.01) and Σ_k ~ inverse-Wishart(D + 2, S / K^(2/D)). A variance has the distribution that it has
/// within such a matrix, inverse-Gamma(3 / 2, s² / K^(2/D) / 2), where s² is the variance of its column or, for
/// `spherical`, the average over the columns. So in every form the prior is worth three observations of a variance, and
/// its mean is s² / K^(2/D). (The paper keeps the D + 2 degrees of freedom of a matrix for single variances. In many
/// dimensions that prior outweighs the data, and its mean falls as 1 / D.)
public struct ScaledPriors: Sendable {
  public let means: MeansPrior
  public let spread: SpreadPrior

  /// - Parameter control: threads, progress in blocks of observations over up to three passes, cancelling.
  /// - Throws: ``ModelError`` for fewer than 2 rows, for a constant column, for columns that determine each other, and
  ///   when the caller cancels.
  public init(
    _ shape: MixtureShape, _ data: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try data.requireScale()
    let count = data.totalWeight
    let team = WorkTeam(control, units: 1, blocks: shape.hasMatrices ? data.blockCount : 0)
    let passes = shape.hasMatrices ? 3 : 2
    let kernels = control.build.kernels
    self = try team.pass(control, blocks: passes * data.blockCount) { (crew, tally) throws(ModelError) in
      let scale = DataSpread(data, tally)
      guard tally.goesOn else { throw tally.cancellationError }
      return try ScaledPriors(shape, data, scale) { () throws(ModelError) in
        let covariance = try Self.covariance(
          data, scale, divisor: count - 1, kernels, workers: team.workers, crew, tally)
        guard tally.goesOn else { throw tally.cancellationError }
        return covariance
      }
    }
  }

  /// - Parameters:
  ///   - scale: the means and variances of `data`.
  ///   - makeCovariance: makes the data's covariance matrix, if it is needed.
  private init(
    _ shape: MixtureShape, _ data: DataSet, _ scale: DataSpread,
    _ makeCovariance: () throws(ModelError) -> SymmetricMatrix
  ) throws(ModelError) {
    let dimensions = shape.dimensionCount
    let variances = zip(scale.variances, scale.weights).map { $0 * ($1 / max($1 - 1, 1)) }
    for (d, variance) in variances.enumerated() where !(variance > 0) {
      throw ModelError(
        .degenerate, "data",
        "must vary in every column for priors on their scale", got: "a constant column \(data.columnName(d))")
    }
    let shrinkage = 1 / pow(Double(shape.componentCount), 2 / Double(dimensions))
    means = .scaledNormal(mean: scale.means, kappa: [0.01])
    switch shape.structure {
    case .full, .tied:
      let covariance = try makeCovariance()
      // If columns determine each other, a pivot is rounding error only.
      do throws(FailedPivot) {
        _ = try covariance.cholesky(tolerance: 1e-13)
      } catch {
        throw ModelError(
          .degenerate, "data",
          "must not have columns that others determine for a prior on their scale",
          got: "column \(data.columnName(error.index))"
        )
      }
      spread = .inverseWishart(dof: [Double(dimensions + 2)], scale: covariance.full.map { $0 * shrinkage })
    case .diag:
      spread = .inverseGamma(shape: [Self.shapeOfVariance], scale: variances.map { 0.5 * shrinkage * $0 })
    case .spherical:
      let average = variances.reduce(0, +) / Double(dimensions)
      spread = .inverseGamma(shape: [Self.shapeOfVariance], scale: [0.5 * shrinkage * average])
    }
  }

  /// The shape of a variance: Σ_dd is inverse-Gamma((ν - D + 1) / 2, Ψ_dd / 2) for Σ ~ inverse-Wishart(ν, Ψ), here with
  /// ν = D + 2.
  private static let shapeOfVariance = 1.5

  /// Returns the covariance matrix, as the covariance of a mixture's only component, which holds all observations.
  static func covariance(
    _ data: DataSet, _ scale: DataSpread, divisor: Double, _ kernels: KernelSet, workers: Int = 1,
    _ crew: BlockCrew? = nil,
    _ tally: BlockTally? = nil
  ) throws(ModelError) -> SymmetricMatrix {
    let shape = MixtureShape(componentCount: 1, dimensionCount: scale.means.count, structure: .full)
    let data = try data.withoutLabels()
    let kernels = MixtureKernels(shape, kernels, isWeighted: !data.isPlain)
    let reducer = try ReproducibleReducer(data, kernels, ExpectationPass(kernels: kernels), workers: workers)
    let root = SymmetricMatrix(diagonal: scale.variances.map { $0.squareRoot() })
    var parameters = Parameters(shape, weights: [1], means: scale.means, factors: root.packed)
    func squares(_ tally: BlockTally?) -> (mean: [Double], scatter: [Double], total: Double) {
      let statistics = SufficientStatistics(
        shape, centers: parameters.means, reducer.sums(parameters, crew, tally).rounded)
      var scatter = [Double](repeating: 0, count: shape.triangleSize)
      let shift = statistics.sums.map { $0 / statistics.total }
      statistics.addSquares(of: 0, about: shift, to: &scatter)
      return (zip(parameters.means, shift).map { $0 + $1 }, scatter, statistics.total)
    }
    var last = squares(tally)
    // Where values are missing, it is the maximum of the likelihood of one Normal distribution.
    for _ in 0..<(data.patterns == nil ? 0 : mostIterations) {
      var factor = LowerTriangle(dimension: shape.dimensionCount, packed: last.scatter.map { $0 / last.total })
      guard tally?.goesOn ?? true, factor.factorize(tolerance: 1e-13) == nil else { break }
      let before = parameters.factors
      parameters = Parameters(shape, weights: [1], means: last.mean, factors: factor.packed)
      last = squares(nil)
      let move = zip(before, factor.packed).reduce(0) { max($0, abs($1.0 - $1.1)) }
      if move <= 1e-8 * (factor.packed.max() ?? 0) { break }
    }
    return SymmetricMatrix(dimension: shape.dimensionCount, packed: last.scatter.map { $0 / divisor })
  }

  /// The largest number of iterations for the covariance of data with missing values.
  private static let mostIterations = 500
}
