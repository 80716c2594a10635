import GMMKernels
import GMMModel
import Testing

@testable import GMMInference

/// The blocks whose results are held at a time.
@Suite struct BlockWindowTests {
  /// Windows follow each other without gaps, none is longer than there is room for, and beyond a size the room does not
  /// grow with the blocks: 512 KB, or 8 blocks for each worker where these take more.
  @Test(arguments: [(1, 100), (2, 100), (2, 36_000), (3, 36_000), (64, 2_200_000)])
  func windowsCoverAllBlocksInOrderInBoundedMemory(_ workers: Int, _ size: Int) {
    for blocks in [0, 1, 2, 15, 16, 17, 600, 10_000, 100_000] {
      let window = BlockWindow(blocks: blocks, workers: workers, resultSize: size)
      var next = 0
      window.forEachWindow {
        #expect($0.lowerBound == next && !$0.isEmpty && $0.count <= window.slots)
        next = $0.upperBound
      }
      #expect(next == blocks)
      #expect(window.slots >= 1 && window.slots <= max(blocks, 1))
      #expect(workers > 1 || window.slots == 1)
      #expect(window.slots * size <= max(524_288 / 8, 8 * workers * size))
    }
  }

  /// 17 blocks of 64 components in 32 dimensions, whose sums take 287 KB each, go in two windows for two threads: the
  /// same bits as in one window after the other of one block on one thread.
  @Test func chainsOfSeveralWindowsHaveTheBitsOfOneThread() throws {
    let (components, dimensions) = (64, 32)
    let shape = MixtureShape(componentCount: components, dimensionCount: dimensions, structure: .full)
    let count = 17 * blockSize - 5
    #expect(BlockWindow(blocks: 17, workers: 2, resultSize: SufficientStatistics.momentCount(shape)).slots == 16)
    var stream = RandomStream(StreamKey(seed: 4, chain: 0, purpose: .predictive).at(iteration: 0))
    let data = (0..<count * dimensions).map { _ in stream.uniform() }
    let unit = (0..<dimensions * dimensions).map { $0 % (dimensions + 1) == 0 ? 1.0 : 0 }
    let model = try MixtureModel(
      shape, means: .scaledNormal(mean: [0.5], kappa: [0.01]),
      spread: .inverseWishart(dof: [Double(dimensions + 2)], scale: unit))
    let options = SamplingOptions(draws: 2, tune: 0, chains: 1, seed: 3)
    let observations = try DataSet(data, dimensionCount: dimensions)
    let one = try sample(model, observations, options, RunControl(threads: 1))
    let two = try sample(model, observations, options, RunControl(threads: 2))
    for column in 0..<one.layout.width { #expect(one.values(column: column) == two.values(column: column)) }
  }
}
