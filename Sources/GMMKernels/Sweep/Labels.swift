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

  @inline(__always)
  func write(_ labels: Words, group: Int) {
    let bytes = labels.lowBytes()
    // SAFETY: `vectorWidth` bytes within the eight of the group.
    base.storeBytes(of: bytes, toByteOffset: group * laneCount, as: type(of: bytes).self)
  }
}
