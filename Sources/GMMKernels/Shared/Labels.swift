/// What becomes of the components that a pass draws for a group of points.
protocol LabelSink {
  /// What to add to a label for the next component: in each lane the number 1, in the byte that ``write(_:group:)`` takes.
  var next: Words { get }

  /// Takes the labels of the lanes of one pass.
  ///
  /// - Parameters:
  ///   - labels: each lane's component times its lane of ``next``.
  ///   - group: which group of eight points of the block.
  func write(_ labels: Words, group: Int)
}

/// Drops labels; the compiler then drops their computation too.
struct NoLabels: LabelSink {
  @inline(__always)
  var next: Words { .zero }

  @inline(__always)
  func write(_ labels: Words, group: Int) {}
}

/// Stores labels as bytes.
struct LabelBytes: LabelSink {
  // Kept here, where the compiler does not see that it is constant: if it did, it would take the masks that labels are
  // counted from apart and make each byte by itself.
  let next: Words
  private let base: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - labels: eight bytes for each group of the block.
  ///   - pass: which of the lanes these are.
  init(_ labels: UnsafeMutablePointer<UInt8>, pass: Int) {
    base = UnsafeMutableRawPointer(labels + pass * vectorWidth)
    next = .labelOfOne
  }

  @inline(__always)
  func write(_ labels: Words, group: Int) {
    // SAFETY: `vectorWidth` bytes within the eight of the group.
    base.storeBytes(of: labels.packed(), toByteOffset: group &* laneCount, as: LaneBytes.self)
  }
}

// The conversion of the library compiles to an extraction and an insertion for each lane.
#if GMM_AVX2
  extension Words {
    fileprivate static var labelOfOne: Words { Words(repeating: 1) }

    /// Returns the lowest byte of each lane: one shuffle within halves, one across.
    @inline(__always)
    fileprivate func packed() -> LaneBytes {
      let b = unsafeBitCast(self, to: SIMD32<UInt8>.self)
      return LaneBytes(b[0], b[8], b[16], b[24])
    }
  }
#else
  extension Words {
    /// 1 in the byte whose number is the lane's.
    fileprivate static var labelOfOne: Words { Words(repeating: 1) &<< (laneNumbers() &* 8) }

    /// Returns byte i of lane i: the sum of the lanes, by halves; nothing carries, as labels are below 256.
    @inline(__always)
    fileprivate func packed() -> LaneBytes {
      let four = lowHalf &+ highHalf
      let two = four.lowHalf &+ four.highHalf
      return unsafeBitCast((two[0] &+ two[1]).littleEndian, to: LaneBytes.self)
    }
  }
#endif
