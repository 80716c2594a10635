import CGMMSwift
import GMMInference
import GMMModel

/// Checks a number of dimensions.
func dimensionCount(_ dimensions: Int64) throws(CallError) -> Int {
  guard dimensions >= 1, dimensions <= largestDimension else {
    throw .invalid("num_dimensions", "must be between 1 and \(largestDimension)", got: dimensions)
  }
  return Int(dimensions)
}

/// The largest number of dimensions of a maximum-likelihood fit, so that products of sizes fit in memory.
private let largestDimension = 4096

/// Copies sample weights, if there are any; none are needed where there are no observations.
func sampleWeights(_ weights: UnsafePointer<Double>?, count: Int) throws(ModelError) -> SampleWeights? {
  guard let weights, count > 0 else { return nil }
  return try SampleWeights(UnsafeBufferPointer(start: weights, count: count))
}

/// Reads covariances in the caller's layout: D x D matrices, of which the lower triangles are packed, or what is diagonal.
func packedCovariances(
  _ covariances: UnsafePointer<Double>, _ shape: MixtureShape
) -> [Double] {
  guard shape.hasMatrices else { return Array(UnsafeBufferPointer(start: covariances, count: shape.covarianceCount)) }
  let dimensions = shape.dimensionCount
  return (0..<shape.matrixCount).flatMap { m in
    (0..<dimensions).flatMap { i in (0...i).map { covariances[(m * dimensions + i) * dimensions + $0] } }
  }
}
