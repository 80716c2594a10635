/// Returns the variance of the mean of independent values.
func varianceOfIndependentMean(_ values: [Double]) -> Double {
  let count = Double(values.count)
  guard count > 1 else { return .infinity }
  let mean = values.reduce(0, +) / count
  return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count * (count - 1))
}

/// Returns the variance of the mean of chains' values, one chain after the other, of equal lengths.
///
/// It is Geyer's initial monotone sequence (1992) of the autocovariances about the mean of all chains, and at least that
/// of independent values. Where chains have found different places, the autocovariances do not fall to 0, and the
/// variance is that of the means of the chains or more.
func varianceOfMean(_ values: [Double], chains: Int = 1) -> Double {
  let total = values.count
  let length = total / max(chains, 1)
  guard length > 1 else { return varianceOfIndependentMean(values) }
  let mean = values.reduce(0, +) / Double(total)
  let centered = values.map { $0 - mean }
  func covariance(_ lag: Int) -> Double {
    var sum = 0.0
    for chain in 0..<chains {
      let first = chain * length
      for t in first..<max(first, first + length - lag) { sum += centered[t] * centered[t + lag] }
    }
    return sum / Double(total)
  }
  let variance = covariance(0)
  guard variance > 0 else { return 0 }
  var sum = -variance
  var last = Double.infinity
  for lag in stride(from: 0, to: length - 1, by: 2) {
    let pair = min(last, covariance(lag) + covariance(lag + 1))
    guard pair > 0 else { break }
    sum += 2 * pair
    last = pair
  }
  var result = max(sum, variance) / Double(total)
  if chains > 1 {
    let means = (0..<chains).map { chain in
      centered[chain * length..<(chain + 1) * length].reduce(0, +) / Double(length)
    }
    let between = means.reduce(0) { $0 + $1 * $1 } / Double(chains * (chains - 1))
    // Few chains tell little of the variance between them, so it counts only where it is far larger.
    if between > 4 * result { result = between }
  }
  return result
}
