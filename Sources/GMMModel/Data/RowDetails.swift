import GMMKernels

/// What is known of the values of a data set beside the numbers: their errors of measurement, the intervals in which they
/// lie, and the components of rows.
package final class RowDetails: Sendable {
  /// What callers state, in memory that lives as long as the call. An absent part is `nil`.
  package struct Statement {
    /// The sds of independent errors, (N) or (N, D).
    package var errorSDs: UnsafeBufferPointer<Double>?
    /// The covariances of errors, (N, D, D).
    package var errorCovariances: UnsafeBufferPointer<Double>?
    /// The ends of intervals, (N, D). Where both are NaN, the value itself is known.
    package var lower: UnsafeBufferPointer<Double>?
    package var upper: UnsafeBufferPointer<Double>?
    /// The component of each row, (N); -1 where it is not known.
    package var labels: UnsafeBufferPointer<Int32>?
    /// The numbers by which the shares of the components are multiplied, (N, K), not negative, of sum 1.
    package var shares: UnsafeBufferPointer<Double>?

    package init() {}

    package var isEmpty: Bool {
      errorSDs == nil && errorCovariances == nil && lower == nil && labels == nil && shares == nil
    }
  }

  private let dimensionCount: Int
  /// The sds of independent errors, (N, D); `nil` if there are no such errors.
  package let sds: AlignedBuffer<Double>?
  /// The covariances of errors, a packed triangle for each row; `nil` if there are none.
  package let covariances: AlignedBuffer<Double>?
  /// The ends of the intervals of all values, (N, D), equal for a value that is known; `nil` if there are none.
  package let lower: AlignedBuffer<Double>?
  package let upper: AlignedBuffer<Double>?
  /// The component of each row, -1 where it is not known; `nil` if no row's is.
  package let labels: AlignedBuffer<Int32>?
  /// The factors of shares, (N, K), and their logarithms; `nil` if there are none.
  package let shares: AlignedBuffer<Double>?
  package let logShares: AlignedBuffer<Double>?
  /// K of ``logShares``, or the largest label and 1.
  package let labelCount: Int

  /// Checks and copies what is known.
  ///
  /// - Throws: ``ModelError`` that names the row.
  package init(_ statement: Statement, count: Int, dimensionCount: Int) throws(ModelError) {
    self.dimensionCount = dimensionCount
    sds = try Self.sds(statement.errorSDs, count, dimensionCount)
    covariances = try Self.covariances(statement.errorCovariances, count, dimensionCount)
    guard sds == nil || covariances == nil else {
      throw ModelError("error_covariances", "must not be given beside `error_sds`", got: "both")
    }
    let ends = try Self.intervals(statement.lower, statement.upper, count, dimensionCount)
    (lower, upper) = (ends?.lower, ends?.upper)
    var labelCount = 0
    labels = try Self.labels(statement.labels, count, &labelCount)
    let factors = try Self.shares(statement.shares, count, &labelCount)
    (shares, logShares) = (factors?.plain, factors?.logarithms)
    guard labels == nil || logShares == nil else {
      throw ModelError("label_shares", "must not be given beside `labels`", got: "both")
    }
    self.labelCount = labelCount
  }

  /// Creates the details of rows whose components are all unknown.
  init(withoutLabels other: RowDetails) {
    dimensionCount = other.dimensionCount
    (sds, covariances) = (other.sds, other.covariances)
    (lower, upper) = (other.lower, other.upper)
    (labels, shares, logShares, labelCount) = (nil, nil, nil, 0)
  }

  /// Whether values have errors.
  package var hasErrors: Bool { sds != nil || covariances != nil }
  package var hasIntervals: Bool { lower != nil }
  package var hasLabels: Bool { labels != nil || logShares != nil }

  /// Returns the variance of the error of a value.
  @inline(__always)
  package func errorVariance(_ row: Int, _ d: Int) -> Double {
    if let sds {
      let sd = sds.base[row * dimensionCount + d]
      return sd * sd
    }
    guard let covariances else { return 0 }
    return covariances.base[row * PackedTriangle.count(dimensionCount) + PackedTriangle.index(d, d)]
  }

  /// Returns the covariance of the errors of two values of a row.
  @inline(__always)
  package func errorCovariance(_ row: Int, _ i: Int, _ j: Int) -> Double {
    if let covariances {
      return covariances.base[row * PackedTriangle.count(dimensionCount) + PackedTriangle.index(max(i, j), min(i, j))]
    }
    return i == j ? errorVariance(row, i) : 0
  }

  /// Returns the interval of a value; `nil` if the value itself is known.
  @inline(__always)
  package func interval(_ row: Int, _ d: Int) -> (lower: Double, upper: Double)? {
    guard let lower, let upper else { return nil }
    let place = row * dimensionCount + d
    return lower.base[place] < upper.base[place] ? (lower.base[place], upper.base[place]) : nil
  }

  /// Returns the number that an interval has for a value: its ends where they are equal, otherwise its middle or its
  /// finite end, and NaN for none; `nil` where there is no interval.
  func value(_ row: Int, _ d: Int) -> Double? {
    guard let lower, let upper else { return nil }
    let place = row * dimensionCount + d
    let (a, b) = (lower.base[place], upper.base[place])
    return a == b ? a : a < b ? Self.middle(a, b) : nil
  }

  /// Returns the component of a row, or -1 if it is not known.
  @inline(__always)
  package func label(_ row: Int) -> Int { labels.map { Int($0.base[row]) } ?? -1 }

  /// Returns the number that stands for a value in an interval: its middle, or its finite end; NaN if it has none.
  private static func middle(_ lower: Double, _ upper: Double) -> Double {
    if lower.isFinite && upper.isFinite { return lower + 0.5 * (upper - lower) }
    return lower.isFinite ? lower : upper.isFinite ? upper : .nan
  }

  /// Refuses labels that a mixture of K components does not have.
  package func requireLabels(ofComponents count: Int) throws(ModelError) {
    if let labels {
      guard let row = labels.elements.firstIndex(where: { $0 >= count }) else { return }
      throw ModelError("labels[\(row)]", "must be below the number of components, \(count)", got: Int(labels.base[row]))
    }
    guard logShares == nil || labelCount == count else {
      throw ModelError("label_shares", "must have a column for each of \(count) components", got: labelCount)
    }
  }

  /// The components that rows are known to have, or may have in proportions of their own.
  package var namedComponents: Set<Int> {
    if let labels { return Set(labels.elements.lazy.filter { $0 >= 0 }.map { Int($0) }) }
    return Set(0..<(logShares == nil ? 0 : labelCount))
  }

  // MARK: Checks

  private static func buffer<Element: BitwiseCopyable>(_ count: Int, _ what: String) throws(ModelError)
    -> AlignedBuffer<Element>
  {
    guard let buffer = AlignedBuffer<Element>(count: count, padding: laneCount) else { throw .outOfMemory(what) }
    return buffer
  }

  private static func sds(
    _ sds: UnsafeBufferPointer<Double>?, _ count: Int, _ dimensions: Int
  ) throws(ModelError) -> AlignedBuffer<Double>? {
    guard let sds else { return nil }
    let isShared = sds.count == count && dimensions > 1
    let result: AlignedBuffer<Double> = try buffer(count * dimensions, "\(count) errors of measurement")
    for (place, sd) in sds.enumerated() {
      guard sd >= 0, sd < 1e140 else {
        let index = isShared || dimensions == 1 ? "\(place)" : "\(place / dimensions), \(place % dimensions)"
        throw ModelError("error_sds[\(index)]", "must be from 0 to 1e140", got: sd)
      }
      if isShared {
        for d in 0..<dimensions { result.base[place * dimensions + d] = sd }
      } else {
        result.base[place] = sd
      }
    }
    return result
  }

  private static func covariances(
    _ matrices: UnsafeBufferPointer<Double>?, _ count: Int, _ dimensions: Int
  ) throws(ModelError) -> AlignedBuffer<Double>? {
    guard let matrices, let first = matrices.baseAddress else { return nil }
    let size = PackedTriangle.count(dimensions)
    let result: AlignedBuffer<Double> = try buffer(count * size, "\(count) covariances of errors")
    var work = [Double](repeating: 0, count: size)
    for i in 0..<count {
      let full = first + i * dimensions * dimensions
      for place in 0..<dimensions * dimensions where !full[place].isFinite {
        throw ModelError(
          "error_covariances[\(i), \(place / dimensions), \(place % dimensions)]", "must be finite", got: full[place])
      }
      for a in 0..<dimensions {
        for b in 0..<dimensions {
          let (value, other) = (full[a * dimensions + b], full[b * dimensions + a])
          let scale = (abs(full[a * dimensions + a]) * abs(full[b * dimensions + b])).squareRoot()
          guard abs(value) < 1e280, abs(value - other) <= 1e-6 * scale else {
            throw ModelError(
              "error_covariances[\(i), \(a), \(b)]",
              abs(value) < 1e280 ? "must be symmetric" : "must be below 1e280 in magnitude", got: value)
          }
        }
      }
      let packed = result.base + i * size
      PackedTriangle.pack(full, dimensions, into: packed)
      for j in 0..<size { work[j] = packed[j] }
      guard PackedTriangle.factorizeSemidefinite(&work, dimensions) else {
        throw ModelError("error_covariances[\(i)]", "must be positive semi-definite", got: "another matrix")
      }
    }
    return result
  }

  private static func intervals(
    _ lower: UnsafeBufferPointer<Double>?, _ upper: UnsafeBufferPointer<Double>?, _ count: Int, _ dimensions: Int
  ) throws(ModelError) -> (lower: AlignedBuffer<Double>, upper: AlignedBuffer<Double>)? {
    guard let lower, let upper else { return nil }
    let size = count * dimensions
    let ends: (lower: AlignedBuffer<Double>, upper: AlignedBuffer<Double>) = (
      try buffer(size, "\(count) intervals"), try buffer(size, "\(count) intervals")
    )
    for place in 0..<size {
      let (a, b) = (lower[place], upper[place])
      let index = dimensions == 1 ? "\(place)" : "\(place / dimensions), \(place % dimensions)"
      guard a.isNaN == b.isNaN, !(a > b) else {
        throw ModelError("lower[\(index)]", "must be at most `upper`, or both NaN", got: "\(a) and \(b)")
      }
      guard a != .infinity, b != -.infinity else {
        throw ModelError("lower[\(index)]", "must leave room for a finite value", got: "\(a) and \(b)")
      }
      for end in [a, b] where end.isFinite && abs(end) >= 1e144 {
        throw ModelError("lower[\(index)]", "must have ends below 1e144 in magnitude", got: end)
      }
      (ends.lower.base[place], ends.upper.base[place]) = (a, b)
    }
    return ends
  }

  private static func labels(
    _ labels: UnsafeBufferPointer<Int32>?, _ count: Int, _ labelCount: inout Int
  ) throws(ModelError) -> AlignedBuffer<Int32>? {
    guard let labels else { return nil }
    let result: AlignedBuffer<Int32> = try buffer(count, "\(count) labels")
    for (i, label) in labels.enumerated() {
      guard label >= -1, label < MixtureShape.componentRange.upperBound else {
        throw ModelError(
          "labels[\(i)]", "must be -1 or from 0 to \(MixtureShape.componentRange.upperBound - 1)", got: Int(label))
      }
      result.base[i] = label
      labelCount = max(labelCount, Int(label) + 1)
    }
    // Rows whose components are all unknown take the road of rows without labels.
    return labelCount > 0 ? result : nil
  }

  private static func shares(
    _ shares: UnsafeBufferPointer<Double>?, _ count: Int, _ labelCount: inout Int
  ) throws(ModelError) -> (plain: AlignedBuffer<Double>, logarithms: AlignedBuffer<Double>)? {
    guard let shares, count > 0 else { return nil }
    let components = shares.count / count
    let plain: AlignedBuffer<Double> = try buffer(shares.count, "\(count) soft labels")
    let result: AlignedBuffer<Double> = try buffer(shares.count, "\(count) soft labels")
    for i in 0..<count {
      var sum = 0.0
      for k in 0..<components {
        let share = shares[i * components + k]
        guard share >= 0, share <= 1 + 1e-6 else {
          throw ModelError("label_shares[\(i), \(k)]", "must be from 0 to 1", got: share)
        }
        sum += share
        plain.base[i * components + k] = share
        result.base[i * components + k] = log(share)
      }
      guard abs(sum - 1) <= 1e-6 else { throw ModelError("label_shares[\(i)]", "must sum to 1", got: sum) }
    }
    labelCount = components
    return (plain, result)
  }
}
