import GMMKernels

/// The jumps of a Gamma process, which are the weights of a Dirichlet process before they are divided by their sum
/// (Ferguson 1973).
///
/// A process of concentration α has jumps with the intensity α w⁻¹ exp(-w), infinitely many. Those above a small size
/// are finitely many, α ``rate`` on average, and independent. A chain works with them alone: given a cluster of n rows,
/// its jump is Gamma(n), and lies above that size with a probability near 1.
package enum GammaProcess {
  /// The least size of the jumps that a chain works with. Above it there are four of them for each unit of concentration
  /// (``rate``), and the jump of a single row lies below it with a probability of a hundredth.
  package static let least = 0.01

  /// The integral of w⁻¹ exp(-w) above ``least``, which is the exponential integral E₁:
  /// -γ - log x + Σ_{k ≥ 1} (-1)^(k + 1) x^k / (k k!).
  package static let rate: Double = {
    let euler = 0.577_215_664_901_532_9
    var (sum, term) = (-euler - log(least), -1.0)
    for k in 1...12 {
      term *= -least / Double(k)
      sum += term / Double(k)
    }
    return sum
  }()

  /// log Q(n, ``least``), by n below 16. From there on it is 0 up to rounding.
  private static let logShares = [-Double.infinity] + (1..<16).map { logUpperGamma(Double($0), least) }

  /// Returns the log of the probability that the jump of a cluster of n ≥ 1 rows lies above ``least``.
  package static func logShare(_ count: Double) -> Double { count < 16 ? logShares[Int(count)] : 0 }

  /// Returns the log probability of a partition of N rows into clusters of n_1, ..., n_t rows under a Dirichlet process:
  /// α^t Γ(α) / Γ(α + N) ∏_j Γ(n_j).
  package static func logProbability(ofClusters counts: [Double], concentration: Double) -> Double {
    var sum = -logGammaIncrease(concentration, counts.reduce(0, +))
    for count in counts where count > 0 { sum += log(concentration) + logGammaFunction(count) }
    return sum
  }

  /// Returns log E[w^n] of a jump above ``least``.
  package static func logMoment(_ count: Double) -> Double {
    count > 0 ? logGammaFunction(count) + logShare(count) - log(rate) : 0
  }
}
