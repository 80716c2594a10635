extension RandomStream {
  /// Returns a Binomial(`count`, `probability`) number: the number of `count` uniform numbers that lie below
  /// `probability`.
  ///
  /// The median of many uniform numbers is a Beta number. The side of it on which the probability lies settles half of
  /// the numbers at once (Relles 1972). Few numbers are drawn one by one.
  ///
  /// - Parameters:
  ///   - count: an integer, not negative, at most 2^53.
  ///   - probability: in [0, 1].
  /// - Complexity: O(log count).
  package mutating func binomial(_ count: Double, _ probability: Double) -> Double {
    if probability <= 0 { return 0 }
    if probability >= 1 { return count }
    var (rest, p, result) = (count, probability, 0.0)
    while rest > 16 {
      let rank = (rest / 2).rounded(.down) + 1
      let left = gamma(shape: rank)
      let right = gamma(shape: rest + 1 - rank)
      let middle = left / (left + right)
      if middle <= p {
        result += rank
        rest -= rank
        p = min((p - middle) / (1 - middle), 1)
      } else {
        rest = rank - 1
        p = min(p / middle, 1)
      }
    }
    for _ in 0..<Int(rest) where uniform() < p { result += 1 }
    return result
  }
}
