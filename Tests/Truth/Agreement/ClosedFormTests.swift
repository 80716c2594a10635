import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// All samplers agree with posteriors that one integral gives.
@Suite struct ClosedFormTests {
  static let samplers = SamplerChoice.allCases
  /// With a single component no assignments need to be summed out.
  static let samplersOfOne: [SamplerChoice] = [.gibbs, .metropolis]
  static let levels = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]

  private func run(_ model: MixtureModel, _ data: [Double], _ sampler: SamplerChoice) throws -> Posterior {
    try sample(
      model, data: data,
      sampler.applied(to: SamplingOptions(draws: 20_000, tune: 4_000, chains: 4, seed: 41)))
  }

  /// Compares P(θ ≤ q) at seven quantiles q, within 4.5 standard errors from 100 batches: by chance 2e-5 each.
  private func expectDistribution(
    _ posterior: Posterior, column: Int, lower: Double, upper: Double, _ distribution: (Double) -> Double
  ) {
    let draws = BatchEstimates(posterior.values(column: column))
    var deviations = Deviations()
    for level in Self.levels {
      let point = Distributions.quantile(level, lower: lower, upper: upper, of: distribution)
      deviations.add(
        "\(posterior.parameterNames[column]) at level \(level)", draws.probability(upTo: point),
        exactly: distribution(point))
    }
    #expect(deviations.beyond(4.5).isEmpty)
  }

  /// A Normal(m0, s0) prior with a known sd has a Normal posterior.
  @Test(arguments: samplersOfOne, [1, 2, 30])
  func oneComponentWithKnownSDHasANormalMean(_ sampler: SamplerChoice, count: Int) throws {
    let data = (0..<count).map { 3 + Foundation.sin(Double($0) * 7) }
    let (center, priorSD, sd) = (1.0, 2.0, 1.5)
    let model = try MixtureModel(componentCount: 1, means: .normal(mean: [center], sd: [priorSD]), spread: .fixed([sd]))
    let posterior = try run(model, data, sampler)
    let precision = 1 / (priorSD * priorSD) + Double(count) / (sd * sd)
    let mean = (center / (priorSD * priorSD) + data.reduce(0, +) / (sd * sd)) / precision
    expectDistribution(posterior, column: 1, lower: mean - 20, upper: mean + 20) {
      Distributions.normal($0, mean: mean, sd: 1 / precision.squareRoot())
    }
    #expect(posterior.values(column: 0).allSatisfy { $0.allSatisfy { $0 == 1 } })
    // log p(x | θ) and log p(x, θ) of a draw, in closed form.
    let row = posterior.row(chain: 2, draw: 77)
    let logLikelihood = data.reduce(0) { $0 + logNormal($1, row[1], sd) }
    #expect(abs(row[posterior.layout.logLikelihood] - logLikelihood) < 1e-12 * max(1, abs(logLikelihood)))
    let logPosterior = logLikelihood + logNormal(row[1], center, priorSD)
    #expect(abs(row[posterior.layout.logPosterior] - logPosterior) < 1e-12 * max(1, abs(logPosterior)))
  }

  /// A Uniform prior with a known sd has a Normal posterior between its bounds, which lie around, on one side of, or far
  /// from the mean of the data.
  @Test(arguments: samplersOfOne, [(-9.0, 9.0), (2.5, 3.2), (4, 9), (-1e3, 1.5)])
  func oneComponentWithKnownSDHasABoundedNormalMean(
    _ sampler: SamplerChoice, _ bounds: (lower: Double, upper: Double)
  ) throws {
    let (lower, upper) = bounds
    for count in [0, 1, 12] {
      let data = (0..<count).map { 3 + Foundation.sin(Double($0) * 7) }
      let sd = 1.5
      let model = try MixtureModel(
        componentCount: 1, means: .uniform(lower: [lower], upper: [upper]), spread: .fixed([sd]))
      let posterior = try run(model, data, sampler)
      // With data, hardly any mass is below -40.
      let least = count > 0 ? max(lower, -40) : lower
      let exact = TabulatedDensity(lower: least, upper: upper, intervals: 20_000) { mean in
        data.reduce(0) { $0 + logNormal($1, mean, sd) }
      }
      expectDistribution(posterior, column: 1, lower: least, upper: upper, exact.probability(upTo:))
      let row = posterior.row(chain: 2, draw: 77)
      let logPosterior = data.reduce(-log(upper - lower)) { $0 + logNormal($1, row[1], sd) }
      #expect(abs(row[posterior.layout.logPosterior] - logPosterior) < 1e-11 * max(1, abs(logPosterior)))
    }
  }

  /// Correlated coordinates between bounds that bind: given the first, the second is Normal between its bounds, which
  /// leaves one integral.
  @Test(arguments: [0.0, 0.9, -0.99], [1, 20])
  func correlatedMeansBetweenBoundsMatchQuadrature(_ correlation: Double, count: Int) throws {
    let (lower, upper) = ([0.5, -0.2], [1.4, 2.0])
    let sd2 = 2.0
    let rows = (0..<count).flatMap { [1.6 + Foundation.sin(Double($0) * 7), 0.1 + Foundation.cos(Double($0) * 3)] }
    let model = try MixtureModel(
      MixtureShape(componentCount: 1, dimensionCount: 2, structure: .full),
      means: .uniform(lower: lower, upper: upper),
      spread: .fixedCovariances([1, correlation * sd2, correlation * sd2, sd2 * sd2]))
    let posterior = try sample(
      model, DataSet(rows, dimensionCount: 2), SamplingOptions(draws: 20_000, tune: 1_000, chains: 4, seed: 43))
    let n = Double(count)
    let average = (0..<2).map { d in stride(from: d, to: rows.count, by: 2).reduce(0) { $0 + rows[$1] } / n }
    func margin(_ d: Int) -> TabulatedDensity {
      let sds = [1, sd2].map { $0 / n.squareRoot() }
      let other = 1 - d
      return TabulatedDensity(lower: lower[d], upper: upper[d], intervals: 4_000) { x in
        let z = (x - average[d]) / sds[d]
        let mean = average[other] + correlation * sds[other] * z
        let sd = sds[other] * (1 - correlation * correlation).squareRoot()
        let mass = Distributions.normal((upper[other] - mean) / sd) - Distributions.normal((lower[other] - mean) / sd)
        return -0.5 * z * z + log(mass)
      }
    }
    for d in 0..<2 {
      expectDistribution(
        posterior, column: 1 + d, lower: lower[d], upper: upper[d], margin(d).probability(upTo:))
    }
  }

  /// With a known mean, InverseGamma(a, b) on the variance has the posterior InverseGamma(a + n/2, b + S/2).
  @Test(arguments: samplersOfOne, [1, 2, 30])
  func oneComponentWithKnownMeanHasAnInverseGammaVariance(_ sampler: SamplerChoice, count: Int) throws {
    let data = (0..<count).map { 3 + Foundation.sin(Double($0) * 7) }
    let model = try MixtureModel(
      componentCount: 1, means: .fixed([2.5]), spread: .inverseGamma(shape: [1.5], scale: [0.8]))
    let posterior = try run(model, data, sampler)
    let shape = 1.5 + 0.5 * Double(count)
    let scale = 0.8 + 0.5 * data.reduce(0) { $0 + ($1 - 2.5) * ($1 - 2.5) }
    expectDistribution(posterior, column: 2, lower: 1e-3, upper: 1e3) {
      1 - Distributions.gamma(scale / ($0 * $0), shape: shape)
    }
  }

  /// Every prior of the spread with a Normal mean: given the sd the mean is Normal, which leaves one integral over the
  /// sd.
  ///
  /// p(sd | x) ∝ p(sd) sd^(-(n-1)) exp(-SS / (2 sd²)) N(mean of x | m0, s0² + sd²/n).
  @Test(arguments: samplersOfOne, everySpreadDensity)
  func oneComponentMatchesQuadratureUnderEverySpreadPrior(_ sampler: SamplerChoice, _ prior: SpreadDensity) throws {
    let data = [0.3, 1.9, 2.2, 0.8, 3.1]
    let (center, priorSD) = (4.0, 1.5)
    let n = Double(data.count)
    let average = data.reduce(0, +) / n
    let squares = data.reduce(0) { $0 + ($1 - average) * ($1 - average) }
    let model = try MixtureModel(
      componentCount: 1, means: .normal(mean: [center], sd: [priorSD]), spread: spreadPrior(prior), sharedSpread: true)
    let posterior = try run(model, data, sampler)
    let (lower, upper) = (log(max(prior.support.lower, 1e-2)), log(min(prior.support.upper, 1e3)))
    let logSD = TabulatedDensity(lower: lower, upper: upper, intervals: 4_000) { y in
      let sd = exp(y)
      return prior.logDensity(sd: sd) + prior.logJacobian(sd: sd) - (n - 1) * y - squares / (2 * sd * sd)
        + logNormal(average, center, (priorSD * priorSD + sd * sd / n).squareRoot())
    }
    expectDistribution(posterior, column: 2, lower: exp(lower), upper: exp(upper)) { logSD.probability(upTo: log($0)) }
    expectDistribution(posterior, column: 1, lower: -20, upper: 20) { mean in
      logSD.expectation { y in
        let dataPrecision = n * exp(-2 * y)
        let precision = 1 / (priorSD * priorSD) + dataPrecision
        let middle = (center / (priorSD * priorSD) + average * dataPrecision) / precision
        return Distributions.normal(mean, mean: middle, sd: 1 / precision.squareRoot())
      }
    }
  }

  /// Two known components: the posterior of the weight is w^(a-1) (1-w)^(b-1) ∏ (w f0 + (1-w) f1), with and without a
  /// minimum.
  @Test(arguments: samplers, [0.0, 0.25, 0.45])
  func weightOfTwoKnownComponentsMatchesQuadrature(_ sampler: SamplerChoice, minimum: Double) throws {
    let data = (0..<40).map { 2.5 * Foundation.sin(Double($0) * 2.4) + 0.6 }
    let model = try MixtureModel(
      componentCount: 2, weights: .dirichlet(concentration: [0.7, 2]), minimumWeight: minimum, means: .fixed([0, 1.5]),
      spread: .fixed([1, 3]))
    let posterior = try run(model, data, sampler)
    // The density is taken in logits, w^a (1-w)^b, where it has no pole.
    let bound = minimum > 0 ? log((1 - minimum) / minimum) : 30
    let exact = TabulatedDensity(lower: -bound, upper: bound, intervals: 4_000) { y in
      let w = 1 / (1 + exp(-y))
      let v = 1 / (1 + exp(y))
      return data.reduce(0.7 * log(w) + 2 * log(v)) {
        $0 + log(w * exp(logNormal($1, 0, 1)) + v * exp(logNormal($1, 1.5, 3)))
      }
    }
    expectDistribution(posterior, column: 0, lower: minimum, upper: 1 - minimum) {
      exact.probability(upTo: log($0 / (1 - $0)))
    }
  }

  /// Two components of known weights and means: the posterior of their sd, shared, is one integral under every prior.
  @Test(arguments: samplers, everySpreadDensity)
  func sharedSpreadOfTwoKnownComponentsMatchesQuadrature(_ sampler: SamplerChoice, _ prior: SpreadDensity) throws {
    let data = [-0.9, 0.3, 0.8, 1.4, 1.9, 2.2, 3.1]
    let model = try MixtureModel(
      componentCount: 2, weights: .fixed([0.4, 0.6]), means: .fixed([0, 1.8]), spread: spreadPrior(prior),
      sharedSpread: true)
    let posterior = try run(model, data, sampler)
    let (lower, upper) = (log(max(prior.support.lower, 1e-2)), log(min(prior.support.upper, 1e3)))
    let exact = TabulatedDensity(lower: lower, upper: upper, intervals: 4_000) { y in
      let sd = exp(y)
      return data.reduce(prior.logDensity(sd: sd) + prior.logJacobian(sd: sd)) {
        $0 + log(0.4 * exp(logNormal($1, 0, sd)) + 0.6 * exp(logNormal($1, 1.8, sd)))
      }
    }
    expectDistribution(posterior, column: 4, lower: exp(lower), upper: exp(upper)) {
      exact.probability(upTo: log($0))
    }
  }

  /// Three known components: the mean weights by the midpoint rule on the simplex above the minimum.
  ///
  /// With cells of 1/400 of its side the rule is off by less than 1e-5 sds.
  @Test(arguments: samplers, [0.0, 0.2])
  func weightsOfThreeKnownComponentsMatchQuadrature(_ sampler: SamplerChoice, minimum: Double) throws {
    let data = (0..<30).map { 4 * Foundation.sin(Double($0) * 2.4) }
    let (means, sds, concentration) = ([-2.0, 0, 3], [1.0, 2, 1.5], [2.0, 1, 1.5])
    let model = try MixtureModel(
      componentCount: 3, weights: .dirichlet(concentration: concentration), minimumWeight: minimum,
      means: .fixed(means), spread: .fixed(sds))
    let posterior = try run(model, data, sampler)
    let shares = data.map { x in (0..<3).map { exp(logNormal(x, means[$0], sds[$0])) } }
    let cells = 400
    let room = 1 - 3 * minimum
    var total = 0.0
    var sums = [Double](repeating: 0, count: 6)
    for i in 0..<cells {
      for j in 0..<cells - i {
        // The cell's two triangles lie below and above its diagonal; the last of a row has only the lower one.
        for (offset, isInside) in [(1.0 / 3, true), (2.0 / 3, i + j + 1 < cells)] where isInside {
          let a = minimum + room * (Double(i) + offset) / Double(cells)
          let b = minimum + room * (Double(j) + offset) / Double(cells)
          let w = [a, b, 1 - a - b]
          var density = pow(w[0], 1.0) * pow(w[2], 0.5) * 1e20
          for f in shares { density *= 5 * (w[0] * f[0] + w[1] * f[1] + w[2] * f[2]) }
          total += density
          for k in 0..<3 {
            sums[k] += density * w[k]
            sums[3 + k] += density * w[k] * w[k]
          }
        }
      }
    }
    var deviations = Deviations()
    for k in 0..<3 {
      let values = posterior.values(column: k)
      deviations.add("weights[\(k)]", BatchEstimates.mean(values), exactly: sums[k] / total)
      deviations.add(
        "weights[\(k)] squared", BatchEstimates.mean(values) { $0 * $0 }, exactly: sums[3 + k] / total)
    }
    #expect(deviations.beyond(4.5).isEmpty)
  }
}
