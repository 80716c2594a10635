import Benchmark

@testable import GMMInference
@testable import GMMKernels

/// Kernels of each build on one block of 4,096 observations, without anything around them.
let benchmarks: @Sendable () -> Void = {
  // A kernel takes microseconds, so each measurement makes a thousand calls.
  Benchmark.defaultConfiguration = .init(
    metrics: [.cpuTotal, .wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(2),
    maxIterations: 100)

  for build in KernelBuild.allCases where build.isAvailable {
    for components in [1, 2, 3, 4, 8, 64] {
      for keepsLabels in [false, true] {
        Benchmark("assignments, \(build), K = \(components)\(keepsLabels ? ", labels" : "")") { benchmark in
          guard let block = Block(components: components) else { return benchmark.error("out of memory") }
          let labels = keepsLabels ? block.labels.base : nil
          let pass = build.kernels.assignments
          benchmark.startMeasurement()
          for iteration in benchmark.scaledIterations {
            blackHole(
              pass(
                block.x.base, blockSize, block.table.base, components, 1, UInt64(iteration), block.scratch.base,
                block.moments.base, labels))
          }
        }
      }
      Benchmark("expectations, \(build), K = \(components)") { benchmark in
        guard let block = Block(components: components) else { return benchmark.error("out of memory") }
        let pass = build.kernels.expectations
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
          blackHole(
            pass(block.x.base, blockSize, block.table.base, components, block.scratch.base, block.moments.base))
        }
      }
    }
  }
}

/// One block of observations of a mixture with components 3 sds apart, and the memory of a kernel.
private struct Block {
  let x: AlignedBuffer<Double>
  let table: AlignedBuffer<Double>
  let scratch: AlignedBuffer<Double>
  let moments: AlignedBuffer<Double>
  let labels: AlignedBuffer<UInt8>

  init?(components: Int) {
    guard let x = AlignedBuffer<Double>(count: blockSize),
      let table = AlignedBuffer<Double>(count: ComponentTable.size(components)),
      let scratch = AlignedBuffer<Double>(count: scratchSize(components)),
      let moments = AlignedBuffer<Double>(count: BlockMoments.size(components)),
      let labels = AlignedBuffer<UInt8>(count: blockSize)
    else { return nil }
    let mixture = ComponentTable(count: components, memory: table.base)
    for k in 0..<components { mixture.set(k, logWeight: -log(Double(components)), mean: 3 * Double(k), sd: 1) }
    var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .start))
    for i in 0..<blockSize { x.base[i] = 3 * Double(i % components) + stream.normal() }
    (self.x, self.table, self.scratch, self.moments, self.labels) = (x, table, scratch, moments, labels)
  }
}
