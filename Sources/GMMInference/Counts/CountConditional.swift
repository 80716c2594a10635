import GMMKernels
import GMMModel

/// The conditional distribution of the number of components K, given a partition of the rows into clusters of n_1, ...,
/// n_t rows, with weights and parameters summed out (Frühwirth-Schnatter, Malsiner-Walli, Grün 2021, *Generalized
/// mixtures of finite mixtures and telescoping sampling*, Bayesian Analysis 16):
///
///     p(K | n) ∝ p(K) K! / (K - t)! Γ(K γ) / Γ(N + K γ) ∏_j Γ(n_j + γ) / Γ(γ),
///
/// where γ is the concentration of each weight among K components. It does not depend on the data in any other way.
struct CountConditional {
  private let most: Int
  private var total: Double
  private let isDynamic: Bool
  /// log (p(K) K!), by K.
  private let logPriors: [Double]
  /// γ, or K γ if it is that which does not depend on K.
  private var concentration: Double
  /// The terms that depend on K and N alone, by K.
  private var base: [Double]
  /// log (m!), by m.
  private let logFactorials: [Double]
  /// The probabilities by the number of clusters, where they depend on it alone; empty before they are needed.
  private var known: [[Double]]

  /// - Parameter total: N, the number of rows; a row of sample weight w counts as w.
  init(_ model: MixtureModel, total: Double) {
    precondition(model.count != nil, "the number of components has a prior")
    most = model.componentCount
    self.total = total
    switch model.weights {
    case .dirichlet(let values): (isDynamic, concentration) = (false, values[0])
    case .dynamicDirichlet(let total): (isDynamic, concentration) = (true, total)
    case .fixed: preconditionFailure("known weights have no concentration")
    }
    logPriors = (1...most).map { model.logCounts[$0 - 1] + logGammaFunction(Double($0 + 1)) }
    logFactorials = (0...most).map { logGammaFunction(Double($0 + 1)) }
    known = []
    base = []
    setBase()
  }

  /// Takes another concentration: of each weight, or of all if it is that which does not depend on K.
  mutating func adopt(concentration: Double) {
    guard concentration != self.concentration else { return }
    self.concentration = concentration
    setBase()
  }

  /// Takes another number of rows, those that a background leaves.
  mutating func adopt(total: Double) {
    guard total != self.total else { return }
    self.total = total
    setBase()
  }

  private mutating func setBase() {
    base = (1...most).map { k in
      logPriors[k - 1] - logGammaIncrease(isDynamic ? concentration : Double(k) * concentration, total)
    }
    known = [[Double]](repeating: [], count: most + 1)
  }

  /// Draws K.
  ///
  /// - Parameter counts: the rows of the components; those without any come last or not at all.
  mutating func draw(_ counts: [Double], _ stream: inout RandomStream) -> Int {
    let clusters = counts.prefix { $0 > 0 }
    let probabilities = probabilities(of: clusters)
    return 1 + stream.place(inProportionTo: probabilities, count: most, sum: 1)
  }

  /// Returns the probabilities of 1, ..., the most components.
  ///
  /// - Parameter clusters: the rows of the clusters.
  mutating func probabilities(of clusters: ArraySlice<Double>) -> [Double] {
    if !isDynamic, !known[clusters.count].isEmpty { return known[clusters.count] }
    var logs = [Double](repeating: -.infinity, count: most)
    for k in max(1, clusters.count)...most {
      logs[k - 1] = base[k - 1] - logFactorials[k - clusters.count]
      // The last factor is the same for all K if γ is.
      guard isDynamic else { continue }
      for count in clusters { logs[k - 1] += logGammaIncrease(concentration / Double(k), count) }
    }
    let largest = logs.max() ?? 0
    var sum = 0.0
    for k in logs.indices {
      logs[k] = exp(logs[k] - largest)
      sum += logs[k]
    }
    for k in logs.indices { logs[k] /= sum }
    if !isDynamic { known[clusters.count] = logs }
    return logs
  }
}
