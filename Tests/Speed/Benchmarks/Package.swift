// swift-tools-version: 6.3
import PackageDescription

func benchmarks(_ name: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      .product(name: "GaussianMixtures", package: "libgmmswift"),
      .product(name: "Benchmark", package: "benchmark"),
    ],
    path: "Benchmarks/\(name)",
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

// A package of its own, so that users of the library never build the benchmark harness.
let package = Package(
  name: "GaussianMixturesBenchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "libgmmswift", path: "../../.."),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
  ],
  targets: [
    benchmarks("SamplingBenchmarks"),
    benchmarks("KernelBenchmarks"),
  ]
)
