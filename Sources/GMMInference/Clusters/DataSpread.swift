import GMMKernels
import GMMModel

/// Mean and variance of each coordinate of weighted observations.
struct DataSpread: Sendable {
  /// (D).
  let means: [Double]
  /// Σ w (x - mean)² / Σ w, (D), less the mean variance of errors of measurement.
  let variances: [Double]
  /// Σ w over the rows that have the coordinate, (D).
  let weights: [Double]

  /// - Parameter tally: counts the blocks of both passes and may end them; the numbers are then not used.
  init(_ data: DataSet, _ tally: BlockTally? = nil) {
    let weights = Self.weights(data)
    self.weights = weights
    // Deviations are taken from a point of the data, then from the mean, so data far from 0 keep their digits. The
    // point has a positive weight, because a point of weight 0 may be anything.
    let first = data.weights.flatMap { weights in (0..<data.count).first { weights[$0] > 0 } } ?? 0
    let origin = data.filledRow(first)
    let shifts = zip(Self.sums(data, about: origin, tally) { $0 }, weights).map { $1 > 0 ? $0 / $1 : 0 }
    let means = zip(origin, shifts).map { $0 + $1 }
    self.means = means
    let spread = zip(Self.sums(data, about: means, tally) { $0 * $0 }, weights).map { $1 > 0 ? $0 / $1 : 0 }
    variances = zip(spread, Self.errorVariances(data)).map { $1 > 0 ? max($0 - $1, 0.01 * $0) : $0 }
  }

  /// Returns the mean variance of the errors of each column. The true values vary by that much less.
  private static func errorVariances(_ data: DataSet) -> [Double] {
    var (sums, weights) = ([Double](repeating: 0, count: data.dimensionCount), weights(data))
    guard let details = data.details, details.hasErrors, let patterns = data.patterns else { return sums }
    for i in 0..<data.count {
      let weight = data.weights?[i] ?? 1
      for d in patterns.pattern(of: i).observed { sums[d] += weight * details.errorVariance(i, d) }
    }
    for d in sums.indices { weights[d] = weights[d] > 0 ? sums[d] / weights[d] : 0 }
    return weights
  }

  private static func weights(_ data: DataSet) -> [Double] {
    guard let patterns = data.patterns else {
      return [Double](repeating: data.totalWeight, count: data.dimensionCount)
    }
    var weights = [Double](repeating: 0, count: data.dimensionCount)
    for i in 0..<data.count { for d in patterns.pattern(of: i).observed { weights[d] += data.weights?[i] ?? 1 } }
    return weights
  }

  /// Returns Σ w f(x - center) for each coordinate, lane by lane.
  @inline(__always)
  private static func sums(
    _ data: DataSet, about center: [Double], _ tally: BlockTally?,
    _ term: (SIMD8<Double>) -> SIMD8<Double>
  ) -> [Double] {
    let dimensions = data.dimensionCount
    var sums = [SIMD8<Double>](repeating: .zero, count: dimensions)
    for start in stride(from: 0, to: data.count, by: laneCount) {
      if let tally, start > 0, start % blockSize == 0 {
        tally.pass()
        guard tally.goesOn else { break }
      }
      // SAFETY: groups and weights are whole vectors, aligned to cache lines.
      let group = UnsafeRawPointer(data.filledGroup(at: start)).assumingMemoryBound(to: SIMD8<Double>.self)
      var weight = SIMD8<Double>(repeating: 1)
      if let weights = data.weights {
        weight = UnsafeRawPointer(weights.base + start).assumingMemoryBound(to: SIMD8<Double>.self).pointee
      }
      for lane in max(0, data.count - start)..<max(laneCount, data.count - start) where lane < laneCount {
        weight[lane] = 0
      }
      guard let patterns = data.patterns else {
        for d in 0..<dimensions { sums[d] += weight * term(group[d] - center[d]) }
        continue
      }
      for d in 0..<dimensions {
        var present = weight
        for lane in 0..<min(laneCount, data.count - start) where patterns.isMissing(start + lane, d) {
          present[lane] = 0
        }
        sums[d] += present * term(group[d] - center[d])
      }
    }
    if let tally, data.count > 0 { tally.pass() }
    return sums.map { sum in (0..<laneCount).reduce(0) { $0 + sum[$1] } }
  }
}
