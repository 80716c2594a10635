/// The blocks whose results a crew holds at a time before they are added in order. They are all blocks of a small data
/// set. Of a large data set they are so many that the memory stays within a bound that does not grow with N.
struct BlockWindow: Sendable {
  /// The number of doubles of results that may be held for the sake of fewer windows: half a megabyte, which is still
  /// in the second cache when it is added up.
  private static let target = 1 << 16
  /// The number of blocks for each worker in the shortest window. The last blocks of a window leave workers without
  /// work, for half a block's time on average.
  private static let leastPerWorker = 8

  /// The number of results for which there is room.
  let slots: Int
  private let blocks: Int

  /// - Parameters:
  ///   - blocks: the number of blocks of all observations.
  ///   - workers: the number of threads that work on a pass; one thread holds one result at a time.
  ///   - resultSize: the number of doubles of one block's results.
  init(blocks: Int, workers: Int, resultSize: Int) {
    self.blocks = blocks
    let wanted = max(Self.target / max(resultSize, 1), Self.leastPerWorker * workers)
    slots = workers > 1 ? max(min(blocks, wanted), 1) : 1
  }

  /// Calls `body` with the blocks of each window, in order.
  @inline(__always)
  func forEachWindow(_ body: (Range<Int>) -> Void) {
    var start = 0
    while start < blocks {
      let end = min(start + slots, blocks)
      body(start..<end)
      start = end
    }
  }
}
