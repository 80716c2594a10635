import GMMKernels
import GMMModel

@testable import GMMInference

extension Parameters {
  /// Returns one observation of the mixture, (D).
  func observation(_ stream: inout RandomStream) -> [Double] {
    var rest = stream.uniform()
    var k = 0
    while k + 1 < componentCount, rest >= weights[k] {
      rest -= weights[k]
      k += 1
    }
    let noise = (0..<shape.dimensionCount).map { _ in stream.normal() }
    let scaled = shape.hasMatrices ? factor(k).multiply(noise) : noise.indices.map { sd(k, $0) * noise[$0] }
    return zip(mean(k), scaled).map(+)
  }
}
