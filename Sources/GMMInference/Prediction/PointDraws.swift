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
  /// The weight and the box of a background; `nil` if there is none.
  var background: (weight: Double, box: BackgroundBox)?

  /// Writes one point, (D), and returns its component, or K for the background. It takes one uniform number, then D Normal
  /// or uniform numbers; beside a background, a uniform number before them.
  @inline(__always)
  func draw(_ stream: inout RandomStream, into point: UnsafeMutablePointer<Double>) -> Int {
    if let background, stream.uniform() < background.weight {
      for d in 0..<shape.dimensionCount {
        let (lower, upper) = (background.box.lower[d], background.box.upper[d])
        point[d] = lower + (upper - lower) * stream.uniform()
      }
      return shape.componentCount
    }
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
