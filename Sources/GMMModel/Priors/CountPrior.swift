import GMMKernels

/// The prior of an unknown number of components, on K = 1, 2, ....
///
/// A model cuts it off at its largest number of components, and normalises what is left.
public enum CountPrior: Sendable, Equatable {
  /// K uniform on `first`, ..., `last`, 1 ≤ `first` ≤ `last`.
  case uniform(first: Int, last: Int)
  /// K - 1 ~ Geometric(`probability`), 0 < `probability` < 1: P(K = k) = p (1 - p)^(k - 1).
  case geometric(probability: Double)
  /// K - 1 ~ Poisson(`rate`), `rate` > 0.
  case shiftedPoisson(rate: Double)
  /// K - 1 ~ negative binomial: P(K = k + 1) = Γ(r + k) / (Γ(r) k!) p^r (1 - p)^k, `size` r > 0, 0 < `probability` < 1.
  case negativeBinomial(size: Double, probability: Double)
  /// K - 1 ~ beta-negative-binomial: negative binomial of size α with a probability that is Beta(a, b), all positive
  /// (Frühwirth-Schnatter, Malsiner-Walli, Grün 2021).
  case betaNegativeBinomial(size: Double, a: Double, b: Double)
  /// P(K = 1), P(K = 2), ..., up to a factor.
  case probabilities([Double])
  /// A Dirichlet process, the limit of K components whose weights are Dirichlet(α / K): infinitely many, of which the rows
  /// occupy some. α is the total of ``WeightsPrior/dynamicDirichlet(total:)``. A draw has the components with rows, and
  /// one that stands for all others.
  case dirichletProcess

  /// Returns the log probabilities of 1, ..., `most`, which sum to 1 over these numbers. Those of a Dirichlet process are
  /// of its jumps, by which a chain chooses where it starts.
  ///
  /// - Throws: ``ModelError`` for a parameter out of range, and if no such number has a positive probability.
  package func logProbabilities(most: Int, weights: WeightsPrior? = nil) throws(ModelError) -> [Double] {
    try check()
    var logs = (1...most).map { logDensity($0) }
    if self == .dirichletProcess, case .dynamicDirichlet(let total) = weights, total > 0 {
      logs = (1...most).map { Double($0) * log(total * GammaProcess.rate) - logGammaFunction(Double($0 + 1)) }
    }
    let largest = logs.max() ?? -.infinity
    guard largest > -.infinity else {
      throw ModelError(
        .invalidModel, "count", "must give some number up to `num_components` = \(most) a probability",
        got: "none")
    }
    let shift = largest + log(logs.reduce(0) { $0 + exp($1 - largest) })
    return logs.map { $0 - shift }
  }

  /// Returns the log probability of k, up to a constant.
  private func logDensity(_ k: Int) -> Double {
    let n = Double(k - 1)
    switch self {
    case .uniform(let first, let last): return (first...last).contains(k) ? 0 : -.infinity
    case .geometric(let probability): return n * log1p(-probability)
    case .shiftedPoisson(let rate): return n * log(rate) - logGammaFunction(n + 1)
    case .negativeBinomial(let size, let probability):
      return logGammaFunction(size + n) - logGammaFunction(n + 1) + n * log1p(-probability)
    case .betaNegativeBinomial(let size, let a, let b):
      return logGammaFunction(size + n) - logGammaFunction(n + 1) + logGammaFunction(b + n)
        - logGammaFunction(size + a + b + n)
    case .probabilities(let values): return k <= values.count ? log(values[k - 1]) : -.infinity
    case .dirichletProcess: return 0
    }
  }

  private func check() throws(ModelError) {
    let path = "count"
    func positive(_ value: Double, _ name: String) throws(ModelError) {
      guard value.isFinite, PriorParameter.squares.contains(value) else {
        let (least, largest) = (PriorParameter.squares.lowerBound, PriorParameter.squares.upperBound)
        throw ModelError("\(path).\(name)", "must be between \(least) and \(largest)", got: value)
      }
    }
    func share(_ value: Double, _ name: String) throws(ModelError) {
      guard value > 0, value < 1 else { throw ModelError("\(path).\(name)", "must be between 0 and 1", got: value) }
    }
    switch self {
    case .dirichletProcess: break
    case .uniform(let first, let last):
      guard first >= 1 else { throw ModelError("\(path).first", "must be at least 1", got: first) }
      guard last >= first else {
        throw ModelError("\(path).last", "must be at least `\(path).first` = \(first)", got: last)
      }
    case .geometric(let probability): try share(probability, "probability")
    case .shiftedPoisson(let rate): try positive(rate, "rate")
    case .negativeBinomial(let size, let probability):
      try positive(size, "size")
      try share(probability, "probability")
    case .betaNegativeBinomial(let size, let a, let b):
      try positive(size, "size")
      try positive(a, "a")
      try positive(b, "b")
    case .probabilities(let values):
      guard !values.isEmpty else { throw ModelError("\(path).probabilities", "must have at least 1 value", got: 0) }
      for (k, value) in values.enumerated() where !(value >= 0 && value.isFinite) {
        throw ModelError("\(path).probabilities[\(k)]", "must be finite and not negative", got: value)
      }
    }
  }
}
