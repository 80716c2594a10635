/// A position in an array of complex numbers whose real and imaginary parts lie apart.
struct ComplexPointer {
  let real: UnsafeMutablePointer<Double>
  let imaginary: UnsafeMutablePointer<Double>

  @inline(__always)
  static func + (pointer: ComplexPointer, offset: Int) -> ComplexPointer {
    ComplexPointer(real: pointer.real + offset, imaginary: pointer.imaginary + offset)
  }

  /// Reads as many elements as the vector type has lanes.
  @inline(__always)
  func load<Vector: SIMD & BitwiseCopyable>(as type: Vector.Type) -> ComplexVector<Vector>
  where Vector.Scalar == Double {
    // SAFETY: the caller provides that many elements; no more than the alignment of one is assumed.
    ComplexVector(
      real: UnsafeRawPointer(real).loadUnaligned(as: type),
      imaginary: UnsafeRawPointer(imaginary).loadUnaligned(as: type))
  }

  /// Writes as many elements as the vector type has lanes.
  @inline(__always)
  func store<Vector: SIMD & BitwiseCopyable>(_ vector: ComplexVector<Vector>)
  where Vector.Scalar == Double {
    // SAFETY: the caller provides that many elements; no more than the alignment of one is assumed.
    UnsafeMutableRawPointer(real).storeBytes(of: vector.real, as: Vector.self)
    UnsafeMutableRawPointer(imaginary).storeBytes(of: vector.imaginary, as: Vector.self)
  }
}

/// Several complex numbers, one per lane.
struct ComplexVector<Vector: SIMD> where Vector.Scalar == Double {
  let real: Vector
  let imaginary: Vector

  @inline(__always)
  static func + (a: Self, b: Self) -> Self {
    Self(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
  }

  @inline(__always)
  static func - (a: Self, b: Self) -> Self {
    Self(real: a.real - b.real, imaginary: a.imaginary - b.imaginary)
  }

  @inline(__always)
  static func * (a: Self, b: Self) -> Self {
    Self(
      real: a.real * b.real - a.imaginary * b.imaginary,
      imaginary: a.real * b.imaginary + a.imaginary * b.real)
  }

  /// The product with the conjugate of `factor`.
  @inline(__always)
  func timesConjugate(of factor: Self) -> Self {
    Self(
      real: real * factor.real + imaginary * factor.imaginary,
      imaginary: imaginary * factor.real - real * factor.imaginary)
  }
}

/// The elementary steps of ``FourierPlan``.
///
/// All pointers address the elements of one butterfly's range, 2 `half` of them or four, and `half` factors. Some steps
/// take `count` elements of each half, from the pointers on.
enum FourierButterflies {
  /// Replaces (a, b) by (a + b, (a − b) w) in `count` elements of one range, with a in its first half and b in its
  /// second.
  @inline(__always)
  static func forward(_ block: ComplexPointer, _ factors: ComplexPointer, half: Int, count: Int) {
    if half >= 8 {
      // Powers of two of at least 8 are multiples of 8.
      for k in stride(from: 0, to: count, by: 8) {
        forwardStep(block + k, block + (half + k), factors + k, SIMD8<Double>.self)
      }
    } else {
      forwardStep(block, block + half, factors, SIMD4<Double>.self)
    }
  }

  /// Replaces (a, b) by (a + b w̄, a − b w̄) in `count` elements of one range, with a in its first half and b in its
  /// second.
  @inline(__always)
  static func inverse(_ block: ComplexPointer, _ factors: ComplexPointer, half: Int, count: Int) {
    if half >= 8 {
      for k in stride(from: 0, to: count, by: 8) {
        inverseStep(block + k, block + (half + k), factors + k, SIMD8<Double>.self)
      }
    } else {
      inverseStep(block, block + half, factors, SIMD4<Double>.self)
    }
  }

  @inline(__always)
  private static func forwardStep<Vector: SIMD & BitwiseCopyable>(
    _ first: ComplexPointer, _ second: ComplexPointer, _ factors: ComplexPointer,
    _ type: Vector.Type
  ) where Vector.Scalar == Double {
    let a = first.load(as: type)
    let b = second.load(as: type)
    first.store(a + b)
    second.store((a - b) * factors.load(as: type))
  }

  @inline(__always)
  private static func inverseStep<Vector: SIMD & BitwiseCopyable>(
    _ first: ComplexPointer, _ second: ComplexPointer, _ factors: ComplexPointer,
    _ type: Vector.Type
  ) where Vector.Scalar == Double {
    let a = first.load(as: type)
    let b = second.load(as: type).timesConjugate(of: factors.load(as: type))
    first.store(a + b)
    second.store(a - b)
  }

  /// Does the last two forward stages of four elements, whose factors are 1 and −i.
  @inline(__always)
  static func forwardQuad(_ block: ComplexPointer) {
    let x = block.load(as: SIMD4<Double>.self)
    let sum = (x.real.lowHalf + x.real.highHalf, x.imaginary.lowHalf + x.imaginary.highHalf)
    let difference = (x.real.lowHalf - x.real.highHalf, x.imaginary.lowHalf - x.imaginary.highHalf)
    // −i (p + iq) = q − ip.
    let turned = (difference.1[1], -difference.0[1])
    block.store(
      ComplexVector(
        real: SIMD4(
          sum.0[0] + sum.0[1], sum.0[0] - sum.0[1], difference.0[0] + turned.0,
          difference.0[0] - turned.0),
        imaginary: SIMD4(
          sum.1[0] + sum.1[1], sum.1[0] - sum.1[1], difference.1[0] + turned.1,
          difference.1[0] - turned.1)))
  }

  /// Does the first two inverse stages of four elements, whose factors are 1 and i.
  @inline(__always)
  static func inverseQuad(_ block: ComplexPointer) {
    let y = block.load(as: SIMD4<Double>.self)
    let sum = (y.real.evenHalf + y.real.oddHalf, y.imaginary.evenHalf + y.imaginary.oddHalf)
    let difference = (y.real.evenHalf - y.real.oddHalf, y.imaginary.evenHalf - y.imaginary.oddHalf)
    // i (p + iq) = −q + ip.
    let turned = (-difference.1[1], difference.0[1])
    block.store(
      ComplexVector(
        real: SIMD4(
          sum.0[0] + sum.0[1], difference.0[0] + turned.0, sum.0[0] - sum.0[1],
          difference.0[0] - turned.0),
        imaginary: SIMD4(
          sum.1[0] + sum.1[1], difference.1[0] + turned.1, sum.1[0] - sum.1[1],
          difference.1[0] - turned.1)))
  }
}
