/// What becomes of the components that a pass draws for a group of points.
protocol LabelSink {
  /// Takes the labels of the lanes of one pass.
  ///
  /// - Parameter group: which group of eight points of the block.
  func write(_ labels: Words, group: Int)
}

/// Drops labels; the compiler then drops their computation too.
struct NoLabels: LabelSink {
  @inline(__always)
  func write(_ labels: Words, group: Int) {}
}

/// Stores labels as bytes.
struct LabelBytes: LabelSink {
  private let base: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - labels: eight bytes for each group of the block.
  ///   - pass: which of the lanes these are.
  init(_ labels: UnsafeMutablePointer<UInt8>, pass: Int) {
    base = UnsafeMutableRawPointer(labels + pass * vectorWidth)
  }

  /// Each byte is shifted to its place and the lanes are joined: narrowing a vector compiles to a loop.
  @inline(__always)
  func write(_ labels: Words, group: Int) {
    let joined = (labels &<< (laneNumbers() &* 8)).joined().littleEndian
    // SAFETY: `vectorWidth` bytes within the eight of the group.
    #if !GMM_AVX2
      base.storeBytes(of: joined, toByteOffset: group * laneCount, as: UInt64.self)
    #else
      base.storeBytes(of: UInt32(truncatingIfNeeded: joined), toByteOffset: group * laneCount, as: UInt32.self)
    #endif
  }
}
