import GMMKernels
import GMMModel

/// The log evidence from a ladder of powers (Xie et al. 2011), with a two-sided ratio for each step (Meng, Wong 1996).
///
/// The powers are a function of the seed, the model and the data. They begin with a ladder that falls by a factor of 4.
/// Where the draws of a search overlap too little with those of the next rung, a rung is put between, until all overlap.
/// Chains of one power may stay in one kind of division where ladders do not, so the same is done with short ladders.
/// Then four ladders run with exchanges, independently of each other; the rungs of two of them start at draws from the
/// prior, so that the error knows of rungs that stay where they start. If the caller leaves their length open, they are
/// extended until the error is small enough.
struct SteppingStones {
  let target: Target
  let options: LogEvidenceOptions
  let control: RunControl
  let isCollapsed: Bool

  static let leastOverlap = 0.7
  static let mostRungs = 128
  /// The least overlap of neighbours in short ladders, and the most rounds of them.
  static let leastOverlapOfLadders = 0.4
  static let mostRounds = 6
  /// The least overlap at which a ratio is estimated by draws from both sides.
  static let leastOverlapOfEstimates = 0.02
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
    let powers = try refine(findPowers(monitor, units: Self.ladders * turns), monitor, units: Self.ladders * turns)
    let ladders = try makeLadders(powers, from: 1)
    let all = ladders
    var nextLook = turns * Self.drawRange.0 / Self.drawRange.1
    for turn in 0..<turns {
      let count = ofLadder * (turn + 1) / turns - ofLadder * turn / turns
      try team.run(
        Self.ladders, makeWorkspace: { () },
        body: { (number, _, monitor) throws(ModelError) in
          if turn == 0 { try Self.begin(all[number], number, monitor) }
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

  /// - Parameter first: tells the random numbers of these ladders from those of others.
  private func makeLadders(_ powers: [Double], from first: Int) throws(ModelError) -> [EvidenceLadder] {
    var ladders: [EvidenceLadder] = []
    for number in first..<first + Self.ladders {
      ladders.append(
        try EvidenceLadder(
          number << 16, powers: powers, target, seed: options.seed, isCollapsed: isCollapsed, tune: Self.tune,
          control.build.kernels))
    }
    return ladders
  }

  private static func begin(_ ladder: EvidenceLadder, _ number: Int, _ monitor: RunMonitor) throws(ModelError) {
    try ladder.start(tune: tune, rungsFromPrior: !number.isMultiple(of: 2), monitor)
    try ladder.run(tune, isRecording: false, monitor)
  }

  /// Returns powers with rungs between those that overlap too little in short ladders.
  private func refine(_ powers: [Double], _ monitor: RunMonitor, units: Int) throws(ModelError) -> [Double] {
    var powers = powers
    for round in 1...Self.mostRounds {
      let ladders = try makeLadders(powers, from: 1 + round * Self.ladders)
      try each(ladders.count, monitor, units: units) { (number) throws(ModelError) in
        try Self.begin(ladders[number], number, monitor)
        try ladders[number].run(Self.pilots, isRecording: true, monitor)
      }
      var next = [powers[0]]
      for place in 1..<powers.count {
        let least = Self.ratios(ladders, place).map(\.overlap).min() ?? 1
        if least < Self.leastOverlapOfLadders, next.count + powers.count - place < Self.mostRungs {
          next.append(PowerLadder.between(powers[place - 1], powers[place]))
        }
        next.append(powers[place])
      }
      guard next.count > powers.count else { return powers }
      powers = next
    }
    return powers
  }

  /// Returns the ratio of each ladder at the step to a rung.
  private static func ratios(_ ladders: [EvidenceLadder], _ place: Int) -> [TwoSidedRatio] {
    ladders.map { TwoSidedRatio(below: $0.above[place - 1], above: $0.below[place]) }
  }

  /// Adds the steps. An iteration's states enter all steps, and are not independent of each other, so their terms are
  /// added before the variance is taken.
  private static func sum(_ ladders: [EvidenceLadder]) -> LogEvidence {
    let powers = ladders[0].powers
    let draws = ladders.reduce(0) { $0 + $1.above[0].count }
    var steps = [LogEvidence.Rung(power: 0, overlap: 1, logRatio: 0)]
    var terms = [Double](repeating: 0, count: draws)
    var disagreement = 0.0
    for place in 1..<powers.count {
      let ratio = TwoSidedRatio(
        below: ladders.flatMap { $0.above[place - 1] }, above: ladders.flatMap { $0.below[place] })
      for t in terms.indices { terms[t] += ratio.below[t] - ratio.above[t] }
      // Draws that do not overlap say nothing of the ratio but its ends.
      let apart =
        ratios(ladders, place).filter { $0.overlap < Self.leastOverlapOfEstimates }.map(\.disagreement).max() ?? 0
      disagreement += apart * apart
      steps.append(
        LogEvidence.Rung(power: powers[place], overlap: min(ratio.overlap, 1), logRatio: ratio.logRatio))
    }
    return LogEvidence(
      value: steps.reduce(0) { $0 + $1.logRatio },
      error: (varianceOfMean(terms, chains: ladders.count) + disagreement).squareRoot(), method: .steppingStones,
      isExact: false,
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
