/// A strided, read-only view of one scalar quantity over chains and draws.
///
/// Element (c, d) is `base[c · chainStride + d · drawStride]`, so one view reads a parameter out of
/// a (chains, draws, parameters) array, a transposed array, or a reversed one, without a copy.
///
/// The view does not own its memory: the caller keeps it alive and unchanged while any number of threads use the view.
/// Sizes below zero count as zero. Sizes whose product overflows `Int` make an empty view.
///
/// All functions of this module take such a view, or an array where chains do not matter. They give a defined answer
/// for every content. A statistic that does not exist (no draws, too few draws, a NaN among the draws) is NaN, never a
/// trap.
public struct ChainView: @unchecked Sendable {
  /// The number of chains, at least 0.
  public let chains: Int
  /// The number of draws of each chain, at least 0.
  public let draws: Int

  let base: UnsafePointer<Double>
  let chainStride: Int
  let drawStride: Int

  /// Creates a view of `chains × draws` elements starting at `base`.
  ///
  /// - Parameters:
  ///   - base: the element (0, 0); never read when the view is empty.
  ///   - chains: number of chains.
  ///   - draws: number of draws of each chain.
  ///   - chainStride: distance between neighbouring chains, in elements; may be negative.
  ///   - drawStride: distance between neighbouring draws, in elements; may be negative.
  package init(
    base: UnsafePointer<Double>, chains: Int, draws: Int, chainStride: Int, drawStride: Int
  ) {
    let (_, overflows) = max(chains, 0).multipliedReportingOverflow(by: max(draws, 0))
    self.base = base
    self.chains = overflows ? 0 : max(chains, 0)
    self.draws = overflows ? 0 : max(draws, 0)
    self.chainStride = chainStride
    self.drawStride = drawStride
  }

  /// The number of elements, `chains · draws`.
  public var count: Int { chains * draws }

  /// The draw at the given position, or NaN outside the view.
  public subscript(chain chain: Int, draw draw: Int) -> Double {
    guard chain >= 0, chain < chains, draw >= 0, draw < draws else { return .nan }
    // SAFETY: the position is inside the view, whose memory the creator of the view keeps alive.
    return base[chain * chainStride + draw * drawStride]
  }

  /// Returns a view of the elements that lie `offset` elements further on: those of another quantity.
  package func shifted(by offset: Int) -> ChainView {
    ChainView(
      base: base + offset, chains: chains, draws: draws, chainStride: chainStride, drawStride: drawStride)
  }

  /// Calls `body` with a view of a chain-major array.
  ///
  /// - Parameters:
  ///   - values: all draws of the first chain, then all of the second, and so on.
  ///   - chains: number of chains, at least 1; a remainder of `values` that does not fill
  ///     all chains equally is left out. Below 1 the view is empty.
  ///   - body: receives the view, which is valid only during the call.
  public static func withChains<Result>(
    _ values: [Double], chains: Int = 1, _ body: (ChainView) throws -> Result
  ) rethrows -> Result {
    let draws = chains > 0 ? values.count / chains : 0
    return try values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, draws > 0 else {
        var nothing = 0.0
        return try withUnsafePointer(to: &nothing) { pointer in
          try body(
            ChainView(
              base: pointer, chains: max(chains, 0), draws: 0, chainStride: 0, drawStride: 0)
          )
        }
      }
      return try body(
        ChainView(base: base, chains: chains, draws: draws, chainStride: draws, drawStride: 1))
    }
  }

  /// Copies one chain into contiguous memory; an empty array for a chain outside the view.
  func copyChain(
    _ chain: Int, _ watch: Watch
  ) throws(Stopped) -> [Double] {
    guard chain >= 0, chain < chains, draws > 0 else { return [] }
    // SAFETY: the chain is inside the view, whose memory the creator of the view keeps alive.
    let row = ChainView(
      base: base + chain * chainStride, chains: 1, draws: draws, chainStride: 0,
      drawStride: drawStride)
    return try row.copyPooled(watch)
  }

  /// Copies all draws into contiguous, chain-major memory.
  ///
  /// - Parameter monitor: may end the computation.
  /// - Throws: what the monitor throws.
  public func copy<Monitor: ComputationMonitor>(
    monitor: Monitor = UnwatchedComputation()
  ) throws(Monitor.Failure) -> [Double] {
    try monitor.watching { (watch) throws(Stopped) in try copyPooled(watch) }
  }

  /// Copies all draws into contiguous, chain-major memory.
  func copyPooled(
    _ watch: Watch
  ) throws(Stopped) -> [Double] {
    guard count > 0 else { return [] }
    var failure: Stopped?
    let result = [Double](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      // SAFETY: the destination holds `count` elements and each (chain, draw) is written once;
      // the source positions are inside the view, whose memory its creator keeps alive.
      guard var destination = buffer.baseAddress else { return }
      do throws(Stopped) {
        try forEachPiece(watch) { row, draws in
          if drawStride == 1 {
            destination.initialize(from: row, count: draws)
          } else {
            for draw in 0..<draws {
              (destination + draw).initialize(to: row[draw * drawStride])
            }
          }
          destination += draws
          initializedCount += draws
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return result
  }

  /// Calls `body` for pieces of the chains, in order, with the first draw of each and how many
  /// there are.
  @inline(__always)
  func forEachPiece(
    _ watch: Watch, _ body: (_ first: UnsafePointer<Double>, _ draws: Int) -> Void
  ) throws(Stopped) {
    for chain in 0..<chains {
      for piece in Pieces(of: draws) {
        try watch.pass(piece.count)
        // SAFETY: inside the view, whose memory its creator keeps alive.
        body(base + (chain * chainStride + piece.lowerBound * drawStride), piece.count)
      }
    }
  }
}
