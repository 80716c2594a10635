import GMMKernels
import GMMModel

/// A mixture from which points are drawn. Its parameters lie in memory that the caller keeps alive.
struct PointDraws {
  let shape: MixtureShape
  /// The weights, (K).
  let weights: UnsafePointer<Double>
  /// The means, (K, D).
  let means: UnsafePointer<Double>
  /// ``MixtureShape/sdCount`` standard deviations.
  let sds: UnsafePointer<Double>
  /// A packed Cholesky factor of each covariance matrix; `nil` if the spread is standard deviations.
  let factors: UnsafePointer<Double>?

  /// Writes one point, (D), and returns its component. It takes one uniform number, then D Normal numbers.
  @inline(__always)
  func draw(_ stream: inout RandomStream, into point: UnsafeMutablePointer<Double>) -> Int {
    let component = pick(stream.uniform())
    let dimensions = shape.dimensionCount
    stream.normals(into: point, count: dimensions)
    if let factors {
      PackedTriangle.multiply(factors + shape.matrix(component) * shape.triangleSize, dimensions, point)
    } else {
      for d in 0..<dimensions { point[d] *= sds[shape.sd(component, d)] }
    }
    for d in 0..<dimensions { point[d] += means[component * dimensions + d] }
    return component
  }

  /// Returns the component at which the cumulated weights pass `u`. It never has weight 0.
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
