import Foundation
import GMMKernels
import GMMModel
import Testing

@testable import GMMInference

/// Components that are merged into clusters, against a search that tries every pair.
@Suite struct ComponentMergingTests {
  /// Responsibilities of `rows` rows, some of which are 0.
  private func responsibilities(_ components: Int, _ rows: Int) -> [Double] {
    (0..<rows).flatMap { i -> [Double] in
      let logs = (0..<components).map { 4 * Foundation.sin(Double(i * components + $0) * 12.9) }
      let shares = logs.enumerated().map { (i + $0) % 5 == 0 ? 0 : exp($1) }
      let sum = shares.reduce(0, +)
      return sum > 0 ? shares.map { $0 / sum } : (0..<components).map { $0 == 0 ? 1 : 0 }
    }
  }

  private func entropy(_ columns: [[Double]], _ weights: [Double]) -> Double {
    columns.reduce(0) { total, column in
      zip(column, weights).reduce(total) { $1.0 > 0 ? $0 - $1.1 * $1.0 * log($1.0) : $0 }
    }
  }

  @Test(arguments: [1, 2, 5, 8], [false, true])
  func eachStepIsTheBestOfAllPairs(_ components: Int, _ isWeighted: Bool) throws {
    let rows = 300
    let shares = responsibilities(components, rows)
    let weights = (0..<rows).map { isWeighted ? Double($0 % 3) : 1 }
    let merging = try ComponentMerging(
      shares, componentCount: components, sampleWeights: isWeighted ? SampleWeights(weights) : nil)
    var columns = (0..<components).map { k in (0..<rows).map { shares[$0 * components + k] } }
    var owners = Array(0..<components)
    #expect(merging.steps.count == components - 1 && merging.entropies.count == components)
    #expect(merging.clusters(components) == owners)
    for (place, step) in merging.steps.enumerated() {
      let before = columns.count
      #expect(abs(merging.entropies[before - 1] - entropy(columns, weights)) < 1e-11)
      var best = (value: Double.infinity, a: 0, b: 0)
      for a in 0..<before {
        for b in (a + 1)..<before {
          var joined = columns
          joined[a] = zip(columns[a], columns[b]).map(+)
          joined.remove(at: b)
          let value = entropy(joined, weights)
          if value < best.value - 1e-12 { best = (value, a, b) }
        }
      }
      #expect((step.first, step.second) == (owners[best.a], owners[best.b]))
      let merged = (0..<rows).filter { i in
        let row = columns.map { $0[i] }
        let place = row.firstIndex(of: row.max() ?? 0)
        return place == best.a || place == best.b
      }
      #expect(abs(step.mergedWeight - merged.reduce(0) { $0 + weights[$1] }) < 1e-9)
      columns[best.a] = zip(columns[best.a], columns[best.b]).map(+)
      columns.remove(at: best.b)
      owners.remove(at: best.b)
      let clusters = merging.clusters(components - place - 1)
      #expect(clusters.max() == before - 2 && clusters[step.first] == clusters[step.second])
    }
    #expect(merging.entropies[0] == 0)
  }

  @Test func threadsChangeNoBit() throws {
    let shares = responsibilities(6, 3 * blockSize + 5)
    let merged = try [1, 2, 5].map { try ComponentMerging(shares, componentCount: 6, RunControl(threads: $0)) }
    #expect(merged[0] == merged[1] && merged[0] == merged[2])
  }

  @Test func progressCountsAllStepsAndTheCallerMayCancel() throws {
    let shares = responsibilities(6, 2 * blockSize)
    let seen = Seen()
    var control = RunControl(threads: 1)
    control.progressInterval = 0
    control.progress = { progress in
      seen.done.append(progress.iterationsDone)
      return true
    }
    _ = try ComponentMerging(shares, componentCount: 6, control)
    #expect(seen.done == seen.done.sorted() && seen.done.last == 12)
    control.progress = { $0.iterationsDone < 4 }
    let error = #expect(throws: ModelError.self) { try ComponentMerging(shares, componentCount: 6, control) }
    #expect(error?.kind == .cancelled)
  }

  @Test func impossibleResponsibilitiesAreRefused() throws {
    func message(_ values: [Double], _ components: Int, _ weights: [Double]? = nil) -> String? {
      let error = #expect(throws: ModelError.self) {
        try ComponentMerging(values, componentCount: components, sampleWeights: weights.map { try SampleWeights($0) })
      }
      return error?.description
    }
    #expect(message([0.5, .nan], 2) == "probabilities[0, 1]: must be finite and not negative, got nan")
    #expect(message([1, 0, 0.5, -0.5], 2) == "probabilities[1, 1]: must be finite and not negative, got -0.5")
    #expect(message([1, 0, 0, 0], 2) == "probabilities[1]: must have a positive sum, got 0.0")
    #expect(message([1, 0, 0], 2) == "probabilities: must have N x 2 values, got 3")
    #expect(message([], 2) == "num_observations: must be at least 1, got 0")
    #expect(message([1, 0], 2, [1, 1]) == "sample_weights: must have 1 values, got 2")
    #expect(message([1], 0) == "num_components: must be between 1 and 256, got 0")
  }
}

private final class Seen: @unchecked Sendable {
  var done: [Int] = []
}
