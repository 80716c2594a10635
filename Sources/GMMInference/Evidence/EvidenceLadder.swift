import GMMKernels
import GMMModel

/// The chains of all powers, which exchange their states: each iteration offers exchanges to the pairs of neighbours of
/// even number, or to those of odd number, in turns (Okabe et al. 2001; Syed et al. 2022).
///
/// One thread at a time uses it.
final class EvidenceLadder: @unchecked Sendable {
  let rungs: [EvidenceRung]
  private let key: StreamKey
  private var iteration: UInt64 = 0

  /// - Parameter number: tells the random numbers of this ladder from those of the others.
  init(
    _ number: Int, powers: [Double], _ target: Target, seed: UInt64, isCollapsed: Bool, tune: Int, _ kernels: KernelSet
  ) throws(ModelError) {
    var rungs: [EvidenceRung] = []
    for (place, power) in powers.enumerated() {
      rungs.append(
        try EvidenceRung(
          number << 16 + place, power: power, target, seed: seed, isCollapsed: isCollapsed, tune: tune, kernels))
    }
    self.rungs = rungs
    key = StreamKey(seed: seed, chain: UInt64(number << 16), purpose: .evidenceRungs)
  }

  func start(tune: Int, _ monitor: RunMonitor) throws(ModelError) {
    for rung in rungs where !monitor.pollForStop() { try rung.start(tune: tune, monitor) }
  }

  /// Makes iterations of all chains.
  func run(_ count: Int, isRecording: Bool, _ monitor: RunMonitor) throws(ModelError) {
    for _ in 0..<count where !monitor.pollForStop() {
      iteration += 1
      for (place, rung) in rungs.enumerated() {
        try rung.advance { !monitor.shouldStop }
        guard isRecording else { continue }
        rung.record(
          below: place > 0 ? rungs[place - 1].power : nil,
          above: place + 1 < rungs.count ? rungs[place + 1].power : nil)
      }
      var stream = RandomStream(key.at(iteration: iteration))
      // The draws from the prior are new ones in each iteration, and take no part.
      for place in stride(from: 1 + Int(iteration % 2), to: rungs.count - 1, by: 2) {
        rungs[place].exchange(with: rungs[place + 1], &stream)
      }
    }
  }
}
