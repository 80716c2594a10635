import GMMKernels

/// A data set of N observations in one dimension: an immutable, padded copy, cut into blocks.
public final class Observations: Sendable {
  private let buffer: AlignedBuffer<Double>

  /// Copies observations.
  ///
  /// - Parameters:
  ///   - base: the first; may be `nil` when `count` is 0.
  ///   - count: N.
  ///   - stride: the distance between two, in elements.
  ///   - argument: the name that errors carry.
  /// - Throws: ``ModelError`` for NaN, infinity and values whose squares could not be summed, with the row; and when
  ///   memory runs out.
  public init(
    _ base: UnsafePointer<Double>?, count: Int, stride: Int = 1, argument: String = "data"
  ) throws(ModelError) {
    guard let buffer = AlignedBuffer<Double>(count: count, padding: laneCount) else {
      throw .outOfMemory("\(count) observations")
    }
    if let base {
      // Zero times infinity or NaN is NaN, which no sum loses: one pass without a branch, then the search.
      var poison = 0.0
      for i in 0..<count {
        let value = base[i * stride]
        poison += 0 * Self.squareWithRoom(value)
        buffer.base[i] = value
      }
      if poison.isNaN {
        for i in 0..<count where !Self.squareWithRoom(buffer.base[i]).isFinite {
          let value = buffer.base[i]
          let rule = value.isFinite ? "must be below 1e144 in magnitude (rescale the data)" : "must be finite"
          throw ModelError(
            .invalidData, "\(argument)[\(i), 0]", "\(rule), got \(value) in row \(i), column 0")
        }
      }
    }
    self.buffer = buffer
  }

  /// Returns the square of a value times 2⁶⁴: finite only where any number of squares can be summed.
  @inline(__always)
  private static func squareWithRoom(_ value: Double) -> Double { value * value * 0x1p64 }

  /// Copies an array.
  public convenience init(_ values: [Double]) throws(ModelError) {
    // A typed throw does not pass through `withUnsafeBufferPointer`, so the result does.
    let result = values.withUnsafeBufferPointer { values in
      Result { () throws(ModelError) in try Observations(values.baseAddress, count: values.count) }
    }
    self.init(sharing: try result.get())
  }

  private init(sharing other: Observations) { buffer = other.buffer }

  /// The number of observations, N.
  public var count: Int { buffer.count }

  /// The first observation; aligned to 64 bytes, readable up to N rounded up to a multiple of 8, zeros beyond N.
  public var base: UnsafePointer<Double> { UnsafePointer(buffer.base) }

  /// The number of blocks.
  public var blockCount: Int { (count + blockSize - 1) / blockSize }

  /// Returns the observations of block `index`.
  public func block(_ index: Int) -> (start: Int, count: Int) {
    let start = index * blockSize
    return (start, min(blockSize, count - start))
  }

  /// The values.
  public var values: UnsafeBufferPointer<Double> { UnsafeBufferPointer(start: base, count: count) }
}
