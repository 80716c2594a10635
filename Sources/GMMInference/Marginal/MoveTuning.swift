import GMMStorage

/// The values that a chain has learned about its moves, and the decisions that follow from them. They are a part of the
/// chain's memory.
///
/// All decisions depend on draws, never on clocks, and nothing changes after the last tuning iteration.
struct MoveTuning: Sendable, Equatable {
  /// The number of moves of an iteration after the tuning; 0 if moves do not pay.
  private(set) var count = 0
  /// The distribution of proposals. It is `nil` before it is learned, and it stays `nil` if moves are off.
  private(set) var reference: StudentReference?
  private var isOff = false
  private var watched: [Double] = []
  /// An estimate of the autocorrelation time of the slowest coordinate without moves.
  private var timeWithoutMoves = 1.0
  private var moments = CoordinateMoments(dimension: 0)
  private var forecast = MoveForecast()

  /// The number of moves of a tuning iteration. They are three quarters of the cost of learning, and learning needs
  /// them.
  static let countWhileLearning = 4
  /// The largest number of moves of an iteration.
  static let largestCount = 6
  /// The autocorrelation time below which moves are not tried, because a move doubles the cost of an iteration.
  static let quickTime = 2.5
  /// The mean acceptance, in the second stretch, below which moves are turned off.
  static let hopelessAcceptance = 0.01

  /// Records the coordinates of a state that was reached without moves.
  mutating func watch(_ u: [Double]) { watched.append(contentsOf: u) }

  /// Decides whether moves are tried, and learns the first reference from the watched states.
  mutating func decideToLearn(_ u: inout [Double], isForced: Bool) {
    let dimension = u.count
    for j in 0..<dimension {
      timeWithoutMoves = max(timeWithoutMoves, autocorrelationTime(watched, dimension: dimension, coordinate: j))
    }
    // A series that is not many times longer than its autocorrelation time shows only that the time is long. For times
    // from 160 to 400 such series have given estimates from 20 to 60.
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

  /// Records the coordinates of a state after a move, whether the move was accepted or refused.
  mutating func remember(_ u: [Double]) { moments.add(u) }

  mutating func visit(logWeight: Double) { forecast.visit(logWeight: logWeight) }
  mutating func propose(logWeight: Double) { forecast.propose(logWeight: logWeight) }

  /// Learns the reference anew.
  ///
  /// - Parameter startsAfresh: whether the states so far are then forgotten.
  mutating func learn(startsAfresh: Bool) {
    reference = StudentReference(moments)
    guard reference != nil else { return turnOff() }
    forecast = MoveForecast()
    if startsAfresh { moments = CoordinateMoments(dimension: moments.mean.count) }
  }

  /// Turns moves off if hardly any is accepted.
  mutating func giveUpIfHopeless() {
    let acceptance = forecast.acceptanceProbabilities()
    if acceptance.reduce(0, +) < Self.hopelessAcceptance * Double(acceptance.count) { turnOff() }
  }

  /// Chooses the number of the moves and learns the final reference.
  ///
  /// The chosen number promises the most effective draws for its sweeps, one for each move and one for the plain step.
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

  /// Reads the tuning of moves in `dimension` coordinates.
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
