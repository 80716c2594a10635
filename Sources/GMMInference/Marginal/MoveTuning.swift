import GMMStorage

/// What a chain has learned about its moves, and what it makes of it: part of its state.
///
/// Everything is decided from draws, never from clocks, and nothing changes after the last tuning iteration.
struct MoveTuning: Sendable, Equatable {
  /// The moves of an iteration once tuning is over; 0 where they do not pay.
  private(set) var count = 0
  /// Where proposals come from; `nil` before anything is known, and for good where moves are off.
  private(set) var reference: StudentReference?
  private var isOff = false
  private var watched: [Double] = []
  /// The autocorrelation time of the slowest coordinate without moves, as far as it can be known.
  private var timeWithoutMoves = 1.0
  private var moments = CoordinateMoments(dimension: 0)
  private var forecast = MoveForecast()

  /// Moves of a tuning iteration: three quarters of the learning's cost, and the learning needs them.
  static let countWhileLearning = 4
  /// The most moves of an iteration.
  static let largestCount = 6
  /// Autocorrelation time below which moves are not tried: they at most double what an iteration costs.
  static let quickTime = 2.5
  /// The mean acceptance after half of the lessons below which nothing more is tried.
  static let hopelessAcceptance = 0.01

  /// Notes the coordinates of a draw that was made without moves.
  mutating func watch(_ u: [Double]) { watched.append(contentsOf: u) }

  /// Decides whether moves are tried, and learns the first reference from what was watched.
  mutating func decideToLearn(_ u: inout [Double], isForced: Bool) {
    let dimension = u.count
    for j in 0..<dimension {
      timeWithoutMoves = max(timeWithoutMoves, autocorrelationTime(watched, dimension: dimension, coordinate: j))
    }
    // Series that are not many times longer than what they measure tell only that it is long: of times from 160 to 400 they
    // have shown 20 to 60.
    if Double(watched.count / dimension) < 16 * timeWithoutMoves { timeWithoutMoves *= 4 }
    guard isForced || timeWithoutMoves >= Self.quickTime else { return turnOff() }
    moments = CoordinateMoments(dimension: dimension)
    for start in stride(from: 0, to: watched.count, by: dimension) {
      for j in 0..<dimension { u[j] = watched[start + j] }
      moments.add(u)
    }
    watched = []
    learn(startsAfresh: true)
  }

  /// Notes the coordinates of a state, whether a move has led there or left it there.
  mutating func remember(_ u: [Double]) { moments.add(u) }

  mutating func visit(logWeight: Double) { forecast.visit(logWeight: logWeight) }
  mutating func propose(logWeight: Double) { forecast.propose(logWeight: logWeight) }

  /// Learns the reference anew.
  ///
  /// - Parameter startsAfresh: whether the draws so far are then forgotten.
  mutating func learn(startsAfresh: Bool) {
    reference = StudentReference(moments)
    guard reference != nil else { return turnOff() }
    forecast = MoveForecast()
    if startsAfresh { moments = CoordinateMoments(dimension: moments.mean.count) }
  }

  /// Turns moves off when hardly any is accepted.
  mutating func giveUpIfHopeless() {
    let acceptance = forecast.acceptanceProbabilities()
    if acceptance.reduce(0, +) < Self.hopelessAcceptance * Double(acceptance.count) { turnOff() }
  }

  /// Chooses the number of the moves and learns the final reference.
  ///
  /// The number is the one that promises most effective draws for its sweeps, one for each move and one for the plain step.
  mutating func settle(isForced: Bool) {
    let acceptance = forecast.acceptanceProbabilities()
    let remembered = (timeWithoutMoves - 1) / (timeWithoutMoves + 1)
    var best = isForced ? 0 : 1 / timeWithoutMoves
    for candidate in 1...Self.largestCount {
      let time = MoveForecast.time(acceptance, remembered: remembered, count: candidate)
      let rate = 1 / (time * Double(1 + candidate))
      if rate > best { (best, count) = (rate, candidate) }
    }
    learn(startsAfresh: true)
    if count == 0 { return turnOff() }
    forecast = MoveForecast()
    moments = CoordinateMoments(dimension: 0)
  }

  private mutating func turnOff() {
    self = MoveTuning()
    isOff = true
  }
}

extension MoveTuning {
  func write(to writer: inout ByteWriter) {
    writer.write(count)
    writer.write(optional: reference) { $1.write(to: &$0) }
    writer.write(isOff)
    writer.write(watched)
    writer.write(timeWithoutMoves)
    moments.write(to: &writer)
    forecast.write(to: &writer)
  }

  /// Reads what is known about moves in `dimension` coordinates.
  init(from reader: inout ByteReader, dimension: Int) throws(StorageError) {
    count = try reader.readInt("the number of moves", in: 0...Self.largestCount)
    reference = try reader.readOptional { reader throws(StorageError) in
      try StudentReference(from: &reader, dimension: dimension)
    }
    isOff = try reader.readBool()
    watched = try reader.readDoubles()
    guard dimension > 0 ? watched.count % dimension == 0 : watched.isEmpty else {
      throw .format("watched draws must have \(dimension) coordinates each")
    }
    timeWithoutMoves = try reader.readDouble()
    moments = try CoordinateMoments(from: &reader, dimension: dimension)
    forecast = try MoveForecast(from: &reader)
  }
}
