/// The memory in which a kernel works: vectors for components, and the lanes of a block's sums between lane passes.
struct Scratch {
  private let base: UnsafeMutablePointer<Double>
  private let count: Int

  /// - Parameters:
  ///   - base: ``scratchSize(_:)`` doubles, aligned to 64 bytes.
  ///   - count: the number of components.
  init(_ base: UnsafeMutablePointer<Double>, count: Int) {
    self.base = base
    self.count = count
  }

  /// Four vectors for each component.
  var vectors: UnsafeMutablePointer<Vector> {
    // SAFETY: 4 `count` vectors of at most eight lanes stand before the lanes of the sums, and the base is aligned.
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: Vector.self)
  }

  /// Memory for eight lanes of 3 `count` sums.
  var momentLanes: UnsafeMutablePointer<Double> { base + 4 * count * laneCount }

  /// Memory for three rows of eight lanes of a log likelihood.
  var logLanes: UnsafeMutablePointer<Double> { base + 7 * count * laneCount }

  /// Adds the lanes up, after all lane passes have written theirs.
  ///
  /// - Returns: the log likelihood.
  func reduce(into moments: BlockMoments) -> Double {
    for j in 0..<3 * count { moments.memory[j] = laneSum(momentLanes + j * laneCount) }
    return LogAccumulator.logarithm(logLanes)
  }
}

/// Returns the number of doubles of scratch memory, aligned to 64 bytes, that a kernel needs for `count` components.
package func scratchSize(_ count: Int) -> Int { (7 * count + 3) * laneCount }
