import GMMKernels

/// A weight for each observation: not negative, finite, and not all zero. Zero makes a row inert; an integer repeats
/// it.
public final class SampleWeights: Sendable {
  private let buffer: AlignedBuffer<Double>
  /// N.
  public var count: Int { buffer.count }
  /// Σ w, rounded once.
  public var total: Double { sum[0] }
  /// Σ w as a sum that can be merged with the sum of other observations.
  package let sum: ReproducibleSums
  /// The number of weights that are not 0.
  package let positiveCount: Int
  /// Whether all weights are integers, so that they stand for repeated rows.
  package let areWhole: Bool
  /// Whether all weights are 1, so that they say nothing.
  let areOnes: Bool

  /// Copies the weights.
  package init(_ values: UnsafeBufferPointer<Double>, argument: String = "sample_weights") throws(ModelError) {
    guard let buffer = AlignedBuffer<Double>(count: values.count, padding: laneCount) else {
      throw .outOfMemory("\(values.count) sample weights")
    }
    var positive = 0
    var areWhole = true
    var areOnes = true
    var sum = ReproducibleSums(count: 1)
    for (i, value) in values.enumerated() {
      guard value.isFinite, value >= 0 else {
        throw ModelError("\(argument)[\(i)]", "must be finite and not negative", got: value)
      }
      guard value <= 1e100 else { throw ModelError("\(argument)[\(i)]", "must be at most 1e100", got: value) }
      buffer.base[i] = value
      if value > 0 { positive += 1 }
      if value != value.rounded() { areWhole = false }
      if value != 1 { areOnes = false }
    }
    for i in values.indices { sum.add(UnsafeBufferPointer(rebasing: values[i...i])) }
    self.buffer = buffer
    positiveCount = positive
    self.areWhole = areWhole
    self.areOnes = areOnes
    self.sum = sum
    guard positive > 0, total >= 1e-100 else {
      throw ModelError(argument, "must have a sum of at least 1e-100", got: total)
    }
  }

  /// Copies an array.
  public convenience init(_ values: [Double]) throws(ModelError) {
    let result = values.withUnsafeBufferPointer { values in
      Result { () throws(ModelError) in try SampleWeights(values) }
    }
    self.init(sharing: try result.get())
  }

  /// Makes weights of either sign, for passes that take sums alone.
  init(signed buffer: AlignedBuffer<Double>) {
    self.buffer = buffer
    let values = UnsafeBufferPointer(start: buffer.base, count: buffer.count)
    var sum = ReproducibleSums(count: 1)
    for i in values.indices { sum.add(UnsafeBufferPointer(rebasing: values[i...i])) }
    self.sum = sum
    positiveCount = values.count { $0 > 0 }
    areWhole = values.allSatisfy { $0 == $0.rounded() }
    areOnes = values.allSatisfy { $0 == 1 }
  }

  private init(sharing other: SampleWeights) {
    (buffer, sum) = (other.buffer, other.sum)
    (positiveCount, areWhole, areOnes) = (other.positiveCount, other.areWhole, other.areOnes)
  }

  /// The first weight; aligned to 64 bytes, zeros beyond N up to the next multiple of 8.
  package var base: UnsafePointer<Double> { UnsafePointer(buffer.base) }

  /// The weight of observation `i`.
  @inline(__always)
  public subscript(_ i: Int) -> Double {
    precondition(i >= 0 && i < count)
    return buffer.base[i]
  }
}
