import GMMModel

/// The convergence at which a run ends, and the limits at which it ends without.
///
/// The draws are looked at when each chain has `draws` of them, and then whenever their number has grown by a half. So
/// the number of draws is a function of the draws themselves: it depends neither on threads nor on a clock, unless
/// ``seconds`` ends the run.
public struct Until: Sendable, Equatable {
  /// The effective sample size over all chains, of the bulk and of the tails of each quantity; `nil` for none.
  public var ess: Double?
  /// The largest rank-normalised split R̂ of a quantity; `nil` for none.
  public var rHat: Double?
  /// The largest number of draws of each chain; `nil` for ten times the number at which they are first looked at.
  public var maxDraws: Int?
  /// The seconds after which the run ends, with the draws that all chains have then; `nil` for no limit.
  public var seconds: Double?

  public init(ess: Double? = 1_000, rHat: Double? = 1.01, maxDraws: Int? = nil, seconds: Double? = nil) {
    self.ess = ess
    self.rHat = rHat
    self.maxDraws = maxDraws
    self.seconds = seconds
  }

  /// The limit of draws where the caller states none, as a multiple of the least number.
  private static let factor = 10

  /// Returns the largest number of draws.
  ///
  /// - Throws: ``ModelError`` for values out of range, or that a run with these options cannot meet.
  func limit(_ options: SamplingOptions, _ start: UntilStart) throws(ModelError) -> Int {
    guard ess != nil || rHat != nil else {
      throw ModelError("until", "must ask for an effective sample size or an R-hat", got: "neither")
    }
    if let ess, !(ess > 0 && ess.isFinite) {
      throw ModelError("until.ess", "must be finite and positive", got: ess)
    }
    if let rHat {
      guard rHat > 1, rHat.isFinite else { throw ModelError("until.r_hat", "must be finite and above 1", got: rHat) }
      guard options.chains > 1 else {
        throw ModelError("until.r_hat", "must be left out for one chain, which has none", got: rHat)
      }
    }
    if let seconds, !(seconds > 0 && seconds.isFinite) {
      throw ModelError("until.seconds", "must be finite and positive", got: seconds)
    }
    let product = start.look.multipliedReportingOverflow(by: Self.factor)
    let limit = maxDraws ?? (product.overflow ? start.look : product.partialValue)
    guard limit >= start.least else {
      throw ModelError("until.max_draws", "must be at least \(start.leastInWords), \(start.least)", got: limit)
    }
    try SamplingOptions.requireCountable(
      tune: options.tune, draws: limit, thin: options.thin, chains: options.chains)
    return limit
  }

  /// Returns the number of draws at which they are looked at after `draws` of them, or `nil` if there is none.
  static func next(after draws: Int, limit: Int) -> Int? {
    guard draws < limit else { return nil }
    return draws + min(max(draws / 2, 1), limit - draws)
  }

  /// Whether draws have converged.
  func isMet(by figures: ConvergenceFigures) -> Bool {
    if let ess, !(figures.ess >= ess) { return false }
    if let rHat, !(figures.rHat <= rHat) { return false }
    return true
  }
}

/// Where a run with ``Until`` begins to look at its draws.
struct UntilStart {
  /// The least number of draws of each chain.
  let least: Int
  /// The least number in the words of an error.
  let leastInWords: String
  /// The number of draws at the first look, unless the run ends before.
  let look: Int

  /// Creates the start of a run with these options.
  init(_ options: SamplingOptions) {
    (least, leastInWords, look) = (options.draws, "`num_draws`", options.draws)
  }

  /// Creates the start of a run that goes on with the chains of such a run.
  ///
  /// The looks stay where they would have been in one run: only those with too few draws are left out.
  ///
  /// - Parameter least: the draws that there are, and those that are wanted beside them.
  init(_ options: SamplingOptions, extendedTo least: Int) {
    var look = max(options.draws, 1)
    while look < least { look = Until.next(after: look, limit: .max) ?? least }
    (self.least, leastInWords, self.look) = (least, "the draws there are with `num_draws` more", look)
  }
}

/// A run's wish to go on until its draws have converged, with the statistics for it.
package struct UntilPlan: Sendable {
  /// Returns the convergence of draws, under the control and the monitor of the run.
  package typealias Assessment =
    @Sendable (Posterior, RunControl, RunMonitor) throws(ModelError) -> ConvergenceFigures

  let until: Until
  let assess: Assessment

  package init(_ until: Until, _ assess: @escaping Assessment) {
    self.until = until
    self.assess = assess
  }
}
