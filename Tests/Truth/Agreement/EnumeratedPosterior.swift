import Foundation
import GMMModel
import TestSupport

/// The exact posterior of a small mixture, by summing over all K^N labellings.
///
/// It serves models in which everything else has a closed form given the labels.
struct EnumeratedPosterior {
  /// An observation and its count, which is the power of its factor in the density of observations and labels.
  typealias Member = (x: Double, count: Double)

  /// A log evidence, with the first two moments of the parameters it is about.
  typealias Part = (logEvidence: Double, moments: [(first: Double, second: Double)])

  /// E[θ] and E[θ²] of every parameter, in the order of the draws' layout.
  private(set) var moments: [(first: Double, second: Double)] = []
  /// P(z_i = k), N x K row-major.
  private(set) var responsibilities: [Double]

  /// Sums over all labellings.
  ///
  /// - Parameters:
  ///   - power: the power of the components' densities, which is the count of a member for means and spread.
  ///   - weights: the part of the weights, given the counts.
  ///   - means: the part of the means, given the members of each component.
  ///   - spread: the part of the sds, given the members of each component.
  init(
    _ data: [Double], power: Double = 1, components: Int, weights: ([Double]) -> Part,
    means: ([[Member]]) -> Part, spread: ([[Member]]) -> Part
  ) {
    var terms: [(log: Double, labels: [Int], moments: [(first: Double, second: Double)])] = []
    let count = Int(pow(Double(components), Double(data.count)))
    for code in 0..<count {
      var labels: [Int] = []
      var members = [[Member]](repeating: [], count: components)
      var rest = code
      for x in data {
        labels.append(rest % components)
        members[rest % components].append((x, 1))
        rest /= components
      }
      let powered = members.map { $0.map { ($0.x, power * $0.count) } }
      let parts = [weights(members.map { $0.reduce(0) { $0 + $1.count } }), means(powered), spread(powered)]
      terms.append((parts.reduce(0) { $0 + $1.logEvidence }, labels, parts.flatMap(\.moments)))
    }
    let largest = terms.map(\.log).max() ?? 0
    let total = terms.reduce(0) { $0 + exp($1.log - largest) }
    moments = terms[0].moments.map { _ in (0, 0) }
    responsibilities = [Double](repeating: 0, count: data.count * components)
    for term in terms {
      let probability = exp(term.log - largest) / total
      for j in moments.indices {
        moments[j].first += probability * term.moments[j].first
        moments[j].second += probability * term.moments[j].second
      }
      for (i, label) in term.labels.enumerated() { responsibilities[i * components + label] += probability }
    }
  }

  // MARK: Weights

  static func dirichlet(_ concentration: [Double]) -> ([Double]) -> Part {
    { counts in
      let sums = zip(concentration, counts).map { $0 + $1 }
      let total = sums.reduce(0, +)
      let log =
        zip(sums, concentration).reduce(0) { $0 + lgamma($1.0) - lgamma($1.1) }
        + lgamma(concentration.reduce(0, +)) - lgamma(total)
      return (log, sums.map { ($0 / total, $0 * ($0 + 1) / (total * (total + 1))) })
    }
  }

  /// Returns the part of two weights of at least `minimum`, by integrals of w^(a-1) (1-w)^(b-1) over the middle.
  static func truncatedBeta(_ concentration: [Double], minimum: Double) -> ([Double]) -> Part {
    { counts in
      let (a, b) = (concentration[0] + counts[0], concentration[1] + counts[1])
      func logIntegral(_ a: Double, _ b: Double) -> Double {
        let inside = Distributions.beta(1 - minimum, a, b) - Distributions.beta(minimum, a, b)
        return lgamma(a) + lgamma(b) - lgamma(a + b) + Foundation.log(inside)
      }
      let log = logIntegral(a, b)
      return (
        log,
        [
          (exp(logIntegral(a + 1, b) - log), exp(logIntegral(a + 2, b) - log)),
          (exp(logIntegral(a, b + 1) - log), exp(logIntegral(a, b + 2) - log)),
        ]
      )
    }
  }

  static func fixedWeights(_ weights: [Double]) -> ([Double]) -> Part {
    { counts in
      (zip(weights, counts).reduce(0) { $0 + $1.1 * Foundation.log($1.0) }, weights.map { ($0, $0 * $0) })
    }
  }

  // MARK: Means, given sds

  /// The Normal posterior of one mean and the log evidence of its members.
  private static func mean(
    _ members: [Member], prior: (mean: Double, sd: Double), sd: Double
  ) -> (log: Double, mean: Double, variance: Double) {
    let count = members.reduce(0) { $0 + $1.count }
    let sum = members.reduce(0) { $0 + $1.count * $1.x }
    let precision = 1 / (prior.sd * prior.sd) + count / (sd * sd)
    let mean = (prior.mean / (prior.sd * prior.sd) + sum / (sd * sd)) / precision
    let squares =
      members.reduce(0) { $0 + $1.count * $1.x * $1.x } / (sd * sd) + prior.mean * prior.mean / (prior.sd * prior.sd)
    let log =
      -count * (Foundation.log(sd) + 0.5 * Foundation.log(2 * Double.pi))
      - 0.5 * Foundation.log(prior.sd * prior.sd * precision) - 0.5 * (squares - mean * mean * precision)
    return (log, mean, 1 / precision)
  }

  static func normalMeans(_ priors: [(mean: Double, sd: Double)], sds: [Double]) -> ([[Member]]) -> Part {
    { members in
      var log = 0.0
      var moments: [(first: Double, second: Double)] = []
      for (k, x) in members.enumerated() {
        let posterior = mean(x, prior: priors[k], sd: sds[k])
        log += posterior.log
        moments.append((posterior.mean, posterior.mean * posterior.mean + posterior.variance))
      }
      return (log, moments)
    }
  }

  /// Returns the part of two means in increasing order. Their difference is a Normal number that is restricted to be
  /// positive.
  static func orderedMeans(_ priors: [(mean: Double, sd: Double)], sds: [Double]) -> ([[Member]]) -> Part {
    { members in
      let parts = members.indices.map { mean(members[$0], prior: priors[$0], sd: sds[$0]) }
      let variance = parts[0].variance + parts[1].variance
      let ratio = (parts[1].mean - parts[0].mean) / variance.squareRoot()
      let probability = Distributions.normal(ratio)
      let hazard = exp(-0.5 * ratio * ratio) / (2 * Double.pi).squareRoot() / probability
      let shrinkage = 1 - ratio * hazard - hazard * hazard
      let moments = [(0, -1.0), (1, 1.0)].map { k, sign in
        let part = parts[k]
        let first = part.mean + sign * part.variance / variance.squareRoot() * hazard
        let second = part.variance - part.variance * part.variance / variance * (1 - shrinkage)
        return (first: first, second: first * first + second)
      }
      return (parts[0].log + parts[1].log + Foundation.log(probability), moments)
    }
  }

  static func fixedMeans(_ means: [Double]) -> ([[Member]]) -> Part {
    { _ in (0, means.map { ($0, $0 * $0) }) }
  }

  // MARK: Spread, given means

  /// sd² ~ InverseGamma(`shape`, `scale`), which is also 1 / sd² ~ Gamma(`shape`, rate `scale`).
  static func inverseGamma(
    means: [Double], shape: Double, scale: Double, shared: Bool
  ) -> ([[Member]]) -> Part {
    { members in
      var squares = zip(members, means).map { part, mean in
        part.reduce(0) { $0 + $1.count * ($1.x - mean) * ($1.x - mean) }
      }
      var counts = members.map { $0.reduce(0) { $0 + $1.count } }
      if shared { (squares, counts) = ([squares.reduce(0, +)], [counts.reduce(0, +)]) }
      var log = 0.0
      var moments: [(first: Double, second: Double)] = []
      for (square, count) in zip(squares, counts) {
        let (a, b) = (shape + 0.5 * count, scale + 0.5 * square)
        log +=
          -0.5 * count * Foundation.log(2 * Double.pi) + shape * Foundation.log(scale) - lgamma(shape) + lgamma(a)
          - a * Foundation.log(b)
        moments.append((b.squareRoot() * exp(lgamma(a - 0.5) - lgamma(a)), b / (a - 1)))
      }
      return (log, moments)
    }
  }

  static func fixedSpread(_ sds: [Double]) -> ([[Member]]) -> Part {
    { _ in (0, sds.map { ($0, $0 * $0) }) }
  }
}
