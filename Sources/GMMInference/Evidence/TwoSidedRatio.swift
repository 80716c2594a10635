import GMMKernels

/// The optimal two-sided estimate of the ratio of two normalising constants from draws of two distributions (Bennett
/// 1976; Meng, Wong 1996, section 3).
///
/// Let l = q'(θ) / q(θ) be the ratio of the unnormalised densities, n and n' the effective numbers of draws from q and
/// q', and s = n / (n + n'), s' = 1 - s. The estimate r of the ratio of the integrals solves
///
///     mean over draws of q of l / (s' l + s r)  =  mean over draws of q' of r / (s' l + s r).
struct TwoSidedRatio: Sendable {
  /// log r.
  let logRatio: Double
  /// The terms of the two means, each divided by its mean. A mean of them has the relative error of the estimate.
  let below: [Double]
  let above: [Double]
  /// The common value of both means: ∫ p p' / (s' p' + s p) of the normalised densities, as these draws estimate it. It
  /// is 1 where they are equal.
  let overlap: Double
  /// Half of the distance of the one-sided estimates of log r, from the draws of q and from those of q'. It is near 0 where
  /// they overlap.
  let disagreement: Double

  /// - Parameters:
  ///   - below: log l at the draws of q.
  ///   - above: log l at the draws of q'.
  ///   - effective: n and n'; `nil` for the numbers of draws.
  init(below: [Double], above: [Double], effective: (below: Double, above: Double)? = nil) {
    let counts = effective ?? (Double(below.count), Double(above.count))
    // l / (s' l + s r) = logistic(log l - log r + log s'/s) / s', and the other term has the other sign.
    let share = counts.above / (counts.below + counts.above)
    let offset = log(share) - log1p(-share)
    func mean(_ values: [Double], _ sign: Double, _ r: Double) -> Double {
      values.reduce(0) { $0 + Self.logistic(sign * ($1 - r + offset)) } / Double(values.count)
    }
    let finite = (below + above).filter(\.isFinite)
    var low = (finite.min() ?? 0) - 50
    var high = (finite.max() ?? 0) + 50
    // The left side falls with r and the right side rises, so halving an interval always ends.
    for _ in 0..<80 where high - low > 1e-13 * max(1, abs(low)) {
      let middle = 0.5 * (low + high)
      if mean(below, 1, middle) / share > mean(above, -1, middle) / (1 - share) { low = middle } else { high = middle }
    }
    let r = 0.5 * (low + high)
    let (left, right) = (mean(below, 1, r), mean(above, -1, r))
    logRatio = r
    func logMean(_ values: [Double], _ sign: Double) -> Double {
      let largest = values.reduce(-.infinity) { max($0, $1.isNaN ? -.infinity : sign * $1) }
      guard largest.isFinite else { return largest }
      return largest + log(values.reduce(0) { $0 + exp(sign * $1 - largest) } / Double(values.count))
    }
    disagreement = 0.5 * abs(-logMean(above, -1) - logMean(below, 1))
    overlap = 0.5 * (left / share + right / (1 - share))
    self.below = below.map { Self.logistic($0 - r + offset) / left }
    self.above = above.map { Self.logistic(r - offset - $0) / right }
  }

  private static func logistic(_ x: Double) -> Double { x.isNaN ? 0 : 1 / (1 + exp(-x)) }
}
