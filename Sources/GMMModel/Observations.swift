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
  /// - Throws: ``ModelError`` for NaN or infinity, with its row, and when memory runs out.
  public init(
    _ base: UnsafePointer<Double>?, count: Int, stride: Int = 1, argument: String = "data"
  ) throws(ModelError) {
    guard let buffer = AlignedBuffer<Double>(count: count, padding: vectorWidth) else {
      throw .outOfMemory("\(count) observations")
    }
    if let base {
      // Infinity and NaN minus themselves are NaN, which no sum loses: one pass without a branch, then the search.
      var poison = 0.0
      for i in 0..<count {
        let value = base[i * stride]
        poison += value - value
        buffer.base[i] = value
      }
      if poison.isNaN {
        for i in 0..<count where !buffer.base[i].isFinite {
          throw ModelError(
            .invalidData, "\(argument)[\(i), 0]",
            "must be finite, got \(buffer.base[i]) in row \(i), column 0")
        }
      }
    }
    self.buffer = buffer
  }

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
