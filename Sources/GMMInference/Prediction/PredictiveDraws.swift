import GMMKernels
import GMMModel

extension Posterior {
  /// Writes data sets drawn from the posterior predictive distribution.
  ///
  /// Row r takes one draw of the posterior, uniformly with replacement, and draws `points` observations from its mixture.
  /// Row r depends on the seed and r alone.
  ///
  /// - Parameter output: draws x points, row-major.
  public func samplePredictive(draws: Int, points: Int, seed: UInt64, into output: UnsafeMutablePointer<Double>) {
    let components = layout.componentCount
    let key = StreamKey(seed: seed, chain: 0, purpose: .predictive)
    for r in 0..<draws {
      var stream = RandomStream(key.at(iteration: UInt64(r)))
      let chosen = stream.index(below: chainCount * drawCount)
      let row = row(chain: chosen / drawCount, draw: chosen % drawCount)
      for i in 0..<points {
        let component = pick(row, stream.uniform(), components)
        let sd = row[layout.sds.lowerBound + (layout.spreadCount == 1 ? 0 : component)]
        output[r * points + i] = row[layout.means.lowerBound + component] + sd * stream.normal()
      }
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
