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
  /// The terms that depend on K and N alone, by K.
  private let base: [Double]
  /// The concentration by K, if it depends on K; otherwise the last factor is the same for all K.
  private let concentrations: [Double]?
  /// log (m!), by m.
  private let logFactorials: [Double]
  /// The probabilities by the number of clusters, where they depend on it alone; empty before they are needed.
  private var known: [[Double]]

  /// - Parameter total: N, the number of rows; a row of sample weight w counts as w.
  init(_ model: MixtureModel, total: Double) {
    precondition(model.count != nil, "the number of components has a prior")
    most = model.componentCount
    let concentrations = (1...most).map { model.weights.concentration(components: $0) }
    base = (1...most).map { k in
      let sum = Double(k) * concentrations[k - 1]
      return model.logCounts[k - 1] + logGammaFunction(Double(k + 1)) + logGammaFunction(sum)
        - logGammaFunction(total + sum)
    }
    self.concentrations = concentrations.allSatisfy { $0 == concentrations[0] } ? nil : concentrations
    logFactorials = (0...most).map { logGammaFunction(Double($0 + 1)) }
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
    if concentrations == nil, !known[clusters.count].isEmpty { return known[clusters.count] }
    var logs = [Double](repeating: -.infinity, count: most)
    for k in max(1, clusters.count)...most {
      logs[k - 1] = base[k - 1] - logFactorials[k - clusters.count]
      guard let concentration = concentrations?[k - 1] else { continue }
      for count in clusters { logs[k - 1] += logGammaFunction(count + concentration) }
      logs[k - 1] -= Double(clusters.count) * logGammaFunction(concentration)
    }
    let largest = logs.max() ?? 0
    var sum = 0.0
    for k in logs.indices {
      logs[k] = exp(logs[k] - largest)
      sum += logs[k]
    }
    for k in logs.indices { logs[k] /= sum }
    if concentrations == nil { known[clusters.count] = logs }
    return logs
  }
}

extension WeightsPrior {
  /// Returns the concentration of each weight among `components` components.
  func concentration(components: Int) -> Double {
    switch self {
    case .dirichlet(let concentration): concentration[0]
    case .dynamicDirichlet(let total): total / Double(components)
    case .fixed: preconditionFailure("known weights have no concentration")
    }
  }
}
