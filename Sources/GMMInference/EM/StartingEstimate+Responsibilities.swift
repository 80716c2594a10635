import GMMKernels
import GMMModel

extension StartingEstimate {
  /// Returns the M-step of responsibilities: means in one pass over all observations, covariances about them in a second.
  ///
  /// - Parameters:
  ///   - rewind: goes back to the first row.
  ///   - row: writes the responsibilities of an observation, in order, of those with a positive weight; they are scaled to
  ///     sum 1.
  func maximized(_ rewind: () -> Void, row: (Int, UnsafeMutableBufferPointer<Double>) -> Void) -> MixtureEstimate {
    let shape = shape
    let (components, dimensions) = (shape.componentCount, shape.dimensionCount)
    var centers = (0..<components).flatMap { _ in spread.means }
    var shares = [Double](repeating: 0, count: components)
    var values: [Double] = []
    for round in 0..<2 {
      rewind()
      var counts = [Double](repeating: 0, count: components)
      var sums = [Double](repeating: 0, count: shape.meanCount)
      var squares = [Double](repeating: 0, count: components * shape.squareCount)
      var gaps = [Double](repeating: 0, count: dimensions)
      for i in 0..<observations.count {
        let weight = sampleWeights?[i] ?? 1
        guard weight > 0 else { continue }
        shares.withUnsafeMutableBufferPointer { row(i, $0) }
        let scale = weight / shares.reduce(0, +)
        for k in 0..<components {
          let share = scale * shares[k]
          counts[k] += share
          for d in 0..<dimensions {
            gaps[d] = observations[i, d] - centers[k * dimensions + d]
            sums[k * dimensions + d] += share * gaps[d]
          }
          guard round == 1 else { continue }
          squares.withUnsafeMutableBufferPointer { squares in
            // SAFETY: K triangles or diagonals follow each other.
            guard let base = squares.baseAddress.map({ $0 + k * shape.squareCount }) else { return }
            switch shape.factorShape {
            case .triangular: PackedTriangle.addSquare(of: gaps, weight: share, to: base, dimensions)
            case .diagonal: for d in 0..<dimensions { base[d] += share * gaps[d] * gaps[d] }
            }
          }
        }
      }
      if round == 0 {
        for k in 0..<components where counts[k] > 0 {
          for d in 0..<dimensions { centers[k * dimensions + d] += sums[k * dimensions + d] / counts[k] }
        }
      }
      values = counts + sums + squares
    }
    // A component without responsibilities keeps what it has here: the data's mean and variances.
    var neutral = [Double](repeating: 0, count: shape.squareCount)
    for d in 0..<dimensions {
      let least = max(1e-4 * spread.variances[d], step.floors[d])
      neutral[shape.square(d)] = max(spread.variances[d], least)
    }
    let one = reduced(neutral)
    let start = estimate(
      weights: [Double](repeating: 1 / Double(components), count: components), means: centers,
      covariances: (0..<shape.covarianceCount / one.count).flatMap { _ in one })
    guard var state = try? MixtureState(start, argument: "") else { return start }
    _ = step.maximize(&state, SufficientStatistics(shape, centers: centers, values))
    return state.estimate
  }
}
