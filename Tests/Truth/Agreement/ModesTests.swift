import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Chains with all options at their defaults visit every mode of small multimodal posteriors as often as they should.
@Suite struct ModesTests {
  /// Exact posteriors, with every labelling enumerated; see Reference/README.md.
  struct Modes: Decodable, Sendable {
    struct Case: Decodable, Sendable {
      let data: [[Double]]
      let nComponents: Int
      let m0: [Double]
      let kappa0: Double
      let nu0: Double
      let psi0: [[Double]]
      let alpha: Double
      let coclustering: [[Double]]

      enum CodingKeys: String, CodingKey {
        case data, m0, kappa0, nu0, alpha, coclustering
        case nComponents = "n_components"
        case psi0 = "Psi0"
      }
    }

    let cases: [String: Case]
  }

  /// Returns 1 for each draw in which two rows share a component, and 0 for the others.
  private static func together(_ posterior: Posterior, _ i: Int, _ j: Int) -> [[Double]] {
    var result: [[Double]] = []
    for chain in 0..<posterior.chainCount {
      var indicators: [Double] = []
      for draw in 0..<posterior.drawCount {
        guard let labels = posterior.drawnAssignments(chain: chain, draw: draw) else { continue }
        indicators.append(labels[i] == labels[j] ? 1 : 0)
      }
      result.append(indicators)
    }
    return result
  }

  private static let options = SamplingOptions(draws: 10_000, tune: 2_000, chains: 4, keepsAssignments: true)

  /// The probability that two rows share a component is within 0.02 of the exact one, and within 4 standard errors from
  /// 100 batches and 10⁻⁴. Of some 400 correlated numbers for each seed, one exceeds that by chance with 5 % or less; the
  /// seeds are fixed.
  @Test(arguments: ["rectangle", "close", "three"], [UInt64(1), 2, 3])
  func rowsShareAComponentAsOftenAsTheSumOverAllLabellingsSays(_ name: String, _ seed: UInt64) throws {
    let example = try #require(try Reference.read(Modes.self, "modes").cases[name])
    let dimensions = example.m0.count
    let model = try MixtureModel(
      MixtureShape(componentCount: example.nComponents, dimensionCount: dimensions, structure: .full),
      weights: .dirichlet(concentration: [example.alpha]),
      means: .scaledNormal(mean: example.m0, kappa: [example.kappa0]),
      spread: .inverseWishart(dof: [example.nu0], scale: example.psi0.flatMap { $0 }))
    var options = Self.options
    options.seed = seed
    let posterior = try sample(
      model, DataSet(example.data.flatMap { $0 }, dimensionCount: dimensions), options, RunControl(threads: 2))
    var (largest, worst) = (0.0, 0.0)
    for i in example.data.indices {
      for j in 0..<i {
        let together = Self.together(posterior, i, j)
        let ours = BatchEstimates.mean(together)
        let distance = abs(ours.value - example.coclustering[i][j])
        largest = max(largest, distance)
        worst = max(worst, distance / (4 * ours.error + 1e-4))
      }
    }
    print("modes of \(name), seed \(seed): largest distance \(largest), \(worst) of the bound by errors")
    #expect(largest < 0.02)
    #expect(worst < 1)
  }

  /// The means of the sorted weights under the priors of Fraley and Raftery are those of a tempered sampler of another program, whose
  /// standard errors are 0.003 or less, within 0.01.
  @Test(arguments: [UInt64(1), 2]) func sortedWeightsOfIrisAreThoseOfATemperedSampler(_ seed: UInt64) throws {
    let data = try IrisReference.load().data
    let open = try OpenModel(
      MixtureShape(componentCount: 3, dimensionCount: 4, structure: .full), defaultPriors: .fraleyRaftery)
    var options = Self.options
    options.keepsAssignments = false
    options.seed = seed
    let posterior = try sample(
      open, DataSet(data.flatMap { $0 }, dimensionCount: 4), options, RunControl(threads: 2))
    let chains = posterior.parametersByChain()
    for (rank, expected) in [0.06, 0.333, 0.607].enumerated() {
      let mean = BatchEstimates.mean(chains.map { $0.map { $0.weights.sorted()[rank] } })
      print("iris, seed \(seed), weight of rank \(rank): \(mean.value) ± \(mean.error)")
      #expect(abs(mean.value - expected) < 0.01)
    }
  }
}
