import GMMKernels
import GMMModel

/// Makes runs of coordinate ascent (Bishop 2006, section 10.2; sticks: Blei, Jordan 2006), one after the other, in one
/// workspace, on one thread and its helpers.
///
/// The responsibilities of an iteration are those of an ordinary mixture whose logarithms of weights are
/// ``VariationalApproximation/logShares``. So the pass of expectation-maximisation takes their moments, and nothing of
/// size N is written.
final class VariationalAscent {
  private let prior: VariationalPrior
  private let options: VariationalOptions
  private let reducer: ReproducibleReducer
  /// The sum of the sample weights.
  private let total: Double

  /// - Parameter workers: the number of threads that may work on a pass.
  init(
    _ data: DataSet, _ prior: VariationalPrior, _ options: VariationalOptions, _ kernels: MixtureKernels, workers: Int
  ) throws(ModelError) {
    reducer = try ReproducibleReducer(
      data, kernels, ExpectationPass(kernels: kernels), workers: workers)
    total = data.totalWeight
    self.prior = prior
    self.options = options
  }

  /// Returns the fit to which the ascent leads from `start`, and whether the ascent ended by itself. If `monitor` stops
  /// it, it is the fit after the last whole iteration, or `nil` before the first.
  ///
  /// - Parameter crew: threads that help with the passes.
  /// - Throws: ``ModelError`` of kind `degenerate` for a bound that is not finite, and covariances that are not
  ///   positive definite.
  func run(
    from start: VariationalApproximation, _ monitor: RunMonitor, _ crew: BlockCrew?
  ) throws(ModelError) -> (fit: VariationalFit, isFinished: Bool)? {
    var state = try state(start)
    var history: [Double] = []
    var isConverged = false
    while history.count < options.maximumIterations, !isConverged {
      if monitor.pollForStop() {
        if history.isEmpty { return nil }
        break
      }
      let (moments, entropy) = expectation(state, crew)
      state = try self.state(prior.updated(moments))
      let bound = prior.lowerBound(state, entropy: entropy)
      guard bound.isFinite else {
        throw ModelError(.degenerate, "data", "must allow a finite lower bound at every iteration", got: bound)
      }
      isConverged = abs(bound - (history.last ?? options.initialBound)) < options.tolerance
      history.append(bound)
    }
    let fit = VariationalFit(
      prior: prior, approximation: state.approximation, history: history, isConverged: isConverged,
      observationCount: total)
    return (fit, isConverged || history.count == options.maximumIterations)
  }

  /// Returns the moments under the state's responsibilities r, and the entropy of the responsibilities, -Σ r log r.
  ///
  /// With l_k the log shares and F the sum over points of log Σ_k exp(l_k) Normal(x | m_k, Σ_k), the entropy is
  /// F - Σ r_ik (l_k + log Normal(x_i | m_k, Σ_k)), whose last sum is a function of the moments.
  func expectation(_ state: VariationalState, _ crew: BlockCrew?) -> (moments: ComponentMoments, entropy: Double) {
    let parameters = state.parameters
    let shape = parameters.shape
    let sums = reducer.sums(parameters, crew).rounded
    let statistics = SufficientStatistics(shape, centers: parameters.means, sums)
    var entropy = sums[sums.count - 1] + 0.5 * state.distances(statistics)
    let halves = state.halfLogDeterminants
    for k in 0..<shape.componentCount {
      let constant = -halves[shape.matrix(k)] - Double(shape.dimensionCount) * halfLogTwoPi
      entropy -= statistics.counts[k] * (parameters.logWeights[k] + constant)
    }
    return (ComponentMoments(statistics, regularization: options.regularization), entropy)
  }

  private func state(_ approximation: VariationalApproximation) throws(ModelError) -> VariationalState {
    do throws(NotPositiveDefinite) {
      return try VariationalState(approximation)
    } catch {
      throw ModelError(
        .degenerate, "data",
        "must lead to covariances that are positive definite (use fewer components, a larger regularization, or "
          + "columns that are neither constant nor collinear)",
        got: "pivot \(error.pivot.value) in row \(error.pivot.index) of component \(error.component)")
    }
  }
}
