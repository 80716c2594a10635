import GMMModel
import TestSupport
import Testing

@testable import GMMDiagnostics
@testable import GMMInference
@testable import GaussianMixtures

/// The convergence of draws is that of their least converged scalar.
@Suite struct ConvergenceTests {
  private func posterior(_ model: MixtureModel, draws: Int = 60, chains: Int = 3) throws -> Posterior {
    let data = try DataSet((0..<40).map { Double($0 % 3) * 4 + Double($0) / 40 })
    return try sample(model, data, SamplingOptions(draws: draws, tune: 20, chains: chains, seed: 5))
  }

  private func mixture(_ components: Int, weights: [Double]? = nil) throws -> MixtureModel {
    try MixtureModel(
      componentCount: components, weights: weights.map { .fixed($0) } ?? .dirichlet(concentration: [1]),
      means: .normal(mean: [4], sd: [10]), spread: .halfNormal(scale: [2]))
  }

  /// Returns the scalars of each draw, each with its name, chain-major.
  private func scalars(_ posterior: Posterior) -> [(name: String, values: [Double])] {
    let layout = posterior.layout
    func column(_ make: ([Double]) -> Double) -> [Double] {
      (0..<posterior.chainCount).flatMap { chain in
        (0..<posterior.drawCount).map { make(posterior.row(chain: chain, draw: $0)) }
      }
    }
    return [
      ("log_posterior", column { $0[layout.logPosterior] }),
      ("log_likelihood", column { $0[layout.logLikelihood] }),
      ("n_clusters", column { $0[layout.clusterCount] }),
      ("sum_squared_weights", column { $0[layout.weights].reduce(0) { $0 + $1 * $1 } }),
    ]
      + (0..<layout.componentCount).map { k in
        ("sorted_weights[\(k)]", column { $0[layout.weights].sorted(by: >)[k] })
      }
  }

  @Test(arguments: [1, 3]) func itIsThatOfTheWorstScalar(threads: Int) throws {
    let posterior = try posterior(mixture(4))
    var (ess, essName) = (Double.infinity, "")
    var (rHat, rHatName) = (0.0, "")
    for (name, values) in scalars(posterior) where Set(values).count > 1 {
      ChainView.withChains(values, chains: 3) { view in
        let size = min(effectiveSampleSize(view, method: .bulk), effectiveSampleSize(view, method: .tail()))
        if size < ess { (ess, essName) = (size, name) }
        let reduction = rankNormalizedRHat(view)
        if reduction > rHat { (rHat, rHatName) = (reduction, name) }
      }
    }
    let figures = try posterior.convergence(RunControl(threads: threads))
    #expect(figures.ess == ess)
    #expect(figures.rHat == rHat)
    #expect(figures.essQuantity?.name == essName)
    #expect(figures.rHatQuantity?.name == rHatName)
    // Labels play no part.
    #expect(try posterior.relabelled(RunControl()).convergence() == figures)
  }

  @Test func fewDrawsHaveNoFigures() throws {
    let few = try posterior(mixture(2), draws: 3).convergence()
    #expect(few.ess.isNaN && few.rHat.isNaN)
    let single = try posterior(mixture(2), chains: 1).convergence()
    #expect(single.ess > 0 && single.rHat.isNaN)
    #expect(!Until().isMet(by: few))
    #expect(!Until().isMet(by: single))
    #expect(Until(ess: 1, rHat: nil).isMet(by: single))
  }

  @Test func scalarsThatNeverChangeAreLeftOut() throws {
    // A model with nothing unknown but the assignments of a single component has the same draws throughout.
    let model = try MixtureModel(componentCount: 1, means: .fixed([4]), spread: .fixed([3]))
    let figures = try posterior(model).convergence()
    #expect(figures == ConvergenceFigures(ess: 180, rHat: 1, essQuantity: nil, rHatQuantity: nil))
    let known = try posterior(mixture(2, weights: [0.25, 0.75])).convergence()
    #expect(["log_posterior", "log_likelihood", "n_clusters"].contains(known.essQuantity?.name))
  }

  @Test func runsGoOnUntilTheyHaveConverged() throws {
    let data = try DataSet((0..<40).map { Double($0 % 3) * 4 + Double($0) / 40 })
    let options = SamplingOptions(draws: 20, tune: 100, chains: 3, seed: 5)
    let until = Until(ess: 300, rHat: 1.05, maxDraws: 20_000)
    let found = try sample(mixture(2), data, until: until, options, RunControl(threads: 1))
    let again = try sample(mixture(2), data, until: until, options, RunControl(threads: 3))
    #expect(bits(found) == bits(again))
    let result = try #require(found.until)
    #expect(result.isMet && result == again.until)
    #expect(result.figures == (try found.convergence()))
    #expect(result.figures.ess >= 300 && result.figures.rHat <= 1.05)
    // The look before this one had not converged.
    var looks = [20]
    while looks[looks.count - 1] < found.drawCount { looks.append(looks[looks.count - 1] * 3 / 2) }
    #expect(looks.last == found.drawCount && looks.count > 1)
    var shorter = options
    shorter.draws = looks[looks.count - 2]
    let before = try sample(mixture(2), data, shorter).convergence()
    #expect(before.ess < 300 || before.rHat > 1.05)
    // Two calls end where the one has ended.
    let easier = try sample(mixture(2), data, until: Until(ess: 100, rHat: 1.2, maxDraws: 20_000), options)
    let extended = try easier.extended(until: until)
    #expect(easier.drawCount < found.drawCount)
    #expect(bits(extended) == bits(found) && extended.until == result)
  }
}
