import GMMKernels
import GMMModel

/// The distributions at some powers: a chain at the largest one, with rungs at the lower ones below it, and independent
/// draws from the prior at power 0.
///
/// One thread at a time uses it.
final class EvidenceLadder: @unchecked Sendable {
  /// The powers, in ascending order.
  let powers: [Double]
  private let isCollapsed: Bool
  private var density: EvidenceDensity
  private var prior: EvidencePrior?
  private let context: ChainContext
  private let transition: Transition?
  private var state: ChainState?
  /// The log densities of the draws of each power, less that at the power itself, at the power above and the power
  /// below.
  private(set) var above: [[Double]]
  private(set) var below: [[Double]]

  /// - Parameters:
  ///   - number: tells the random numbers of this ladder from those of the others.
  ///   - powers: in ascending order.
  init(
    _ number: Int, powers: [Double], _ target: Target, seed: UInt64, isCollapsed: Bool, tune: Int, _ kernels: KernelSet
  ) throws(ModelError) {
    self.powers = powers
    self.isCollapsed = isCollapsed
    let ofChains = Array(powers.drop { $0 == 0 }.reversed())
    var powered = Target(model: target.model.unshared(), data: target.data, power: ofChains.first ?? 0)
    powered.division = target.division
    context = try ChainContext(
      target: powered, method: .gibbs,
      seed: StreamKey(seed: seed, chain: UInt64(number), purpose: .evidenceRungs).first,
      splitMerge: ofChains.isEmpty ? .never : .automatic, rungs: ofChains.count > 1 ? .count(ofChains.count) : .none,
      powers: ofChains, keepsAssignments: false, kernels: kernels)
    density = try EvidenceDensity(powered.model, target.data, isCollapsed: isCollapsed, kernels)
    prior =
      ofChains.count < powers.count
      ? try EvidencePrior(number, powered, seed: seed, isCollapsed: isCollapsed, kernels) : nil
    transition = ofChains.isEmpty ? nil : try Transition(0, powered, SamplerMemory(), context, tune: tune)
    above = [[Double]](repeating: [], count: powers.count)
    below = above
  }

  /// Starts the chain and its rungs.
  ///
  /// - Parameter rungsFromPrior: whether the rungs start at a draw from the prior. Where the posterior changes from one
  ///   kind of division to another at some power, rungs near it may stay where they started for long. Ladders that come
  ///   from both sides then disagree, and the error tells.
  func start(tune: Int, rungsFromPrior: Bool = false, _ monitor: RunMonitor) throws(ModelError) {
    guard let transition else { return }
    let parameters = try context.start(0, keeping: PartialParameters(), tune: tune, nil) { !monitor.shouldStop }
    guard !monitor.shouldStop else { return }
    let ofRungs = rungsFromPrior ? prior?.parameters(while: { !monitor.shouldStop }) : nil
    state = try transition.start(at: parameters, rungsAt: ofRungs, nil)
  }

  /// Makes iterations of all powers.
  func run(_ count: Int, isRecording: Bool, _ monitor: RunMonitor) throws(ModelError) {
    for _ in 0..<count where !monitor.pollForStop() {
      let draws = try advance { !monitor.shouldStop }
      guard isRecording else { continue }
      for (place, draw) in draws.enumerated() {
        let own = density(draw, power: powers[place])
        if place + 1 < powers.count { above[place].append(density(draw, power: powers[place + 1]) - own) }
        if place > 0 { below[place].append(own - density(draw, power: powers[place - 1])) }
      }
    }
  }

  /// Makes the next iteration, and returns a draw of each power.
  ///
  /// - Parameter isWanted: is asked in every long loop; after `false` the draws are not used.
  func advance(while isWanted: () -> Bool) throws(ModelError) -> [EvidenceDraw] {
    // The draws from the prior are new ones in each iteration, and take no part in exchanges.
    let drawn = prior?.draw(while: isWanted)
    guard let transition, var current = state.take() else { return drawn.map { [$0] } ?? [] }
    _ = try transition.advance(&current, nil)
    state = current
    let states = (transition.rungs?.states.reversed() ?? []) + [current]
    return (drawn.map { [$0] } ?? [])
      + states.map { isCollapsed ? .assignments($0.statistics) : .parameters($0.parameters) }
  }

  /// Returns log q_to - log q_from at draws.
  func ratios(_ draws: [EvidenceDraw], from: Double, to: Double) -> [Double] {
    draws.map { density($0, power: to) - density($0, power: from) }
  }
}
