import GMMModel

/// The iterations in which a chain makes split-merge moves.
///
/// All that it knows is the size of the problem, so it is the same for all threads. Costs are counted in the time of a
/// row and a component in a sweep.
struct SplitMergeSchedule: Sendable, Equatable {
  /// The number of tuning iterations.
  let last: UInt64
  /// The moves of an iteration where they pay.
  let count: Int
  let countWhileTuning: Int
  /// The iterations from one with moves to the next: while tuning, where moves pay, and where they do not.
  let whileTuning: UInt64
  let wherePaying: UInt64
  let whereIdle: UInt64
  /// The iterations from one collapsed scan to the next, while tuning and afterwards.
  let scansWhileTuning: UInt64
  let scansAfterwards: UInt64
  /// The share of moves whose division is launched.
  let shareOfLaunches: Double
  /// Whether moves are made as where they pay, whatever the tuning finds.
  let isAlwaysPaying: Bool

  /// - Parameters:
  ///   - model: has a known number of components.
  ///   - isForced: whether moves are made in each iteration.
  ///   - varies: whether the number of components of the chain has a prior.
  init(_ model: MixtureModel, rows: Int, tune: Int, isForced: Bool, varies: Bool) {
    last = UInt64(tune)
    if isForced {
      (count, countWhileTuning, whileTuning, wherePaying, whereIdle, isAlwaysPaying) = (1, 1, 1, 1, 1, true)
      (scansWhileTuning, scansAfterwards, shareOfLaunches) = (1, 1, 0.5)
      return
    }
    let (components, dimensions) = (Double(model.componentCount), Double(model.dimensionCount))
    let hasMatrices = model.shape.hasMatrices
    let perRow = hasMatrices ? 1 + dimensions * (dimensions + 1) / 4 : dimensions
    let parameters = components * (300 + (hasMatrices ? 40 * dimensions * dimensions : 200 * dimensions))
    let iteration = 1_000 + parameters + Double(rows) * components * perRow
    // A row's predictive density under a matrix, for one group.
    let density = 60 + 0.45 * dimensions * dimensions
    // Few rows, and those without matrices, are divided well by one allocation.
    let areFew = rows <= Self.fewRows
    let launches = !areFew && hasMatrices
    shareOfLaunches = launches ? 0.5 : 0
    // Two components of average size are allocated twice, forward and back; a launch adds three scans.
    let allocation =
      launches ? 15 * density : 4 * (hasMatrices ? 60 + 4 * dimensions * dimensions : 250 + 40 * dimensions)
    let move = 2_000 + 2 * parameters + (2 / components) * Double(rows) * allocation
    let ratio = move / iteration
    // The sweep before a scan and the draw of the parameters after it take an iteration's time.
    let scan = 1 + Double(rows) * components * density / iteration
    // Moves take at most a quarter of the time where nothing shows that they pay, and less where they are long.
    let share = min(0.25, max(0.01, (launches ? 4 : 0.5) / ratio))
    whereIdle = UInt64(max(1, (ratio / share).rounded(.up)))
    // In few dimensions an iteration is so short that scans at half of the time would be too rare: a mode of few rows is
    // left by its scans.
    scansAfterwards = hasMatrices ? UInt64(min(Self.mostBetweenScans, (1 + 0.5 * scan).rounded(.up))) : .max
    let several = max(1, min(8, Int(4 / ratio)))
    // Where the number of components varies, steps change the number of clusters by one component at a time, which has
    // to lose its rows first. Moves change it at once, so they take half of the time whatever a few of them have shown,
    // and a fifth of it in one dimension, where components overlap and pass each other rows.
    isAlwaysPaying = areFew || varies
    let ofVarying = (dimensions == 1 ? 4 : 1) * ratio
    count = areFew ? max(1, min(4, Int(24_000 / move))) : varies ? max(1, min(4, Int(1 / ratio))) : several
    wherePaying = UInt64(max(1, (varies && !areFew ? ofVarying : ratio / 4).rounded(.down)))
    if areFew {
      (whileTuning, countWhileTuning, scansWhileTuning) = (wherePaying, count, scansAfterwards)
    } else if tune < Self.leastTune {
      (whileTuning, countWhileTuning, scansWhileTuning) = (whereIdle, 1, scansAfterwards)
    } else {
      // Without matrices few components go wrong in few ways, and the start is the best of several. So what moves may
      // take grows with the components, as does their least number; the time of few rows does not matter.
      let budget = launches ? 8 : min(2, components * components / 32)
      let least = launches ? 64 : min(64, max(4, Self.affordable / move))
      whileTuning = UInt64(max(1, min(ratio / budget, Double(tune) / least).rounded(.down)))
      countWhileTuning = several
      scansWhileTuning = hasMatrices ? UInt64(max(1, (0.5 * scan).rounded(.down))) : .max
    }
  }

  /// The number of tuning iterations from which a chain learns whether moves pay. A shorter chain makes as many moves
  /// while tuning as afterwards.
  static let leastTune = 100

  /// What a chain may spend on moves while tuning without its time mattering: about two milliseconds.
  private static let affordable = 1e6

  /// The most iterations from one scan to the next after the tuning.
  private static let mostBetweenScans = 4.0

  /// The number of rows up to which moves always pay, because their time does not matter.
  private static let fewRows = 64

  /// Returns the number of moves before iteration `iteration`.
  func count(_ iteration: UInt64, _ tuning: SplitMergeTuning) -> Int {
    if iteration <= last { return iteration % whileTuning == 0 ? countWhileTuning : 0 }
    if tuning.pays || isAlwaysPaying { return iteration % wherePaying == 0 ? count : 0 }
    return iteration % whereIdle == 0 ? 1 : 0
  }

  /// Returns whether a scan comes before iteration `iteration`.
  func scans(_ iteration: UInt64) -> Bool {
    iteration.isMultiple(of: iteration <= last ? scansWhileTuning : scansAfterwards)
  }

  /// Returns whether the moves of an iteration tell whether moves pay.
  func isLearning(_ iteration: UInt64) -> Bool {
    !isAlwaysPaying && last >= UInt64(Self.leastTune) && iteration > last / 2 && iteration <= last
  }
}
