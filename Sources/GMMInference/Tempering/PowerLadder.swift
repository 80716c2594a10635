import GMMKernels
import GMMModel

/// The powers of a chain and of the rungs below it: 1 for the chain itself, and less and less for the rungs.
///
/// While a chain tunes, they are chosen so that neighbours exchange their states equally often (Syed, Bouchard-Côté,
/// Deligiannidis, Doucet 2022, section 5): the rejections between neighbours, added from rung to rung, estimate the
/// communication barrier as a function of the power, and the powers are spaced evenly in it. Stepping stones also have
/// power 0, and put powers where neighbours overlap too little.
enum PowerLadder {
  /// The numbers of rungs that there can be.
  static let counts = 2...64
  /// The number with which tuning begins where it finds the number itself.
  static let firstCount = 8

  /// Returns the power of the last rung, at which the data are worth two rows for each component.
  static func leastPower(_ model: MixtureModel, total: Double) -> Double {
    min(0.5, max(1e-3, 2 * Double(model.componentCount) / max(1, total)))
  }

  /// Returns powers that fall by one factor.
  static func geometric(_ count: Int, least: Double) -> [Double] {
    let step = log(least) / Double(count - 1)
    return (0..<count - 1).map { exp(step * Double($0)) } + [least]
  }

  /// Returns powers between which the barrier is the same, from the rejections between those there are.
  ///
  /// - Parameter rejections: the mean probability of a rejection between each rung and the next.
  static func spaced(_ powers: [Double], _ rejections: [Double], count: Int) -> [Double] {
    // A step without a rejection has some width too, so that no two powers fall together.
    let widths = rejections.map { max($0, 1e-3) }
    let barrier = widths.reduce(0, +)
    var result = [1.0]
    var (step, sum) = (0, 0.0)
    for place in 1..<count - 1 {
      let wanted = barrier * Double(place) / Double(count - 1)
      while step < widths.count - 1, sum + widths[step] < wanted {
        sum += widths[step]
        step += 1
      }
      let share = min(1, max(0, (wanted - sum) / widths[step]))
      result.append(exp((1 - share) * log(powers[step]) + share * log(powers[step + 1])))
    }
    return result + [powers[powers.count - 1]]
  }

  /// Returns the number of rungs for a barrier: with twice as many, round trips cost the least (Syed et al. 2022,
  /// section 5.3).
  static func count(barrier: Double) -> Int {
    max(counts.lowerBound, min(counts.upperBound, Int((2 * barrier).rounded(.up)) + 1))
  }

  /// Returns the first powers of stepping stones, in ascending order: 0, and powers that fall from 1 by a factor of 4
  /// until the data are worth half a row.
  static func fromPrior(total: Double) -> [Double] {
    var powers = [1.0]
    while powers[0] * total > 0.5, powers.count < 16 { powers.insert(powers[0] / 4, at: 0) }
    return [0] + powers
  }

  /// Returns a power between two neighbours: their geometric mean, or an eighth of the upper one above 0.
  static func between(_ lower: Double, _ upper: Double) -> Double {
    lower == 0 ? upper / 8 : (lower * upper).squareRoot()
  }

  /// Returns whether the powers are chosen anew after an iteration: after a sixteenth, an eighth, a quarter and half of
  /// the tuning.
  static func isRenewed(after iteration: UInt64, tune: Int) -> Bool {
    tune >= 100 && [16, 8, 4, 2].contains { iteration == UInt64(tune / $0) }
  }
}
