import GMMKernels
import GMMModel

/// A pass over weighted rows that takes their statistics under the responsibilities, and their log likelihood. The
/// weights may have either sign.
final class StatisticsPass: Sendable {
  private let reducer: BlockReducer
  private let pass: ExpectationPass
  private let power: Double

  /// - Parameters:
  ///   - power: the power of the components' densities.
  ///   - workers: the number of threads that may work on a pass.
  init(_ rows: DataSet, _ shape: MixtureShape, _ kernels: KernelSet, power: Double, workers: Int) throws(ModelError) {
    let kernels = MixtureKernels(shape, kernels, isWeighted: true)
    pass = ExpectationPass(kernels: kernels)
    reducer = try BlockReducer(rows, kernels, workers: workers)
    self.power = power
  }

  /// Takes the statistics under the responsibilities, about the means of the parameters.
  ///
  /// - Parameter power: replaces the power of the pass.
  /// - Returns: Σ_i v_i log Σ_k w_k N(x_i | k)^β, for the weights v of the rows.
  func evaluate(
    _ parameters: Parameters, power: Double? = nil, into statistics: inout SufficientStatistics, _ crew: BlockCrew?
  ) -> Double {
    reducer.reduce(parameters, power: power ?? self.power, into: &statistics, crew, pass)
  }
}
