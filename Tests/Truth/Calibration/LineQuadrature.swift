import Foundation

/// The exact posterior of a few numbers under a mixture whose components have the same priors, by the sum over all
/// labellings and one integral for each set of rows.
///
/// Given its sd, the mean of a component is Normal and is integrated in closed form. The integral over the logarithm of
/// the sd is Simpson's rule. The prior densities are written out here, and share nothing with the library.
struct LineQuadrature: Sendable {
  /// The prior of an sd.
  enum Spread: Sendable {
    case uniform(Double, Double)
    case halfCauchy(Double)
    case halfNormal(Double)
    /// The mean and the sd of log sd.
    case logNormal(Double, Double)
    /// Degrees of freedom and scale.
    case halfStudentT(Double, Double)
    /// Of the variance, or the same Gamma of the precision: shape and scale.
    case inverseGamma(Double, Double)

    /// The log density of log sd.
    func logDensity(_ y: Double) -> Double {
      let sd = exp(y)
      switch self {
      case .uniform(let lower, let upper): return sd < lower || sd > upper ? -.infinity : y - log(upper - lower)
      case .halfCauchy(let scale): return log(2 / (Double.pi * scale)) - log1p(sd / scale * (sd / scale)) + y
      case .halfNormal(let scale): return 0.5 * log(2 / Double.pi) - log(scale) - 0.5 * sd / scale * (sd / scale) + y
      case .logNormal(let mu, let sigma):
        return -log(sigma * (2 * Double.pi).squareRoot()) - 0.5 * (y - mu) / sigma * (y - mu) / sigma
      case .halfStudentT(let dof, let scale):
        let constant: Double = log(2) + lgamma(0.5 * (dof + 1)) - lgamma(0.5 * dof)
        let tail: Double = 0.5 * (dof + 1) * log1p(sd / scale * (sd / scale) / dof)
        return constant - 0.5 * log(Double.pi * dof) - log(scale) - tail + y
      case .inverseGamma(let shape, let scale):
        let constant: Double = log(2) + shape * log(scale) - lgamma(shape)
        return constant - 2 * shape * y - scale * exp(-2 * y)
      }
    }

    /// The range of log sd that has all the mass but 10⁻⁸ of an empty component's prior.
    var range: ClosedRange<Double> {
      switch self {
      case .uniform(let lower, let upper): log(max(lower, 1e-9 * upper))...log(upper)
      case .halfCauchy(let scale): log(scale) - 19...log(scale) + 19
      case .halfNormal(let scale): log(scale) - 19...log(scale) + 2
      case .logNormal(let mu, let sigma): mu - 6 * sigma...mu + 6 * sigma
      case .halfStudentT(let dof, let scale): log(scale) - 19...log(scale) + 1 + 19 / dof
      case .inverseGamma(let shape, let scale): 0.5 * log(scale) - 4...0.5 * log(scale) + max(4, 9.5 / shape)
      }
    }
  }

  /// The prior of a mean: Normal, with an sd of its own or with variance sd² / κ, or Uniform.
  enum Mean: Sendable {
    case normal(Double, sd: Double)
    case scaled(Double, kappa: Double)
    case uniform(Double, Double)
  }

  let rows: [Double]
  let components: Int
  let concentration: Double
  let mean: Mean
  let spread: Spread
  let isShared: Bool
  /// Whether the density of log sd is taken for that of sd, which plants an error.
  var forgetsJacobian = false

  /// The points at which distribution functions are taken.
  static let points = (means: [-1.5, 0.5, 3], sds: [0.25, 0.6, 2])

  struct Result: Sendable {
    var labellings: Labellings
    /// E[Σ w²].
    var squaredWeights: Double
    /// The names and expectations of the values of ``LineQuadrature/values(means:sds:)``.
    var expectations: [Double]
  }

  static let names =
    points.means.map { "mean below \($0)" } + points.sds.map { "sd below \($0)" } + ["log sd", "mean"]

  /// Returns averages over the components of a draw, which do not depend on labels.
  ///
  /// - Parameter hasMean: whether means have an expectation; if not, the last value is 0.
  static func values(means: [Double], sds: [Double], hasMean: Bool) -> [Double] {
    func share(_ numbers: [Double], _ limit: Double) -> Double {
      Double(numbers.count { $0 <= limit }) / Double(numbers.count)
    }
    let shares = points.means.map { share(means, $0) } + points.sds.map { share(sds, $0) }
    let logSD = sds.reduce(0) { $0 + log($1) } / Double(sds.count)
    return shares + [logSD, hasMean ? means.reduce(0, +) / Double(means.count) : 0]
  }

  /// The number, the mean and the squares about it of a set of rows.
  private typealias Members = (count: Double, mean: Double, squares: Double)

  private func members(_ set: Int) -> Members {
    let chosen = rows.indices.filter { set >> $0 & 1 == 1 }.map { rows[$0] }
    let count = Double(chosen.count)
    let mean = chosen.reduce(0, +) / max(1, count)
    return (count, mean, chosen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
  }

  /// Returns the mean and the variance of a component's mean before its rows are seen.
  private func prior(_ sd: Double) -> (center: Double, variance: Double) {
    switch mean {
    case .uniform: (.nan, .nan)
    case .normal(let center, let priorSD): (center, priorSD * priorSD)
    case .scaled(let center, let kappa): (center, sd * sd / kappa)
    }
  }

  /// Returns the mass of Normal(the rows' mean, sd² / n) between two numbers; without rows their distance.
  private func between(_ lower: Double, _ upper: Double, _ sd: Double, _ members: Members) -> Double {
    guard members.count > 0 else { return upper - lower }
    let root = (0.5 * members.count).squareRoot() / sd
    let (a, b) = ((lower - members.mean) * root, (upper - members.mean) * root)
    // The difference is one of small numbers.
    return a > 0 ? 0.5 * (erfc(a) - erfc(b)) : 0.5 * (erfc(-b) - erfc(-a))
  }

  /// Returns log p(rows | sd), with the mean integrated out.
  private func logEvidence(_ y: Double, _ members: Members) -> Double {
    guard members.count > 0 else { return 0 }
    let sd = exp(y)
    if case .uniform(let lower, let upper) = mean {
      let ofSquares: Double =
        (1 - members.count) * (y + 0.5 * log(2 * Double.pi)) - 0.5 * members.squares / (sd * sd)
      return ofSquares - 0.5 * log(members.count) + log(between(lower, upper, sd, members) / (upper - lower))
    }
    let (center, variance) = prior(sd)
    let whole = variance + sd * sd / members.count
    let distance = members.mean - center
    let constant: Double = 0.5 * log(2 * Double.pi)
    // The squares about the rows' mean, and that mean.
    let ofSquares: Double = (1 - members.count) * (y + constant) - 0.5 * members.squares / (sd * sd)
    let ofMean: Double = -constant - 0.5 * log(whole) - 0.5 * distance * distance / whole
    return ofSquares - 0.5 * log(members.count) + ofMean
  }

  /// Returns expectations given the sd: P(mean ≤ point), 1 if the sd is below a point, log sd, and the mean.
  private func expectations(_ y: Double, _ members: Members) -> [Double] {
    let sd = exp(y)
    if case .uniform(let lower, let upper) = mean {
      let mass = between(lower, upper, sd, members)
      var values = Self.points.means.map { between(lower, min(max($0, lower), upper), sd, members) / mass }
      for point in Self.points.sds { values.append(sd <= point ? 1 : 0) }
      guard members.count > 0 else { return values + [y, 0.5 * (lower + upper)] }
      let error = sd / members.count.squareRoot()
      let heights = [lower, upper].map { (end: Double) -> Double in
        let z = (end - members.mean) / error
        return exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
      }
      return values + [y, members.mean + error * (heights[0] - heights[1]) / mass]
    }
    let (center, variance) = prior(sd)
    let precision = 1 / variance + members.count / (sd * sd)
    let middle = (center / variance + members.count * members.mean / (sd * sd)) / precision
    let root = (0.5 * precision).squareRoot()
    var values: [Double] = []
    for point in Self.points.means { values.append(0.5 * erfc((middle - point) * root)) }
    for point in Self.points.sds { values.append(sd <= point ? 1 : 0) }
    return values + [y, middle]
  }

  /// Integrates over log sd, in pieces that end at the points of the distribution function.
  ///
  /// - Returns: the log of the integral of the prior times exp(`logFactor`), and the expectations of `values`.
  private func integrate(
    _ logFactor: (Double) -> Double, _ values: (Double) -> [Double]
  ) -> (log: Double, values: [Double]) {
    let range = spread.range
    let inner = Self.points.sds.map { log($0) }.filter { $0 > range.lowerBound && $0 < range.upperBound }
    let ends = [range.lowerBound] + inner + [range.upperBound]
    var nodes: [(y: Double, weight: Double, log: Double)] = []
    for (lower, upper) in zip(ends, ends.dropFirst()) {
      let intervals = 2 * Int(((upper - lower) / 0.04).rounded(.up))
      let step = (upper - lower) / Double(intervals)
      for j in 0...intervals {
        // The ends of a piece lie a little inside of it.
        let y = j == 0 ? lower + 1e-12 : j == intervals ? upper - 1e-12 : lower + step * Double(j)
        let factor = j == 0 || j == intervals ? 1.0 : j % 2 == 1 ? 4 : 2
        nodes.append(
          (y, factor * step / 3, spread.logDensity(y) - (forgetsJacobian ? y : 0) + logFactor(y)))
      }
    }
    let largest = nodes.reduce(-Double.infinity) { max($0, $1.log) }
    var total = 0.0
    var sums = [Double](repeating: 0, count: Self.names.count)
    for node in nodes where node.log > largest - 60 {
      let weight = node.weight * exp(node.log - largest)
      total += weight
      for (place, value) in values(node.y).enumerated() { sums[place] += weight * value }
    }
    return (log(total) + largest, sums.map { $0 / total })
  }

  func result() -> Result {
    let members = (0..<1 << rows.count).map(self.members)
    func sets(of labels: [Int]) -> [Int] {
      var result = [Int](repeating: 0, count: components)
      for (i, label) in labels.enumerated() { result[label] |= 1 << i }
      return result
    }
    func logOfCounts(_ sets: [Int]) -> Double {
      sets.reduce(0) { $0 + lgamma(concentration + Double($1.nonzeroBitCount)) }
    }
    var ofSets: [(log: Double, values: [Double])] = []
    if !isShared {
      ofSets = members.map { set in integrate({ logEvidence($0, set) }, { expectations($0, set) }) }
    }
    // The integrals of labellings, in which sets stand in any order.
    var known: [[Int]: (log: Double, values: [Double])] = [:]
    func integral(_ labels: [Int]) -> (log: Double, values: [Double]) {
      let chosen = sets(of: labels).sorted()
      if let result = known[chosen] { return result }
      var result: (log: Double, values: [Double])
      if isShared {
        result = integrate(
          { y in chosen.reduce(0) { $0 + logEvidence(y, members[$1]) } },
          { y in average(chosen.map { expectations(y, members[$0]) }) })
      } else {
        result = (chosen.reduce(0) { $0 + ofSets[$1].log }, average(chosen.map { ofSets[$0].values }))
      }
      result.log += logOfCounts(chosen)
      known[chosen] = result
      return result
    }
    let labellings = Labellings(components: components, count: rows.count) { integral($0).log }
    let total = concentration * Double(components) + Double(rows.count)
    var result = Result(
      labellings: labellings,
      squaredWeights: labellings.expectation { labels in
        sets(of: labels).reduce(0) { sum, set in
          let size = concentration + Double(set.nonzeroBitCount)
          return sum + size * (size + 1) / (total * (total + 1))
        }
      }, expectations: [])
    for place in Self.names.indices {
      result.expectations.append(labellings.expectation { integral($0).values[place] })
    }
    return result
  }

  private func average(_ rows: [[Double]]) -> [Double] {
    rows[0].indices.map { j in rows.reduce(0) { $0 + $1[j] } / Double(rows.count) }
  }
}
