import GMMModel

/// Mean and variance of each coordinate of a data set (Welford's update, which keeps the digits of data far from 0).
struct DataScale {
  /// (D).
  private(set) var means: [Double]
  /// With divisor N, (D).
  private(set) var variances: [Double]

  init(_ observations: Observations) {
    means = [Double](repeating: 0, count: observations.dimensionCount)
    variances = means
    for d in means.indices {
      var mean = 0.0
      var squares = 0.0
      for i in 0..<observations.count {
        let x = observations[i, d]
        let distance = x - mean
        if i == 0 { mean = x } else { mean += distance / Double(i + 1) }
        squares += (i == 0 ? 0 : distance) * (x - mean)
      }
      means[d] = mean
      variances[d] = squares / Double(max(observations.count, 1))
    }
  }
}
