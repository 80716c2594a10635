import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Agreement with a reference posterior of full covariances in four dimensions.
@Suite struct IrisAgreementTests {
  /// Every number lies within 4 combined Monte-Carlo standard errors, as in ``ReferenceAgreementTests``.
  ///
  /// The test compares quantities that do not depend on labels. It also compares weights, means, covariances and
  /// responsibilities with the components of each draw in the order of their first coordinate. A component is nearly
  /// empty in 7 % of the draws and then drawn from the prior, whose covariances have no finite variance. So quantiles
  /// are compared in place of means. The reference states no errors of single responsibilities and of the probabilities
  /// of pairs. The error of its worst responsibility, 0.008, takes their place.
  @Test func gibbsAgreesWithTheReferencePosterior() throws {
    let reference = try IrisReference.load()
    let observations = try DataSet(reference.data.flatMap { $0 }, dimensionCount: 4)
    let posterior = try sample(
      reference.mixtureModel(), observations,
      SamplingOptions(draws: 60_000, tune: 5_000, chains: 8, seed: 1, keepsAssignments: true))
    let chains = posterior.parametersByChain()
    var deviations = Deviations()

    for (rank, expected) in reference.sortedWeights.enumerated() {
      let draws = BatchEstimates(chains.map { $0.map { $0.weights.sorted(by: >)[rank] } })
      deviations.add("weight of rank \(rank)", draws.mean, Estimate(expected.mean, error: expected.meanError))
      deviations.add("sd of the weight of rank \(rank)", draws.sd, Estimate(expected.sd, error: expected.sdError))
    }
    for tail in reference.smallestWeightBelow {
      let below = chains.map { $0.map { ($0.weights.min() ?? 0) < tail.limit ? 1.0 : 0.0 } }
      deviations.add(
        "smallest weight below \(tail.limit)", BatchEstimates.mean(below), Estimate(tail.probability, error: tail.error)
      )
    }
    for expected in reference.coclustering {
      let (i, j) = (expected.pair[0], expected.pair[1])
      let together = (0..<posterior.chainCount).map { chain in
        (0..<posterior.drawCount).map { draw in
          posterior.drawnAssignments(chain: chain, draw: draw).map { $0[i] == $0[j] ? 1.0 : 0.0 } ?? 0
        }
      }
      deviations.add(
        "\(i) with \(j)", BatchEstimates.mean(together), Estimate(expected.probability, error: 0.008))
    }
    let logLikelihood = BatchEstimates.mean(posterior.values(column: posterior.layout.logLikelihood))
    #expect(abs(logLikelihood.value - reference.logLikelihood.mean) < 0.05 * reference.logLikelihood.sd)

    let sorted = chains.map { chain in
      chain.map { draw in
        var draw = draw
        draw.sortByMean()
        return draw
      }
    }
    for scalar in reference.means {
      let indices = scalar.name.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
      let draws = BatchEstimates(
        sorted.map { chain in
          chain.map { indices.count == 1 ? $0.weights[indices[0]] : $0.means[indices[0] * 4 + indices[1]] }
        })
      for (probability, numbers) in scalar.quantiles {
        let probability = try #require(Double(probability))
        addQuantile("\(scalar.name) quantile \(probability)", draws, probability, numbers, to: &deviations)
      }
    }
    #expect(deviations.count == 6 + 4 + 16 + 15 * 7)
    #expect(deviations.beyond(4).isEmpty)
    print("iris, full covariances: \(deviations.summary)")

    let order = SortedComponents(posterior)
    var spread = Deviations()
    for scalar in reference.covariances {
      let place = scalar.name.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
      let draws = BatchEstimates(order.covariances(place[0], place[1], place[2]))
      for (probability, numbers) in scalar.quantiles {
        let probability = try #require(Double(probability))
        addQuantile("\(scalar.name) quantile \(probability)", draws, probability, numbers, to: &spread)
      }
    }
    for (i, expected) in reference.responsibilities.enumerated() {
      for k in 0..<3 {
        spread.add(
          "responsibility of \(k) for \(i)", BatchEstimates.mean(order.membership(of: i, in: k)),
          Estimate(expected[k], error: reference.responsibilitiesError))
      }
    }
    #expect(spread.count == 30 * 7 + 150 * 3)
    #expect(spread.beyond(4).isEmpty)
    print("iris, covariances and responsibilities: \(spread.summary)")
  }

  /// Compares the draws' probability up to a quantile of the reference with the quantile's own.
  ///
  /// Draws of nearly empty components are far from the others. Where a quantile falls between the two, hardly any draw
  /// is near it, and the error of an empirical quantile is not known; that of a probability is. The error of the
  /// reference becomes the probability of the draws that are as near to the quantile.
  ///
  /// - Parameter numbers: the quantile of the reference and its error.
  private func addQuantile(
    _ name: String, _ draws: BatchEstimates, _ probability: Double, _ numbers: [Double],
    to deviations: inout Deviations
  ) {
    let (quantile, error) = (numbers[0], numbers[1])
    let near = draws.probability(upTo: quantile + error).value - draws.probability(upTo: quantile - error).value
    deviations.add(name, draws.probability(upTo: quantile), Estimate(probability, error: near / 2))
  }
}

/// The components of every draw in the order of the first coordinate of their means.
private struct SortedComponents {
  let posterior: Posterior
  /// The components of each draw in the order of their rank, by chain and draw.
  private let ranked: [[[Int]]]

  init(_ posterior: Posterior) {
    self.posterior = posterior
    let layout = posterior.layout
    ranked = (0..<posterior.chainCount).map { chain in
      (0..<posterior.drawCount).map { draw in
        let row = posterior.rowMemory(chain: chain, draw: draw)
        return (0..<layout.componentCount).sorted {
          row[layout.means.lowerBound + $0 * layout.shape.dimensionCount]
            < row[layout.means.lowerBound + $1 * layout.shape.dimensionCount]
        }
      }
    }
  }

  /// Returns one entry of the covariance matrix of rank `k`, by chain.
  func covariances(_ k: Int, _ i: Int, _ j: Int) -> [[Double]] {
    let dimensions = posterior.layout.shape.dimensionCount
    return (0..<posterior.chainCount).map { chain in
      (0..<posterior.drawCount).map { draw in
        let matrix = posterior.layout.covariances.lowerBound + ranked[chain][draw][k] * dimensions * dimensions
        return posterior.rowMemory(chain: chain, draw: draw)[matrix + i * dimensions + j]
      }
    }
  }

  /// Returns 1 for draws in which observation `i` is assigned to the component of rank `k`, else 0, by chain.
  func membership(of i: Int, in k: Int) -> [[Double]] {
    (0..<posterior.chainCount).map { chain in
      (0..<posterior.drawCount).map { draw in
        posterior.drawnAssignments(chain: chain, draw: draw).map { Int($0[i]) == ranked[chain][draw][k] ? 1 : 0 }
          ?? .nan
      }
    }
  }
}

extension Posterior {
  /// Returns the parameters of every draw, for each chain; without covariances, which take a factorisation each.
  func parametersByChain() -> [[Parameters]] {
    (0..<chainCount).map { chain in
      (0..<drawCount).map { draw in
        let row = row(chain: chain, draw: draw)
        // Equal covariances take the place of the draw's covariances.
        return Parameters(
          MixtureShape(
            componentCount: layout.componentCount, dimensionCount: layout.shape.dimensionCount, structure: .tied),
          weights: layout.weights.map { row[$0] }, means: layout.means.map { row[$0] })
      }
    }
  }
}
