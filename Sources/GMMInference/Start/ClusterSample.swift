import GMMKernels
import GMMModel

extension Observations {
  /// Returns the points from which clusters are found: all observations, or 2,000 of them chosen with replacement.
  func sampleForClusters(_ stream: inout RandomStream) -> [Double] {
    let limit = 2_000
    if count <= limit { return Array(values) }
    return (0..<limit).map { _ in values[stream.index(below: count)] }
  }
}
