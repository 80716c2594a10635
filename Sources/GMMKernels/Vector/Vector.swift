// Kernels take points by eights, whatever the width of the machine's vectors: lane i of a group of eight is always the
// same point, has its own stream of random numbers and its own partial sums. A build whose vectors are narrower makes
// several passes over a block, each with some of the eight lanes. So all builds add the same numbers in the same order.

#if !GMM_AVX2
  /// As many doubles as a register of an AVX-512 build holds, or four registers of the portable one.
  package typealias Vector = SIMD8<Double>
  /// The bits of a ``Vector``.
  typealias Words = SIMD8<UInt64>
  /// One byte for each lane.
  typealias LaneBytes = SIMD8<UInt8>
  /// The result of comparing vectors, lane by lane.
  typealias VectorMask = SIMDMask<SIMD8<Int64>>
#else
  /// As many doubles as a register of this build holds.
  package typealias Vector = SIMD4<Double>
  /// The bits of a ``Vector``.
  typealias Words = SIMD4<UInt64>
  /// One byte for each lane.
  typealias LaneBytes = SIMD4<UInt8>
  /// The result of comparing vectors, lane by lane.
  typealias VectorMask = SIMDMask<SIMD4<Int64>>
#endif

/// The number of points that belong together: the lanes over all passes.
@inlinable
package var laneCount: Int { 8 }

/// The number of lanes of a ``Vector``.
let vectorWidth = Vector.scalarCount

/// The number of passes that cover the lanes.
let passCount = laneCount / vectorWidth

extension Vector {
  /// Returns `self * factor + addend`, with one rounding where the build has a fused instruction and two elsewhere.
  @inline(__always)
  func multiplied(by factor: Self, adding addend: Self) -> Self {
    #if GMM_AVX512 || GMM_AVX2
      addend.addingProduct(self, factor)
    #else
      // Without the instruction, `addingProduct` is a call of the C library's software fma for each lane.
      self * factor + addend
    #endif
  }

  /// `-self`, by its signs: the compiler makes it a part of a multiply-add, as it does not with 0 - self.
  @inline(__always)
  var negated: Self {
    unsafeBitCast(unsafeBitCast(self, to: Words.self) ^ 0x8000_0000_0000_0000, to: Self.self)
  }

  /// Returns `self` in the lanes where `mask` is set and zero elsewhere.
  @inline(__always)
  func kept(where mask: VectorMask) -> Self {
    Self.zero.replacing(with: self, where: mask)
  }
}

/// The numbers of the lanes: 0, 1, 2, ....
@inline(__always)
func laneNumbers() -> Words {
  var numbers = Words.zero
  for lane in 0..<vectorWidth { numbers[lane] = UInt64(lane) }
  return numbers
}

/// Returns the sum of eight lanes in a fixed order: a balanced tree.
@inline(__always)
func laneSum(_ lanes: UnsafePointer<Double>) -> Double {
  ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}
