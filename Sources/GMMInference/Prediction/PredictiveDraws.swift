import GMMKernels
import GMMModel

/// Draws points of a mixture whose parameters lie in memory that the caller keeps alive.
struct PointDraws {
  let shape: MixtureShape
  /// (K).
  let weights: UnsafePointer<Double>
  /// (K, D).
  let means: UnsafePointer<Double>
  /// As many standard deviations as the shape has.
  let sds: UnsafePointer<Double>
  /// A packed Cholesky factor of each covariance matrix that the shape has; `nil` where it has none.
  let factors: UnsafePointer<Double>?

  /// Writes one point, (D), and returns its component: one uniform number, then D Normal ones.
  @inline(__always)
  func draw(_ stream: inout RandomStream, into point: UnsafeMutablePointer<Double>) -> Int {
    let component = pick(stream.uniform())
    let dimensions = shape.dimensionCount
    stream.normals(into: point, count: dimensions)
    if let factors {
      PackedTriangle.multiply(factors + shape.matrix(component) * shape.triangleSize, dimensions, point)
    } else {
      for d in 0..<dimensions { point[d] *= sds[shape.spread(component, d)] }
    }
    for d in 0..<dimensions { point[d] += means[component * dimensions + d] }
    return component
  }

  /// Returns the component at which the cumulated weights pass `u`; never one of weight 0.
  @inline(__always)
  private func pick(_ u: Double) -> Int {
    var sum = 0.0
    var last = 0
    for k in 0..<shape.componentCount where weights[k] > 0 {
      sum += weights[k]
      last = k
      if u < sum { return k }
    }
    return last
  }
}

extension Posterior {
  /// Writes data sets drawn from the posterior predictive distribution.
  ///
  /// Row r takes one draw of the posterior, uniformly with replacement, and draws `points` observations from its mixture.
  /// Row r depends on the seed and r alone.
  ///
  /// - Parameter output: draws x points x D, row-major.
  public func samplePredictive(draws: Int, points: Int, seed: UInt64, into output: UnsafeMutablePointer<Double>) {
    // Rows of no points are nothing to do, however many there are.
    guard points > 0 else { return }
    let dimensions = layout.shape.dimensionCount
    let key = StreamKey(seed: seed, chain: 0, purpose: .predictive)
    for r in 0..<draws {
      var stream = RandomStream(key.at(iteration: UInt64(r)))
      let chosen = stream.index(below: chainCount * drawCount)
      let row = rowMemory(chain: chosen / drawCount, draw: chosen % drawCount)
      let factors = layout.shape.hasMatrices ? Parameters(row: row, layout).factors : []
      factors.withUnsafeBufferPointer { factors in
        // SAFETY: the posterior keeps the row alive, and a triangle for each matrix is in `factors`.
        let mixture = PointDraws(
          shape: layout.shape, weights: row, means: row + layout.means.lowerBound, sds: row + layout.sds.lowerBound,
          factors: layout.shape.hasMatrices ? factors.baseAddress : nil)
        for i in 0..<points { _ = mixture.draw(&stream, into: output + (r * points + i) * dimensions) }
      }
    }
  }
}
