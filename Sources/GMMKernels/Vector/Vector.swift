// Kernels take points by eights, whatever the width of the machine's vectors. Lane i of a group of eight is always the
// same point, with its own stream of random numbers and its own partial sums. A build with narrower vectors makes
// several lane passes over a block, each with some of the eight lanes. So all builds add the same numbers in the same
// order.

#if !GMM_AVX2
  /// A vector of as many doubles as a register of the AVX-512 build holds, or four registers of the portable build.
  package typealias Vector = SIMD8<Double>
  /// The bits of a ``Vector``.
  typealias Words = SIMD8<UInt64>
  /// One byte for each lane.
  typealias LaneBytes = SIMD8<UInt8>
  /// The result of comparing vectors, lane by lane.
  typealias VectorMask = SIMDMask<SIMD8<Int64>>
#else
  /// A vector of as many doubles as a register of this build holds.
  package typealias Vector = SIMD4<Double>
  /// The bits of a ``Vector``.
  typealias Words = SIMD4<UInt64>
  /// One byte for each lane.
  typealias LaneBytes = SIMD4<UInt8>
  /// The result of comparing vectors, lane by lane.
  typealias VectorMask = SIMDMask<SIMD4<Int64>>
#endif

/// The number of points in a group: the lanes of all lane passes.
@inlinable
package var laneCount: Int { 8 }

/// The number of lanes of a ``Vector``.
let vectorWidth = Vector.scalarCount

/// The number of lane passes that cover the lanes.
let passCount = laneCount / vectorWidth

extension Vector {
  /// Returns `self * factor + addend`, with one rounding if the build has a fused instruction and with two otherwise.
  @inline(__always)
  func multiplied(by factor: Self, adding addend: Self) -> Self {
    #if GMM_AVX512 || GMM_AVX2
      addend.addingProduct(self, factor)
    #else
      // Without the instruction, `addingProduct` calls the C library's software fma for each lane.
      self * factor + addend
    #endif
  }

  /// Returns `-self` by changing the signs. The compiler makes this a part of a multiply-add, unlike 0 - self.
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
