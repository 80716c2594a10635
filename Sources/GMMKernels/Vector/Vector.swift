/// Eight doubles: one AVX-512 register, two AVX registers, or four SSE registers.
///
/// Every build of the kernels works on eight lanes, so that the order of all sums is the same in each.
public typealias Vector = SIMD8<Double>

/// The result of comparing vectors, lane by lane.
public typealias VectorMask = SIMDMask<SIMD8<Int64>>

/// The number of lanes of a ``Vector``.
public let vectorWidth = 8

extension SIMD8 where Scalar == Double {
  /// Returns `self * factor + addend`, with one rounding where the build has a fused instruction and two elsewhere.
  @inline(__always)
  @usableFromInline
  func multiplied(by factor: Self, adding addend: Self) -> Self {
    #if GMM_FUSED_MULTIPLY_ADD
      addend.addingProduct(self, factor)
    #else
      // Without the instruction, `addingProduct` is eight calls of the C library's software fma.
      self * factor + addend
    #endif
  }

  /// Returns `self` in the lanes where `mask` is set and zero elsewhere.
  @inline(__always)
  @usableFromInline
  func kept(where mask: VectorMask) -> Self {
    Self.zero.replacing(with: self, where: mask)
  }

  /// Returns the sum over lanes in a fixed order: a balanced tree.
  @inline(__always)
  @usableFromInline
  func laneSum() -> Double {
    let quarter = lowHalf + highHalf
    let pair = quarter.lowHalf + quarter.highHalf
    return pair.x + pair.y
  }
}

extension SIMDMask where Storage == SIMD8<Int64> {
  /// The mask whose first `count` lanes are set.
  @inline(__always)
  @usableFromInline
  init(first count: Int) {
    let lanes = SIMD8<Int64>(0, 1, 2, 3, 4, 5, 6, 7)
    let isBelow = lanes .< SIMD8(repeating: Int64(count))
    self = isBelow
  }
}
