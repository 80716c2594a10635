import GMMKernels
import GMMModel

/// One run of expectation-maximisation from one start (Dempster, Laird, Rubin 1977).
final class ExpectationMaximization {
  private let options: MaximumLikelihoodOptions
  /// The smallest variance.
  private let floor: Double
  private let kernels: KernelSet
  private let reducer: BlockReducer
  private let crew: BlockCrew?

  /// - Parameters:
  ///   - variance: the data's.
  ///   - crew: threads that help with the passes.
  init(
    _ observations: Observations, _ options: MaximumLikelihoodOptions, _ kernels: KernelSet, variance: Double,
    _ crew: BlockCrew?
  ) throws(ModelError) {
    reducer = try BlockReducer(
      observations, componentCount: options.componentCount, workers: crew?.workers ?? 1)
    self.options = options
    self.kernels = kernels
    self.crew = crew
    floor = options.varianceFloor * variance
  }

  /// Returns the fit to which EM leads from `start`, or `nil` when `monitor` stops it. Calls `report` in each iteration.
  func run(from start: Parameters, _ monitor: RunMonitor, _ report: () -> Void) -> MaximumLikelihoodFit? {
    var parameters = start
    var statistics = SufficientStatistics(componentCount: options.componentCount)
    var iterations = 0
    var isConverged = false
    while iterations < options.maximumIterations {
      report()
      if monitor.shouldStop { return nil }
      _ = expectation(parameters, into: &statistics)
      let change = maximize(&parameters, statistics)
      iterations += 1
      isConverged = change <= options.tolerance
      if isConverged { break }
    }
    let logLikelihood = expectation(parameters, into: &statistics)
    parameters.sortByMean()
    let atFloor = parameters.sds.count { $0 * $0 <= floor * (1 + 1e-9) }
    return MaximumLikelihoodFit(
      weights: parameters.weights, means: parameters.means, sds: parameters.sds, logLikelihood: logLikelihood,
      iterations: iterations, isConverged: isConverged, componentsAtFloor: atFloor,
      observationCount: reducer.observations.count)
  }

  /// E-step: sums the responsibilities' moments; returns the log likelihood.
  private func expectation(_ parameters: Parameters, into statistics: inout SufficientStatistics) -> Double {
    reducer.reduce(
      parameters, into: &statistics, crew, ExpectationPass(kernel: kernels.expectations, table: reducer.table))
  }

  /// M-step: weighted counts, means and variances; a component without members keeps its mean.
  ///
  /// - Returns: the largest move: of a mean in its sds, of an sd as a fraction, of a weight as it is.
  private func maximize(_ parameters: inout Parameters, _ statistics: SufficientStatistics) -> Double {
    let total = statistics.counts.reduce(0, +)
    var pooled = 0.0
    var change = 0.0
    for k in parameters.means.indices {
      let members = statistics.counts[k]
      let weight = members / total
      change = max(change, abs(weight - parameters.weights[k]))
      parameters.weights[k] = weight
      parameters.logWeights[k] = log(weight)
      var squares = 0.0
      if members > 0 {
        let shift = statistics.sums[k] / members
        change = max(change, abs(shift) / parameters.sd(k))
        parameters.means[k] = statistics.centers[k] + shift
        squares = statistics.squares(of: k, about: parameters.means[k])
      }
      pooled += squares
      if !options.sharedSpread {
        change = max(change, set(&parameters.sds[k], variance: squares / max(members, 1e-300)))
      }
    }
    if options.sharedSpread { change = max(change, set(&parameters.sds[0], variance: pooled / total)) }
    return change
  }

  /// Sets an sd, with its variance at least at the floor; returns the fraction by which it moved.
  private func set(_ sd: inout Double, variance: Double) -> Double {
    let old = sd
    sd = max(variance, floor).squareRoot()
    return abs(sd - old) / sd
  }
}

/// The responsibilities of one block, summed up.
private struct ExpectationPass: BlockPass {
  let kernel: KernelSet.ExpectationKernel
  let table: ComponentTable

  func callAsFunction(_ block: BlockReducer.Block) -> Double {
    kernel(block.x, block.count, table.memory, table.count, block.scratch, block.moments)
  }
}
