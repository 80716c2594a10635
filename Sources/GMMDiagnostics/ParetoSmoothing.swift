#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Smooths the largest importance ratios of draws, one set of ratios after another.
///
/// The ratios above a threshold are replaced by the expected order statistics of a generalized Pareto distribution that
/// is fitted to them, and cut at the largest raw ratio. Its shape k says whether the weights can be trusted: they can
/// below min(1 − 1 / log₁₀ S, 0.7). Source: Vehtari, Simpson, Gelman, Yao, Gabry (2024), Pareto smoothed importance
/// sampling, Journal of Machine Learning Research 25(72); equal to `arviz.psislw` 0.23.
///
/// An object serves one thread.
package final class ParetoSmoothing {
  /// The fewest draws whose tail has the five ratios that a fit needs.
  package static let leastDraws = 21

  /// The number of draws, S.
  let count: Int
  /// The number of ratios above the threshold, if no two are equal.
  let tail: Int
  private var selected: [Double]
  private var excesses: [Double] = []
  private var places: [Int] = []

  /// - Parameters:
  ///   - count: S.
  ///   - tail: the number of ratios to smooth, from 1 to S − 1.
  init(count: Int, tail: Int) {
    self.count = count
    self.tail = tail
    selected = [Double](repeating: 0, count: count)
  }

  /// Returns the largest shape at which S weights can be trusted.
  package static func goodShape(count: Int) -> Double { min(1 - 1 / log10(Double(count)), 0.7) }

  /// Returns the number of ratios to smooth in leave-one-out cross-validation, min(S / 5, 3 √(S / r)), rounded up.
  ///
  /// - Parameter relativeEfficiency: the effective number of draws over their number, r.
  static func tail(count: Int, relativeEfficiency: Double) -> Int {
    let n = Double(count)
    return Int(min(n / 5, 3 * (n / relativeEfficiency).squareRoot()).rounded(.up))
  }

  /// Replaces log ratios by smoothed log weights, which are not normalised and at most 0.
  ///
  /// - Parameter ratios: S log ratios, finite.
  /// - Returns: the shape k. Infinite where the tail has fewer than five ratios or fits no generalized Pareto
  ///   distribution; negative infinity where all ratios are equal, so that nothing is to be smoothed.
  func smooth(_ ratios: UnsafeMutablePointer<Double>) -> Double {
    var (least, most) = (ratios[0], ratios[0])
    for i in 1..<count { (least, most) = (min(least, ratios[i]), max(most, ratios[i])) }
    for i in 0..<count {
      ratios[i] -= most
      selected[i] = ratios[i]
    }
    guard least < most else { return -.infinity }
    let threshold = selected.withUnsafeMutableBufferPointer { orderStatistic($0, rank: count - tail - 1) }
    let cutoff = max(threshold, log(Double.leastNormalMagnitude))
    places.removeAll(keepingCapacity: true)
    for i in 0..<count where ratios[i] > cutoff { places.append(i) }
    guard places.count > 4 else { return .infinity }
    // Equal ratios keep the order of the draws.
    places.sort { ratios[$0] == ratios[$1] ? $0 < $1 : ratios[$0] < ratios[$1] }
    let base = exp(cutoff)
    excesses.removeAll(keepingCapacity: true)
    for i in places { excesses.append(exp(ratios[i]) - base) }
    let fit = excesses.withUnsafeBufferPointer { GeneralizedParetoFit(ascending: $0) }
    guard fit.shape.isFinite else { return .infinity }
    let n = Double(places.count)
    for (rank, i) in places.enumerated() {
      ratios[i] = min(log(fit.quantile((Double(rank) + 0.5) / n) + base), 0)
    }
    return fit.shape
  }
}
