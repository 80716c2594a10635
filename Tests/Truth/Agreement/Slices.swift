import TestSupport

@testable import GMMInference

extension Posterior {
  /// Returns P(component | data) of every observation, N x K row-major, with standard errors.
  ///
  /// The values are the library's own, averaged over slices of the draws (all chains together); the errors are from the
  /// slices' scatter.
  ///
  /// - Parameter thin: takes every `thin`-th draw, because consecutive draws tell little that is new.
  func responsibilities(slices: Int = 100, thin: Int = 1) throws -> [Estimate] {
    let length = drawCount / slices
    var sums = [Double](repeating: 0, count: data.count * layout.componentCount)
    var squares = sums
    for slice in 0..<slices {
      let part = Posterior(
        target, options: options, store: store, continuation: nil,
        draws: length / thin,
        selection: DrawSelection(first: slice * length, step: thin), seconds: 0)
      for (j, value) in try part.probabilities().enumerated() {
        sums[j] += value
        squares[j] += value * value
      }
    }
    let count = Double(slices)
    return zip(sums, squares).map { sum, square in
      let mean = sum / count
      return Estimate(mean, error: (max(0, square / count - mean * mean) / (count - 1)).squareRoot())
    }
  }
}
