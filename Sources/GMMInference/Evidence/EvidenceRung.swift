import GMMKernels
import GMMModel

/// One power of a ladder: its chain, or independent draws from the prior at power 0.
///
/// One thread at a time uses it.
final class EvidenceRung {
  let power: Double
  private let key: StreamKey
  private let isCollapsed: Bool
  private let model: MixtureModel
  private let plain: Parameters
  private var density: EvidenceDensity
  private let context: ChainContext
  private let transition: Transition?
  /// The sweeps of the draws from the prior, or those after exchanges.
  private let sweeper: AssignmentSweeper
  private var state: ChainState?
  private var step: UInt64 = 0
  /// The log densities of the draws, less that at the rung's own power, at the power above and the power below.
  private(set) var above: [Double] = []
  private(set) var below: [Double] = []

  /// - Parameter number: tells the random numbers of this rung from those of the others.
  init(
    _ number: Int, power: Double, _ target: Target, seed: UInt64, isCollapsed: Bool, tune: Int, _ kernels: KernelSet
  ) throws(ModelError) {
    let seedKey = StreamKey(seed: seed, chain: UInt64(number), purpose: .evidenceRungs)
    var powered = Target(model: target.model.unshared(), data: target.data, power: power)
    powered.division = target.division
    context = try ChainContext(
      target: powered, method: .gibbs, seed: seedKey.first, splitMerge: power == 0 ? .never : .automatic,
      keepsAssignments: false, kernels: kernels)
    self.power = power
    self.isCollapsed = isCollapsed
    model = powered.model
    key = StreamKey(seed: seed, chain: UInt64(number), purpose: .evidencePrior)
    density = try EvidenceDensity(model, target.data, isCollapsed: isCollapsed, kernels)
    let shape = model.shape
    plain = Parameters(
      shape, weights: [], means: model.meanCenters, sds: [Double](repeating: 1, count: shape.sdCount),
      factors: (0..<shape.matrixCount).flatMap { _ in
        (0..<shape.dimensionCount).flatMap { i in (0...i).map { $0 == i ? 1.0 : 0 } }
      })
    sweeper = try context.sweeper(1, moves: false)
    transition = power == 0 ? nil : try Transition(0, powered, SamplerMemory(), context, tune: tune)
  }

  /// Starts the chain.
  func start(tune: Int, _ monitor: RunMonitor) throws(ModelError) {
    guard let transition else { return }
    let parameters = try context.start(0, keeping: PartialParameters(), tune: tune, nil) { !monitor.shouldStop }
    guard !monitor.shouldStop else { return }
    state = try transition.start(at: parameters, nil)
  }

  /// Makes the next iteration of the chain, or the next draw from the prior.
  ///
  /// - Parameter isWanted: is asked in every long loop; after `false` the draw is not used.
  func advance(while isWanted: () -> Bool) throws(ModelError) {
    step += 1
    if let transition {
      guard var current = state.take() else { return }
      _ = try transition.advance(&current, nil)
      state = current
      return
    }
    var stream = RandomStream(key.at(iteration: step))
    let parameters = model.drawPrior(&stream, while: isWanted)
    var statistics = SufficientStatistics(model.shape)
    if isCollapsed {
      // At power 0 the assignments depend on the weights alone. Plain means and sds cannot overflow.
      var weighted = plain
      (weighted.weights, weighted.logWeights) = (parameters.weights, parameters.logWeights)
      _ = sweeper.sweep(weighted, iteration: step, into: &statistics)
    }
    state = ChainState(parameters: parameters, statistics: statistics, logMarginal: 0, iteration: step)
  }

  /// The draw of the chain's state.
  var draw: EvidenceDraw? {
    state.map { isCollapsed ? .assignments($0.statistics) : .parameters($0.parameters) }
  }

  /// Returns log q_to - log q_from at draws.
  func ratios(_ draws: [EvidenceDraw], from: Double, to: Double) -> [Double] {
    draws.map { density($0, power: to) - density($0, power: from) }
  }

  /// Keeps the log densities of the state at the neighbours' powers.
  func record(below lower: Double?, above upper: Double?) {
    guard let draw else { return }
    let own = density(draw, power: power)
    if let upper { above.append(density(draw, power: upper) - own) }
    if let lower { below.append(own - density(draw, power: lower)) }
  }

  /// Exchanges the parameters of two rungs with the probability of Metropolis and Hastings, with the assignments summed
  /// out. Assignments are drawn anew at the new powers.
  func exchange(with other: EvidenceRung, _ stream: inout RandomStream) {
    let logThreshold = log(stream.uniform())
    guard let mine = state, let theirs = other.state else { return }
    let ofMine = density.logMarginal(of: mine.parameters, power: other.power)
    let ofTheirs = density.logMarginal(of: theirs.parameters, power: power)
    guard logThreshold < ofMine + ofTheirs - mine.logMarginal - theirs.logMarginal else { return }
    take(theirs.parameters, ofTheirs)
    other.take(mine.parameters, ofMine)
  }

  private func take(_ parameters: Parameters, _ logMarginal: Double) {
    guard var current = state.take() else { return }
    current.parameters.assign(parameters)
    _ = sweeper.sweep(parameters, iteration: step, into: &current.statistics)
    current.logMarginal = logMarginal
    state = current
  }
}
