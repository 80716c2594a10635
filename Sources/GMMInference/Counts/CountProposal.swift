import GMMKernels
import GMMModel

/// Proposals of a number of components, and of the components without rows, where rows have fractional sample weights.
///
/// A chain of such rows assigns whole numbers n of each (``DividedRows``). Given these assignments alone, the number of
/// components K has the distribution of ``CountConditional``; components without rows have parameters from their prior;
/// and their share e of the weights is Beta((K - t) γ, N + t γ), for t clusters and N assigned rows, and is divided among
/// them by Dirichlet(γ, ..., γ). These are proposed. The clusters keep their parameters and, up to the factor 1 - e,
/// their weights v. So a proposal is accepted by the ratio of the likelihoods of the rests, which differ by the components
/// without rows alone.
///
/// Given K, e and v are independent, and v is Dirichlet(γ + n_1, ..., γ + n_t). Where γ depends on K, the ratio of these
/// densities at v is a factor too.
struct CountProposal {
  /// The model of one component.
  private var one: MixtureModel
  private let isDynamic: Bool

  init(_ model: MixtureModel) {
    one = model.part(count: 1)
    if case .dynamicDirichlet = model.weights { isDynamic = true } else { isDynamic = false }
  }

  /// Returns parameters of `components` components, of which those without rows are drawn, and the log of the ratio of
  /// the densities of the clusters' weights; `nil` if there are no components without rows, before or after.
  ///
  /// - Parameters:
  ///   - parameters: their components with rows come first.
  ///   - counts: the assigned rows of each.
  mutating func draw(
    _ components: Int, _ parameters: Parameters, _ counts: [Double], _ stream: inout RandomStream
  ) -> (parameters: Parameters, logRatio: Double)? {
    let clusters = counts.count { $0 > 0 }
    let before = parameters.componentCount
    guard max(components, before) > clusters else { return nil }
    one.adopt(parameters.hyperparameters)
    let sizes = Array(counts.prefix(clusters))
    let logShares = logShares(parameters.logWeights.prefix(clusters))
    var proposed = parameters.withComponents(components)
    let each = concentration(components)
    let logRests = logDivision(clusters, of: components, each, rows: sizes.reduce(0, +), &stream)
    for k in 0..<components {
      if k >= clusters { proposed.setComponent(k, from: one.drawPriorComponent(sharing: parameters, &stream)) }
      proposed.logWeights[k] = k < clusters ? logShares[k] + logRests.clusters : logRests.others[k - clusters]
      proposed.weights[k] = exp(proposed.logWeights[k])
    }
    guard isDynamic, clusters > 1 else { return (proposed, 0) }
    return (proposed, logDensity(logShares, sizes, each) - logDensity(logShares, sizes, concentration(before)))
  }

  /// Returns γ among `components` components.
  private func concentration(_ components: Int) -> Double {
    isDynamic ? one.concentration[0] / Double(components) : one.concentration[0]
  }

  /// Returns the logarithms of weights that are scaled to sum 1.
  private func logShares(_ logWeights: ArraySlice<Double>) -> [Double] {
    let largest = logWeights.max() ?? 0
    let logSum = largest + log(logWeights.reduce(0) { $0 + exp($1 - largest) })
    return logWeights.map { $0 - logSum }
  }

  /// Draws the logarithms of the weight of all clusters together, and of each component without rows.
  private func logDivision(
    _ clusters: Int, of components: Int, _ each: Double, rows: Double, _ stream: inout RandomStream
  ) -> (clusters: Double, others: [Double]) {
    let others = components - clusters
    guard others > 0 else { return (0, []) }
    var ofOthers = [Double](repeating: 0, count: others)
    stream.drawLogDirichlet(
      &ofOthers, [Double](repeating: each, count: others), [Double](repeating: 0, count: others))
    guard clusters > 0 else { return (-.infinity, ofOthers) }
    var parts = [0.0, 0.0]
    stream.drawLogDirichlet(&parts, [Double(clusters) * each, Double(others) * each], [rows, 0])
    return (parts[0], ofOthers.map { $0 + parts[1] })
  }

  /// Returns the log density of Dirichlet(γ + n) at weights.
  private func logDensity(_ logShares: [Double], _ counts: [Double], _ each: Double) -> Double {
    var (value, total) = (0.0, 0.0)
    for (logShare, count) in zip(logShares, counts) {
      let shape = each + count
      value += (shape - 1) * logShare - logGammaFunction(shape)
      total += shape
    }
    return value + logGammaFunction(total)
  }
}
