/// The number, mean and spread of a set of draws.
public struct SampleMoments: Sendable, Equatable {
  /// The number n of draws.
  public let count: Int
  /// The arithmetic mean; NaN when n = 0.
  public let mean: Double
  /// The sum of squared deviations from the mean divided by n − 1; NaN when n < 2.
  public let variance: Double

  /// The square root of `variance`, in the unit of the draws.
  public var standardDeviation: Double { variance.squareRoot() }

  /// Computes the moments of contiguous values.
  ///
  /// Deviations are taken from the first value, which makes them exact for data far from zero and
  /// exactly zero for constant data; the variance is then corrected for the distance between that
  /// value and the mean by a second pass around the mean (Chan, Golub and LeVeque 1983, eq. 1.7).
  init(
    _ values: UnsafeBufferPointer<Double>, _ watch: Watch
  ) throws(Stopped) {
    count = values.count
    guard let shift = values.first else {
      mean = .nan
      variance = .nan
      return
    }
    let n = Double(values.count)
    let shiftedMean = try shift + Reductions.shiftedSums(values, shift: shift, watch).first / n
    // An infinite draw turns ∞ − ∞ into NaN although the mean itself exists.
    let center = shiftedMean.isNaN ? values.reduce(0, +) / n : shiftedMean
    mean = center
    let (first, second) = try Reductions.shiftedSums(values, shift: center, watch)
    variance = values.count > 1 ? max(second - first * first / n, 0) / (n - 1) : .nan
  }
}

extension SampleMoments {
  /// Computes the moments of an array.
  init(
    of values: [Double], _ watch: Watch
  ) throws(Stopped) {
    self = try values.withUnsafeBufferPointer { (buffer) throws(Stopped) in
      try SampleMoments(buffer, watch)
    }
  }
}

/// Computes the mean and the unbiased variance over all chains and draws.
///
/// - Parameter view: any size; a NaN among the draws makes mean and variance NaN.
/// - Returns: the moments; the mean of no draws and the variance of fewer than two are NaN.
/// - Complexity: O(n).
public func sampleMoments(_ view: ChainView) -> SampleMoments {
  unwatched { (watch) throws(Stopped) in try SampleMoments(of: view.copyPooled(watch), watch) }
}
