import Benchmark
import Foundation
import GMMInference
import GMMModel

/// The notebooks' models on their data: 10,000 draws of one chain on one thread, from a cold start without tuning.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .cpuTotal, .peakMemoryResident], maxDuration: .seconds(5), maxIterations: 20)

  func add(
    _ name: String, _ file: String, _ method: SamplingMethod, _ model: @escaping @Sendable () throws -> MixtureModel
  ) {
    Benchmark("\(name), \(method)") { benchmark in
      let model = try model()
      let data = try observations(file)
      benchmark.startMeasurement()
      blackHole(
        try sample(
          model, data, SamplingOptions(method: method, draws: 10_000, tune: 0, chains: 1), RunControl(threads: 1)))
    }
  }

  for method in [SamplingMethod.gibbs, .metropolis] {
    add("two components", "two_components", method) {
      try MixtureModel(
        componentCount: 2, means: .normal(mean: [145, 210], sd: [10, 0.02.squareRoot() / 0.02]),
        spread: .uniform(lower: [0], upper: [100]))
    }
    add("three components", "three_components", method) {
      try MixtureModel(
        componentCount: 3, minimumWeight: 0.1, means: .normal(mean: [0], sd: [15]), orderedMeans: true,
        spread: .uniform(lower: [0], upper: [20]), sharedSpread: true)
    }
    add("book", "book", method) {
      try MixtureModel(
        componentCount: 3, means: .normal(mean: [10, 20, 35], sd: [2]), spread: .halfCauchy(scale: [5]),
        sharedSpread: true)
    }
  }
}

/// Reads one of the examples' data files, one value a line.
private func observations(_ name: String) throws -> DataSet {
  var folder = URL(fileURLWithPath: #filePath)
  for _ in 0..<6 { folder.deleteLastPathComponent() }
  let text = try String(contentsOf: folder.appendingPathComponent("examples/data/\(name).txt"), encoding: .utf8)
  return try DataSet(text.split(separator: "\n").compactMap { Double($0) })
}
