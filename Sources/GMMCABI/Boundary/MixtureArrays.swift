import CGMMSwift
import GMMInference
import GMMModel

/// Checks a number of components.
func requireComponentCount(_ components: Int) throws(CallError) {
  guard MixtureShape.componentRange.contains(components) else {
    throw .invalid("num_components", "must be between 1 and \(MixtureShape.componentRange.upperBound)", got: components)
  }
}

/// Checks a number of dimensions.
func dimensionCount(_ dimensions: Int64) throws(CallError) -> Int {
  guard let value = Int(exactly: dimensions), MixtureShape.dimensionRange.contains(value) else {
    throw .invalid("num_dimensions", "must be between 1 and \(MixtureShape.dimensionRange.upperBound)", got: dimensions)
  }
  return value
}

/// Reads covariances in the caller's layout: symmetric D x D matrices, or variances.
///
/// - Parameters:
///   - name: their name in errors.
///   - row: the row of arrays that hold the covariances of several chains, one after the other.
func packedCovariances(
  _ covariances: UnsafePointer<Double>, _ shape: MixtureShape, _ name: String, row: Int? = nil
) throws(ModelError) -> [Double] {
  guard shape.hasMatrices else { return Array(UnsafeBufferPointer(start: covariances, count: shape.covarianceCount)) }
  let size = shape.dimensionCount * shape.dimensionCount
  var packed: [Double] = []
  for m in 0..<shape.matrixCount {
    let matrix = Array(UnsafeBufferPointer(start: covariances + m * size, count: size))
    packed += try SymmetricMatrix(
      symmetric: matrix, dimension: shape.dimensionCount, name: "\(name)[\(row.map { "\($0), " } ?? "")\(m)]"
    ).packed
  }
  return packed
}
