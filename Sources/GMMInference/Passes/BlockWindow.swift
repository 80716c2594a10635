/// The blocks whose results a crew holds at a time before they are summed up in order: all of a small data set, and of a
/// large one as many as keep the memory within bounds that do not grow with N.
struct BlockWindow: Sendable {
  /// Doubles of results that may be held for the sake of fewer windows: half a megabyte, which is still in the second
  /// cache when it is summed up.
  private static let target = 1 << 16
  /// Blocks for each worker in the shortest window. The last blocks of a window leave workers without work, for half a
  /// block's time on average.
  private static let leastPerWorker = 8

  /// How many results there is room for.
  let slots: Int
  private let blocks: Int

  /// - Parameters:
  ///   - blocks: of all observations.
  ///   - workers: how many threads work on a pass; one needs no more than one result at a time.
  ///   - resultSize: doubles of one block's results.
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
