import GMMKernels
import GMMModel

/// A row that is not complete and exact, as a background sees it.
///
/// The density of a background is that of values as they were observed, so that errors of measurement leave it as it is.
/// A missing value has the side of the box for a factor, and an interval its length. An interval without an end ends at
/// the box.
struct BackgroundRow {
  /// The box; `nil` if only its volume is known. Then no value is missing or known by an interval.
  let box: BackgroundBox?
  let data: DataSet
  let row: Int

  /// The log of the factor that turns the density of the background into that of what is known of the row.
  func logFactor(_ pattern: RowPatterns.Pattern) -> Double {
    guard let box else { return 0 }
    var sum = pattern.missing.reduce(0) { $0 + box.logSides[$1] }
    for d in pattern.intervals {
      if let ends = interval(d) { sum += log(ends.upper - ends.lower) }
    }
    return sum
  }

  /// The expectation of a true value.
  func mean(_ d: Int) -> Double {
    guard let ends = interval(d) else { return data.filled(row, d) }
    return ends.lower + 0.5 * (ends.upper - ends.lower)
  }

  /// Draws the true values: uniform where they were not observed, about the observed ones where these have errors.
  ///
  /// - Parameter values: (D).
  func draw(into values: UnsafeMutablePointer<Double>, _ stream: inout RandomStream) {
    for d in 0..<data.dimensionCount {
      let ends = interval(d)
      values[d] = ends.map { $0.lower + ($0.upper - $0.lower) * stream.uniform() } ?? data.filled(row, d)
    }
    if let details = data.details, details.hasErrors { addErrors(details, to: values, &stream) }
  }

  /// Returns the interval in which a value lies; `nil` if it was observed.
  private func interval(_ d: Int) -> (lower: Double, upper: Double)? {
    guard let box else { return nil }
    if data.isMissing(row, d) { return (box.lower[d], box.upper[d]) }
    guard let (lower, upper) = data.details?.interval(row, d) else { return nil }
    return (
      lower == -.infinity ? min(box.lower[d], upper) : lower, upper == .infinity ? max(box.upper[d], lower) : upper
    )
  }

  /// Adds errors of measurement to values.
  private func addErrors(_ details: RowDetails, to values: UnsafeMutablePointer<Double>, _ stream: inout RandomStream) {
    let observed = (0..<data.dimensionCount).filter { !data.isMissing(row, $0) }
    guard details.covariances != nil else {
      for d in observed { values[d] += details.errorVariance(row, d).squareRoot() * stream.normal() }
      return
    }
    var factor = observed.indices.flatMap { a in
      (0...a).map { details.errorCovariance(row, observed[a], observed[$0]) }
    }
    factor.withUnsafeMutableBufferPointer { factor in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, observed.count)) { noise in
        // SAFETY: a triangle for the observed coordinates, and a number for each of them, which is written before it is
        // read.
        guard let factor = factor.baseAddress, let noise = noise.baseAddress else { return }
        _ = PackedTriangle.factorizeSemidefinite(factor, observed.count)
        stream.normals(into: noise, count: observed.count)
        PackedTriangle.multiply(factor, observed.count, noise)
        for (a, d) in observed.enumerated() { values[d] += noise[a] }
      }
    }
  }
}
