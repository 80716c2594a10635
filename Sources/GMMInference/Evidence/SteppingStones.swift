import GMMKernels
import GMMModel

/// The log evidence from a ladder of powers (Xie et al. 2011), with a two-sided ratio for each step (Meng, Wong 1996).
///
/// The powers are a function of the seed, the model and the data. They begin with a ladder that falls by a factor of 4.
/// Where the draws of a search overlap too little with those of the next rung, a rung is put between, until all overlap.
/// Then four ladders run with exchanges, independently of each other. If the caller leaves their length open, they are
/// extended until the error is small enough.
struct SteppingStones {
  let target: Target
  let options: LogEvidenceOptions
  let control: RunControl
  let isCollapsed: Bool

  static let leastOverlap = 0.7
  static let mostRungs = 128
  static let ladders = 4
  /// The iterations before draws are made, and the draws of the search.
  static let tune = 200
  static let pilots = 400
  /// The error up to which ladders of open length run, and their least and largest numbers of draws.
  static let wantedError = 0.05
  static let drawRange = (10_000, 160_000)

  init(_ target: Target, _ options: LogEvidenceOptions, _ control: RunControl) throws(ModelError) {
    var target = target
    if target.division == nil { target.division = try DividedRows(target.data) }
    self.target = target
    self.options = options
    self.control = control
    isCollapsed = target.division == nil && CollapsedEvidence.exists(target.model)
  }

  func run() throws(ModelError) -> LogEvidence {
    let isOpen = options.draws == 0
    let most = isOpen ? Self.drawRange.1 : options.draws
    let ofLadder = (most + Self.ladders - 1) / Self.ladders
    // A ladder runs in turns, after which progress is seen, and the result of some of them.
    let turns = isOpen ? 80 : 20
    let team = StepTeam(control, units: Self.ladders * turns)
    let monitor = team.monitor
    defer { monitor.finish() }
    let powers = try findPowers(monitor, units: Self.ladders * turns)
    var ladders: [EvidenceLadder] = []
    for number in 1...Self.ladders {
      ladders.append(
        try EvidenceLadder(
          number << 16, powers: powers, target, seed: options.seed, isCollapsed: isCollapsed, tune: Self.tune,
          control.build.kernels))
    }
    let all = ladders
    var nextLook = turns * Self.drawRange.0 / Self.drawRange.1
    for turn in 0..<turns {
      let count = ofLadder * (turn + 1) / turns - ofLadder * turn / turns
      try team.run(
        Self.ladders, makeWorkspace: { () },
        body: { (number, _, monitor) throws(ModelError) in
          if turn == 0 {
            try all[number].start(tune: Self.tune, monitor)
            try all[number].run(Self.tune, isRecording: false, monitor)
          }
          try all[number].run(count, isRecording: true, monitor)
        })
      guard isOpen, turn + 1 == nextLook, turn + 1 < turns else { continue }
      nextLook *= 2
      let result = Self.sum(ladders)
      if result.error <= Self.wantedError {
        team.complete()
        return result
      }
    }
    return Self.sum(ladders)
  }

  /// Adds the steps. An iteration's states enter all steps, and are not independent of each other, so their terms are
  /// added before the variance is taken.
  private static func sum(_ ladders: [EvidenceLadder]) -> LogEvidence {
    let powers = ladders[0].powers
    let draws = ladders.reduce(0) { $0 + $1.above[0].count }
    var steps = [LogEvidence.Rung(power: 0, overlap: 1, logRatio: 0)]
    var terms = [Double](repeating: 0, count: draws)
    for place in 1..<powers.count {
      let ratio = TwoSidedRatio(
        below: ladders.flatMap { $0.above[place - 1] }, above: ladders.flatMap { $0.below[place] })
      for t in terms.indices { terms[t] += ratio.below[t] - ratio.above[t] }
      steps.append(
        LogEvidence.Rung(power: powers[place], overlap: min(ratio.overlap, 1), logRatio: ratio.logRatio))
    }
    return LogEvidence(
      value: steps.reduce(0) { $0 + $1.logRatio },
      error: varianceOfMean(terms, chains: ladders.count).squareRoot(), method: .steppingStones, isExact: false,
      drawCount: draws, termCount: 0, overlap: steps.map(\.overlap).min() ?? 1, rungs: steps)
  }

  /// A power of the search alone, and its draws.
  private final class Pilot: @unchecked Sendable {
    let power: Double
    let ladder: EvidenceLadder
    var draws: [EvidenceDraw] = []

    init(_ ladder: EvidenceLadder) { (power, self.ladder) = (ladder.powers[0], ladder) }

    func explore(_ monitor: RunMonitor) throws(ModelError) {
      try ladder.start(tune: SteppingStones.tune, monitor)
      for step in 0..<SteppingStones.tune + SteppingStones.pilots where !monitor.pollForStop() {
        let drawn = try ladder.advance { !monitor.shouldStop }
        if step >= SteppingStones.tune { draws += drawn }
      }
    }
  }

  /// Returns powers in ascending order whose distributions overlap with their neighbours.
  private func findPowers(_ monitor: RunMonitor, units: Int) throws(ModelError) -> [Double] {
    var powers = PowerLadder.fromPrior(total: target.data.totalWeight)
    var pilots: [Double: Pilot] = [:]
    while true {
      var fresh: [Pilot] = []
      for power in powers where pilots[power] == nil {
        let pilot = Pilot(
          try EvidenceLadder(
            pilots.count, powers: [power], target, seed: options.seed, isCollapsed: isCollapsed, tune: Self.tune,
            control.build.kernels))
        fresh.append(pilot)
        pilots[power] = pilot
      }
      let new = fresh
      try each(new.count, monitor, units: units) { (index) throws(ModelError) in try new[index].explore(monitor) }
      let found = powers.compactMap { pilots[$0] }
      var next = [0.0]
      for place in 1..<found.count {
        let (lower, upper) = (found[place - 1], found[place])
        let (from, to) = (lower.power, upper.power)
        let ratio = TwoSidedRatio(
          below: lower.ladder.ratios(lower.draws, from: from, to: to),
          above: upper.ladder.ratios(upper.draws, from: from, to: to))
        if ratio.overlap < Self.leastOverlap, next.count + found.count - place < Self.mostRungs {
          next.append(PowerLadder.between(from, to))
        }
        next.append(to)
      }
      if next.count == powers.count { return powers }
      powers = next
    }
  }

  /// Does units of work by the threads of the call, before its progress begins.
  private func each(
    _ count: Int, _ monitor: RunMonitor, units: Int, _ work: @escaping @Sendable (Int) throws(ModelError) -> Void
  ) throws(ModelError) {
    let team = WorkTeam(threads: control.threadCount(units: count), workers: 1)
    let queue = PartQueue(count: count) { RunProgress(done: 0, of: units) }
    try team.run(queue, monitor) { (unit, _) throws(ModelError) in try work(unit) }
    try monitor.requireCompletion()
  }
}
