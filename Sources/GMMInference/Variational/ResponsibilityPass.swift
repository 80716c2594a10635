import GMMKernels
import GMMModel

/// The pass that takes the sums of a block under given responsibilities.
struct ResponsibilityPass: BlockPass, Sendable {
  let shape: MixtureShape
  /// N x K, row after row, not negative.
  let responsibilities: [Double]
  /// The points about which the sums are taken, (K, D).
  let centers: [Double]
  /// Whether the last component of the shape has no column. Its responsibility is then 1 less the sum of the row, which
  /// may be negative.
  let hasRest: Bool

  func callAsFunction(_ block: BlockWorkspace.Block) -> Double {
    let (components, dimensions) = (shape.componentCount, shape.dimensionCount)
    let given = hasRest ? components - 1 : components
    let sums = block.moments + components
    let squares = sums + shape.meanCount
    block.moments.update(repeating: 0, count: SufficientStatistics.momentCount(shape))
    responsibilities.withUnsafeBufferPointer { rows in
      centers.withUnsafeBufferPointer { centers in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: dimensions) { gaps in
          // SAFETY: there are D ≥ 1 numbers, and each is set before it is read.
          guard let gaps = gaps.baseAddress else { return }
          for i in 0..<block.count {
            let weight = block.weights?[i] ?? 1
            guard weight > 0 else { continue }
            let point = block.x + i / laneCount * dimensions * laneCount + i % laneCount
            let row = (block.start + i) * given
            var rest = 1.0
            for k in 0..<components {
              let isRest = hasRest && k == given
              let responsibility = isRest ? rest : rows[row + k]
              rest -= responsibility
              // The rounding of a row of sum 1 is left out, because the squares of a large offset would magnify it.
              guard isRest ? abs(responsibility) > 1e-9 : responsibility > 0 else { continue }
              let share = weight * responsibility
              block.moments[k] += share
              for d in 0..<dimensions {
                gaps[d] = point[d * laneCount] - centers[k * dimensions + d]
                sums[k * dimensions + d] += share * gaps[d]
              }
              let target = squares + k * shape.squareCount
              switch shape.factorForm {
              case .triangular: PackedTriangle.addSquare(of: gaps, weight: share, to: target, dimensions)
              case .diagonal: for d in 0..<dimensions { target[d] += share * gaps[d] * gaps[d] }
              }
            }
          }
        }
      }
    }
    return 0
  }
}
