/// Returns the number of draws of a series that are worth one independent draw: 1 + 2 Σ ρ_lag.
///
/// Autocorrelations are added in pairs (Geyer 1992), up to the first pair below the standard error of a pair of
/// independent numbers, √(2 / n). A short series has long stretches of small positive estimates, and this function must
/// tell whether a chain is slow, not exactly how slow.
///
/// - Parameters:
///   - values: the series of several coordinates, draw by draw, (n, `dimension`).
///   - coordinate: the coordinate whose series is examined.
/// - Returns: at least 1; 1 for a constant series.
func autocorrelationTime(_ values: [Double], dimension: Int, coordinate: Int) -> Double {
  let count = values.count / dimension
  let series = (0..<count).map { values[$0 * dimension + coordinate] }
  let mean = series.reduce(0, +) / Double(count)
  func covariance(_ lag: Int) -> Double {
    var sum = 0.0
    for t in 0..<max(count - lag, 0) { sum += (series[t] - mean) * (series[t + lag] - mean) }
    return sum
  }
  let variance = covariance(0)
  guard variance > 0 else { return 1 }
  let noise = (2 / Double(count)).squareRoot()
  var time = -1.0
  for lag in stride(from: 0, to: count - 1, by: 2) {
    let pair = (covariance(lag) + covariance(lag + 1)) / variance
    guard pair > noise else { break }
    time += 2 * pair
  }
  return max(time, 1)
}
