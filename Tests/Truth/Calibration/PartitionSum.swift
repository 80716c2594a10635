import Foundation
import GMMModel

/// The posterior of a mixture of an unknown number of components, as the sum over all partitions of a few rows.
///
/// The sum is made of closed forms of the clusters under Normal-inverse-Wishart priors, and shares nothing with the
/// library.
struct PartitionSum: Sendable {
  /// A way in which the formula for the number of components could be wrong.
  enum Mistake: Sendable, CaseIterable {
    /// Components without rows are forgotten: no K! / (K - t)!.
    case noEmptyComponents
    /// The concentration of the weights does not grow with the number of components.
    case concentrationOfOne
    /// The prior of the number of components is flat.
    case flatPrior
    /// The concentration of a Dirichlet process counts once, and not once for each cluster.
    case concentrationOnce
    /// The partitions of a Dirichlet process are those of the jumps above a size: each is as probable as all its clusters
    /// have such jumps.
    case largeJumps
  }

  /// P(K = 1), ...
  let components: [Double]
  /// P(t clusters), t = 1, ...
  let clusters: [Double]
  /// P(rows i and j share a component), in the order of ``Labellings/pairs(_:)``.
  let coclustering: [Double]
  /// The log of the marginal likelihood, up to the factors that do not depend on the partition.
  let logEvidence: Double

  /// - Parameters:
  ///   - count: the number of rows, at most 9.
  ///   - logPrior: log p(K), K = 1, ....
  ///   - concentration: the concentration of a weight among K components.
  ///   - process: the concentration of a Dirichlet process, in place of a number of components.
  ///   - logMarginal: log p(x | partition), from the rows of the clusters as sets of bits.
  init(
    count: Int, logPrior: [Double], concentration: (Int) -> Double, process: Double? = nil, mistake: Mistake? = nil,
    logMarginal: ([Int]) -> Double
  ) {
    var labels = [Int](repeating: 0, count: count)
    let most = logPrior.count
    let pairs = Labellings.pairs(count)
    // Sums of exponentials about the largest so far.
    var (largest, total) = (-Double.infinity, 0.0)
    var components = [Double](repeating: 0, count: most)
    var clusters = [Double](repeating: 0, count: count)
    var together = [Double](repeating: 0, count: pairs.count)
    repeat {
      let t = (labels.max() ?? 0) + 1
      var sets = [Int](repeating: 0, count: t)
      for (i, label) in labels.enumerated() { sets[label] |= 1 << i }
      let marginal = logMarginal(sets)
      for k in max(1, min(t, most))...(process == nil ? most : t) where k >= t {
        var term = marginal
        if let process {
          term += Double(mistake == .concentrationOnce ? 1 : t) * log(process)
          term += lgamma(process) - lgamma(process + Double(count))
          for set in sets { term += lgamma(Double(set.nonzeroBitCount)) }
          if mistake == .largeJumps { term -= 0.01 * Double(sets.count { $0.nonzeroBitCount == 1 }) }
        } else {
          let gamma = concentration(k)
          let sum = mistake == .concentrationOfOne ? 1 : Double(k) * gamma
          if mistake != .flatPrior { term += logPrior[k - 1] }
          if mistake != .noEmptyComponents { term += lgamma(Double(k + 1)) - lgamma(Double(k - t + 1)) }
          term += lgamma(sum) - lgamma(sum + Double(count))
          guard term > -.infinity else { continue }
          for set in sets { term += lgamma(Double(set.nonzeroBitCount) + gamma) - lgamma(gamma) }
        }
        if term > largest {
          let factor = exp(largest - term)
          total *= factor
          for j in components.indices { components[j] *= factor }
          for j in clusters.indices { clusters[j] *= factor }
          for j in together.indices { together[j] *= factor }
          largest = term
        }
        let weight = exp(term - largest)
        total += weight
        components[k - 1] += weight
        clusters[t - 1] += weight
        for (place, (i, j)) in pairs.enumerated() where labels[i] == labels[j] { together[place] += weight }
      }
    } while Self.advance(&labels)
    self.components = components.map { $0 / total }
    self.clusters = clusters.map { $0 / total }
    coclustering = together.map { $0 / total }
    logEvidence = largest + log(total)
  }

  /// Turns a restricted growth string, the labels of a partition, into the next one.
  ///
  /// - Returns: whether there is one.
  private static func advance(_ labels: inout [Int]) -> Bool {
    for i in stride(from: labels.count - 1, to: 0, by: -1) {
      if labels[i] <= labels[0..<i].max() ?? 0 {
        labels[i] += 1
        for j in i + 1..<max(i + 1, labels.count) { labels[j] = 0 }
        return true
      }
    }
    return false
  }

  /// Returns the log marginal likelihood of partitions under Normal-inverse-Wishart priors, up to a constant:
  /// inverse-Wishart(ν, Ψ) for a covariance matrix, or for each variance with q = 1, and means Normal(center,
  /// covariance / κ).
  ///
  /// - Parameter scale: Ψ, (D, D) for `full` and `tied`, of which other forms take the first entry. D is 1 or 2.
  static func logMarginal(
    _ structure: CovarianceStructure, rows: [[Double]], center: [Double], kappa: Double, dof: Double,
    scale: [[Double]]
  ) -> ([Int]) -> Double {
    let dimensions = center.count
    let hasMatrices = structure == .full || structure == .tied
    /// Returns the squares of a cluster about its mean, and those of the mean about the center.
    func scatter(_ set: Int) -> [[Double]] {
      let members = rows.indices.filter { set >> $0 & 1 == 1 }
      let n = Double(members.count)
      let mean = (0..<dimensions).map { d in members.reduce(0) { $0 + rows[$1][d] } / n }
      return (0..<dimensions).map { a in
        (0..<dimensions).map { b in
          members.reduce(kappa * n / (kappa + n) * (mean[a] - center[a]) * (mean[b] - center[b])) {
            $0 + (rows[$1][a] - mean[a]) * (rows[$1][b] - mean[b])
          }
        }
      }
    }
    /// Returns Γ_q((ν + n) / 2) / Γ_q(ν / 2) |Ψ|^(ν/2) |Ψ + A|^(-(ν + n)/2) as a log.
    func block(_ n: Double, _ q: Int, _ determinant: Double, _ prior: Double) -> Double {
      (0..<q).reduce(0.5 * dof * log(prior) - 0.5 * (dof + n) * log(determinant)) {
        $0 + lgamma(0.5 * (dof + n - Double($1))) - lgamma(0.5 * (dof - Double($1)))
      }
    }
    func determinant(_ m: [[Double]]) -> Double { dimensions == 1 ? m[0][0] : m[0][0] * m[1][1] - m[0][1] * m[1][0] }
    func plus(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] { zip(a, b).map { zip($0, $1).map(+) } }
    return { sets in
      var sum = 0.0
      let scatters = sets.map(scatter)
      for set in sets {
        let n = Double(set.nonzeroBitCount)
        sum += 0.5 * Double(dimensions) * log(kappa / (kappa + n))
      }
      switch structure {
      case .full:
        for (set, a) in zip(sets, scatters) {
          sum += block(Double(set.nonzeroBitCount), dimensions, determinant(plus(scale, a)), determinant(scale))
        }
      case .tied:
        sum += block(
          Double(rows.count), dimensions, determinant(scatters.reduce(scale, plus)), determinant(scale))
      case .diag:
        for (set, a) in zip(sets, scatters) {
          for d in 0..<dimensions {
            sum += block(Double(set.nonzeroBitCount), 1, scale[0][0] + a[d][d], scale[0][0])
          }
        }
      case .spherical:
        for (set, a) in zip(sets, scatters) {
          let trace = (0..<dimensions).reduce(0) { $0 + a[$1][$1] }
          sum += block(Double(set.nonzeroBitCount * dimensions), 1, scale[0][0] + trace, scale[0][0])
        }
      }
      return hasMatrices || !sum.isNaN ? sum : -.infinity
    }
  }
}
