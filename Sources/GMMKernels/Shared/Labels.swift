/// The receiver of the components that a lane pass draws for a group of points.
protocol LabelSink {
  /// The increment of a label for the next component: in each lane the number 1, in the byte that ``write(_:group:)``
  /// takes.
  var next: Words { get }

  /// Takes the labels of the lanes of one lane pass.
  ///
  /// - Parameters:
  ///   - labels: the component of each lane, times that lane of ``next``.
  ///   - group: the number of the group in the block.
  func write(_ labels: Words, group: Int)
}

/// Drops labels. The compiler then drops their computation too.
struct NoLabels: LabelSink {
  @inline(__always)
  var next: Words { .zero }

  @inline(__always)
  func write(_ labels: Words, group: Int) {}
}

/// Stores labels as bytes.
struct LabelBytes: LabelSink {
  // The constant is kept in a field, where the compiler does not see that it is constant. Otherwise the compiler would
  // take apart the masks from which labels are counted and make each byte by itself.
  let next: Words
  private let base: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - labels: eight bytes for each group of the block.
  ///   - pass: the number of the lane pass.
  init(_ labels: UnsafeMutablePointer<UInt8>, pass: Int) {
    base = UnsafeMutableRawPointer(labels + pass * vectorWidth)
    next = .labelOfOne
  }

  @inline(__always)
  func write(_ labels: Words, group: Int) {
    // SAFETY: these are `vectorWidth` bytes within the eight bytes of the group.
    base.storeBytes(of: labels.packed(), toByteOffset: group &* laneCount, as: LaneBytes.self)
  }
}

// The standard library's conversion compiles to an extraction and an insertion for each lane.
#if GMM_AVX2
  extension Words {
    fileprivate static var labelOfOne: Words { Words(repeating: 1) }

    /// Returns the lowest byte of each lane, by one shuffle within halves and one across.
    @inline(__always)
    fileprivate func packed() -> LaneBytes {
      let b = unsafeBitCast(self, to: SIMD32<UInt8>.self)
      return LaneBytes(b[0], b[8], b[16], b[24])
    }
  }
#else
  extension Words {
    /// The number 1 in the byte whose number is the lane's.
    fileprivate static var labelOfOne: Words { Words(repeating: 1) &<< (laneNumbers() &* 8) }

    /// Returns byte i of lane i, as the sum of the lanes, by halves. Nothing carries, because labels are below 256.
    @inline(__always)
    fileprivate func packed() -> LaneBytes {
      let four = lowHalf &+ highHalf
      let two = four.lowHalf &+ four.highHalf
      return unsafeBitCast((two[0] &+ two[1]).littleEndian, to: LaneBytes.self)
    }
  }
#endif
