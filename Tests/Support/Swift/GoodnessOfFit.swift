import Foundation

/// Tests of independent draws against a distribution.
public enum GoodnessOfFit {
  /// Kolmogorov's statistic of independent draws, scaled so that its distribution does not depend on n:
  /// (√n + 0.12 + 0.11 / √n) sup |F_n - F| (Stephens 1970).
  public static func kolmogorov(_ draws: [Double], _ distribution: (Double) -> Double) -> Double {
    let sorted = draws.sorted()
    let n = Double(sorted.count)
    var distance = 0.0
    for (i, x) in sorted.enumerated() {
      let p = distribution(x)
      if p.isNaN { return .infinity }
      distance = max(distance, p - Double(i) / n, Double(i + 1) / n - p)
    }
    return (n.squareRoot() + 0.12 + 0.11 / n.squareRoot()) * distance
  }

  /// The two-sample statistic √(n/2) sup |F - G| of samples of one size n, which has Kolmogorov's distribution; smaller
  /// in distribution where values tie.
  public static func kolmogorov(_ first: [Double], _ second: [Double]) -> Double {
    let (a, b) = (first.sorted(), second.sorted())
    var (i, j) = (0, 0)
    var distance = 0
    while i < a.count, j < b.count {
      let value = min(a[i], b[j])
      while i < a.count, a[i] <= value { i += 1 }
      while j < b.count, b[j] <= value { j += 1 }
      distance = max(distance, abs(i - j))
    }
    return Double(distance) / Double(a.count) * (Double(a.count) / 2).squareRoot()
  }

  /// The limit that Kolmogorov's statistic λ exceeds by chance with probability 2 exp(-2 λ²) = 1e-7.
  public static let kolmogorovLimit = 2.9

  /// Pearson's statistic Σ (observed - expected)² / expected.
  public static func chiSquare(observed: [Double], expected: [Double]) -> Double {
    zip(observed, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
  }
}
