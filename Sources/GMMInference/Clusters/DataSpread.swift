import GMMKernels
import GMMModel

/// Mean and variance of each coordinate of weighted observations.
struct DataSpread: Sendable {
  /// (D).
  let means: [Double]
  /// Σ w (x - mean)² / Σ w, (D).
  let variances: [Double]

  /// - Parameter tally: counts the blocks of both passes and may end them; the numbers are then not used.
  init(_ data: DataSet, _ tally: BlockTally? = nil) {
    let total = data.totalWeight
    // Deviations are taken from a point of the data, then from the mean, so data far from 0 keep their digits. The
    // point has a positive weight, because a point of weight 0 may be anything.
    let first = data.weights.flatMap { weights in (0..<data.count).first { weights[$0] > 0 } } ?? 0
    let origin = data.row(first)
    let shifts = Self.sums(data, about: origin, tally) { $0 }.map { $0 / total }
    let means = zip(origin, shifts).map { $0 + $1 }
    self.means = means
    variances = Self.sums(data, about: means, tally) { $0 * $0 }.map { $0 / total }
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
      let group = UnsafeRawPointer(data.group(at: start)).assumingMemoryBound(to: SIMD8<Double>.self)
      var weight = SIMD8<Double>(repeating: 1)
      if let weights = data.weights {
        weight = UnsafeRawPointer(weights.base + start).assumingMemoryBound(to: SIMD8<Double>.self).pointee
      }
      for lane in max(0, data.count - start)..<max(laneCount, data.count - start) where lane < laneCount {
        weight[lane] = 0
      }
      for d in 0..<dimensions { sums[d] += weight * term(group[d] - center[d]) }
    }
    if let tally, data.count > 0 { tally.pass() }
    return sums.map { sum in (0..<laneCount).reduce(0) { $0 + sum[$1] } }
  }
}
