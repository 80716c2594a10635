import GMMKernels

/// A data set of N observations in D dimensions: an immutable, padded copy, cut into blocks.
///
/// Points stand by groups of eight, coordinate by coordinate: number d of point i is at (i / 8 * D + d) * 8 + i % 8. So
/// vectors over points need no gathering, and in one dimension the points simply follow each other.
public final class Observations: Sendable {
  private let buffer: AlignedBuffer<Double>
  /// The number of observations, N.
  public let count: Int
  /// The number of coordinates of each, D.
  public let dimensionCount: Int

  /// The magnitude that means may have, as coordinates do: any number of squared distances can then be summed.
  public static let largestMagnitude = 1e144

  /// Copies observations.
  ///
  /// - Parameters:
  ///   - base: the first number of the first row; may be `nil` when `count` is 0.
  ///   - count: N.
  ///   - dimensionCount: D, at least 1.
  ///   - stride: the distance between two rows, in elements; D where `nil`.
  ///   - argument: the name that errors carry.
  /// - Throws: ``ModelError`` for NaN, infinity and values whose squares could not be summed, with row and column; and
  ///   when memory runs out.
  public init(
    _ base: UnsafePointer<Double>?, count: Int, dimensionCount: Int = 1, stride: Int? = nil, argument: String = "data"
  ) throws(ModelError) {
    let isCountable = count >= 0 && count < Int.max - laneCount
    let padded = isCountable ? (count + laneCount - 1) / laneCount * laneCount : 0
    let size = padded.multipliedReportingOverflow(by: dimensionCount)
    guard isCountable, !size.overflow,
      let buffer = AlignedBuffer<Double>(count: size.partialValue)
    else { throw .outOfMemory("\(count) observations\(dimensionCount > 1 ? " of \(dimensionCount) numbers" : "")") }
    self.buffer = buffer
    self.count = count
    self.dimensionCount = dimensionCount
    guard let base else { return }
    let stride = stride ?? dimensionCount
    // Zero times infinity or NaN is NaN, which no sum loses: one pass without a branch, then the search.
    var poison = 0.0
    for start in Swift.stride(from: 0, to: count, by: laneCount) {
      let rows = base + start * stride
      let group = buffer.base + start * dimensionCount
      let lanes = min(laneCount, count - start)
      for d in 0..<dimensionCount {
        for lane in 0..<lanes {
          let value = rows[lane * stride + d]
          poison += 0 * Self.squareWithRoom(value)
          group[d * laneCount + lane] = value
        }
      }
    }
    if poison.isNaN { throw firstFault(argument) }
  }

  /// Returns the error for the first value that is not finite or too large.
  private func firstFault(_ argument: String) -> ModelError {
    for i in 0..<count {
      for d in 0..<dimensionCount where !Self.squareWithRoom(self[i, d]).isFinite {
        let value = self[i, d]
        let rule = value.isFinite ? "must be below 1e144 in magnitude (rescale the data)" : "must be finite"
        return ModelError(
          .invalidData, "\(argument)[\(i), \(d)]", "\(rule), got \(value) in row \(i), column \(d)")
      }
    }
    return ModelError(.invalidData, argument, "must be finite")
  }

  /// Returns the square of a value times 2⁶⁴: finite only where any number of squares can be summed.
  @inline(__always)
  private static func squareWithRoom(_ value: Double) -> Double { value * value * 0x1p64 }

  /// Copies an array of N x D numbers, row by row.
  public convenience init(_ values: [Double], dimensionCount: Int = 1) throws(ModelError) {
    guard dimensionCount >= 1, values.count % dimensionCount == 0 else {
      throw ModelError("data", "must hold whole rows of \(dimensionCount) numbers", got: values.count)
    }
    // A typed throw does not pass through `withUnsafeBufferPointer`, so the result does.
    let result = values.withUnsafeBufferPointer { values in
      Result { () throws(ModelError) in
        try Observations(values.baseAddress, count: values.count / dimensionCount, dimensionCount: dimensionCount)
      }
    }
    self.init(sharing: try result.get())
  }

  private init(sharing other: Observations) {
    buffer = other.buffer
    count = other.count
    dimensionCount = other.dimensionCount
  }

  /// Coordinate `d` of observation `i`.
  @inline(__always)
  public subscript(_ i: Int, _ d: Int) -> Double {
    buffer.base[(i / laneCount * dimensionCount + d) * laneCount + i % laneCount]
  }

  /// Returns observation `i`, (D).
  public func row(_ i: Int) -> [Double] { (0..<dimensionCount).map { self[i, $0] } }

  /// The first group; aligned to 64 bytes, whole groups, zeros beyond N.
  public var base: UnsafePointer<Double> { UnsafePointer(buffer.base) }

  /// The number of blocks.
  public var blockCount: Int { (count + blockSize - 1) / blockSize }

  /// Returns the observations of block `index`.
  public func block(_ index: Int) -> (start: Int, count: Int) {
    let start = index * blockSize
    return (start, min(blockSize, count - start))
  }

  /// The memory of the group that starts at observation `start`, a multiple of 8.
  public func group(at start: Int) -> UnsafePointer<Double> { base + start * dimensionCount }

  /// The values of one-dimensional observations.
  public var values: UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: base, count: dimensionCount == 1 ? count : 0)
  }
}
