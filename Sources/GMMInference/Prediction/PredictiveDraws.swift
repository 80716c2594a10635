import GMMKernels
import GMMModel

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
    let components = layout.componentCount
    let dimensions = layout.shape.dimensionCount
    let key = StreamKey(seed: seed, chain: 0, purpose: .predictive)
    for r in 0..<draws {
      var stream = RandomStream(key.at(iteration: UInt64(r)))
      let chosen = stream.index(below: chainCount * drawCount)
      let row = row(chain: chosen / drawCount, draw: chosen % drawCount)
      let factors = layout.shape.hasMatrices ? Parameters(row: row, layout).factors : []
      for i in 0..<points {
        let component = pick(row, stream.uniform(), components)
        let point = output + (r * points + i) * dimensions
        drawPoint(row, component, factors, &stream, into: point)
      }
    }
  }

  /// Draws one point of a component.
  @inline(__always)
  private func drawPoint(
    _ row: UnsafePointer<Double>, _ component: Int, _ factors: [Double], _ stream: inout RandomStream,
    into point: UnsafeMutablePointer<Double>
  ) {
    let shape = layout.shape
    for d in 0..<shape.dimensionCount { point[d] = stream.normal() }
    if shape.hasMatrices {
      factors.withUnsafeBufferPointer { factors in
        // SAFETY: a triangle for each matrix.
        if let base = factors.baseAddress {
          PackedTriangle.multiply(base + shape.matrix(component) * shape.triangleSize, shape.dimensionCount, point)
        }
      }
    } else {
      for d in 0..<shape.dimensionCount { point[d] *= row[layout.sds.lowerBound + shape.spread(component, d)] }
    }
    for d in 0..<shape.dimensionCount {
      point[d] += row[layout.means.lowerBound + component * shape.dimensionCount + d]
    }
  }

  /// Returns the component at which the cumulated weights pass `u`; never one of weight 0.
  @inline(__always)
  private func pick(_ weights: UnsafePointer<Double>, _ u: Double, _ components: Int) -> Int {
    var sum = 0.0
    var last = 0
    for k in 0..<components where weights[k] > 0 {
      sum += weights[k]
      last = k
      if u < sum { return k }
    }
    return last
  }
}
