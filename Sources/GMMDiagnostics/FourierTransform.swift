#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A complex fast Fourier transform of one power-of-two size.
///
/// The forward transform decimates in frequency and leaves its result in bit-reversed order; the inverse decimates in
/// time and starts from that order (Gentleman and Sande 1966; Cooley and Tukey 1965). Between the two, this module does
/// only element-wise work, so the order does not matter and no permutation is needed.
///
/// Real and imaginary parts are separate arrays, which keeps each butterfly a straight vector
/// operation.
struct FourierPlan {
  /// The number of complex elements.
  let size: Int
  // The factors e^(−iπk/h), k = 0…h − 1, of the stage with half-length h start at index h − 1.
  private let cosines: [Double]
  private let sines: [Double]

  /// Prepares the factors of a transform of at least `minimumSize` elements.
  ///
  /// - Complexity: O(size), with size/2 sines and cosines.
  init(minimumSize: Int, _ watch: Watch) throws(Stopped) {
    var size = 16
    while size < minimumSize {
      size *= 2
    }
    self.size = size
    let half = size / 2
    var cosines = try [Double](repeating: 1, count: size - 1, watch)
    var sines = try [Double](repeating: 0, count: size - 1, watch)
    for piece in Pieces(of: half) {
      try watch.pass(piece.count)
      for k in piece {
        // Each factor comes from its own angle: a recurrence would lose digits with its length.
        let angle = Double.pi * Double(k) / Double(half)
        cosines[half - 1 + k] = cos(angle)
        sines[half - 1 + k] = -sin(angle)
      }
    }
    var length = half / 2
    while length >= 1 {
      for piece in Pieces(of: length) {
        try watch.pass(piece.count)
        for k in piece {
          cosines[length - 1 + k] = cosines[2 * length - 1 + 2 * k]
          sines[length - 1 + k] = sines[2 * length - 1 + 2 * k]
        }
      }
      length /= 2
    }
    self.cosines = cosines
    self.sines = sines
  }

  /// Transforms in place, from natural to bit-reversed order, without scaling.
  ///
  /// - Precondition: both arrays have `size` elements.
  func forward(
    real: inout [Double], imaginary: inout [Double], _ watch: Watch
  ) throws(Stopped) {
    try withPointers(&real, &imaginary) { (data, factors) throws(Stopped) in
      var half = size / 2
      while half >= 4 {
        try forEachPart(half: half, watch) { block, first, count in
          FourierButterflies.forward(
            data + (block + first), factors + (half - 1 + first), half: half, count: count)
        }
        half /= 2
      }
      for piece in Pieces(of: size) {
        try watch.pass(piece.count)
        for block in stride(from: piece.lowerBound, to: piece.upperBound, by: 4) {
          FourierButterflies.forwardQuad(data + block)
        }
      }
    }
  }

  /// Transforms back in place, from bit-reversed to natural order; the result is `size` times the
  /// inverse.
  ///
  /// - Precondition: both arrays have `size` elements.
  func inverse(
    real: inout [Double], imaginary: inout [Double], _ watch: Watch
  ) throws(Stopped) {
    try withPointers(&real, &imaginary) { (data, factors) throws(Stopped) in
      for piece in Pieces(of: size) {
        try watch.pass(piece.count)
        for block in stride(from: piece.lowerBound, to: piece.upperBound, by: 4) {
          FourierButterflies.inverseQuad(data + block)
        }
      }
      var half = 4
      while half < size {
        try forEachPart(half: half, watch) { block, first, count in
          FourierButterflies.inverse(
            data + (block + first), factors + (half - 1 + first), half: half, count: count)
        }
        half *= 2
      }
    }
  }

  /// Calls `body` for all butterflies of a stage, with a range of elements, the first element of its halves, and their
  /// number.
  ///
  /// Between two looks at the monitor lie about ``Pieces/size`` elements. They are a part of a long range, or many
  /// short ranges.
  @inline(__always)
  private func forEachPart(
    half: Int, _ watch: Watch, _ body: (_ block: Int, _ first: Int, _ count: Int) -> Void
  ) throws(Stopped) {
    if 2 * half > Pieces.size {
      for block in stride(from: 0, to: size, by: 2 * half) {
        for piece in Pieces(of: half) {
          try watch.pass(piece.count)
          body(block, piece.lowerBound, piece.count)
        }
      }
    } else {
      // Sizes are powers of two, so a piece consists of whole ranges.
      for piece in Pieces(of: size) {
        try watch.pass(piece.count)
        for block in stride(from: piece.lowerBound, to: piece.upperBound, by: 2 * half) { body(block, 0, half) }
      }
    }
  }

  /// Calls `body` with the elements to transform and the factors of all stages.
  ///
  /// A range that starts at a multiple of 2 h, h < `size`, has its 2 h elements inside the data. The h factors of its
  /// stage start at h − 1 and end before `size` − 1, the number of factors.
  @inline(__always)
  private func withPointers<Failure: Error>(
    _ real: inout [Double], _ imaginary: inout [Double],
    _ body: (_ data: ComplexPointer, _ factors: ComplexPointer) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(real.count == size && imaginary.count == size)
    try real.withUnsafeMutableBufferPointer { (real) throws(Failure) in
      try imaginary.withUnsafeMutableBufferPointer { (imaginary) throws(Failure) in
        try cosines.withUnsafeBufferPointer { (cosines) throws(Failure) in
          try sines.withUnsafeBufferPointer { (sines) throws(Failure) in
            guard let re = real.baseAddress, let im = imaginary.baseAddress,
              let wr = cosines.baseAddress, let wi = sines.baseAddress
            else { return }
            // SAFETY: the factors are only read through their pointer.
            try body(
              ComplexPointer(real: re, imaginary: im),
              ComplexPointer(
                real: UnsafeMutablePointer(mutating: wr),
                imaginary: UnsafeMutablePointer(mutating: wi)))
          }
        }
      }
    }
  }
}

/// The plans of the sizes met while one sample is examined.
///
/// A reference type, local to one call: the several effective sample sizes of a sample share their
/// factors.
final class FourierPlans {
  private var plans: [FourierPlan] = []

  /// Returns the plan of the smallest power of two that is at least `minimumSize`, and makes the plan when it is new.
  func plan(
    minimumSize: Int, _ watch: Watch
  ) throws(Stopped) -> FourierPlan {
    if let plan = plans.first(where: { $0.size >= minimumSize && $0.size < 2 * minimumSize }) {
      return plan
    }
    let plan = try FourierPlan(minimumSize: minimumSize, watch)
    plans.append(plan)
    return plan
  }
}
