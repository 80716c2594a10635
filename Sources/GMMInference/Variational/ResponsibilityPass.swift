import GMMKernels
import GMMModel

/// The sums of one block by given responsibilities, in place of those that a mixture has.
struct ResponsibilityPass: BlockPass, Sendable {
  let shape: MixtureShape
  /// N x K, row after row, not negative.
  let responsibilities: [Double]
  /// The points that the sums are centred at, (K, D).
  let centers: [Double]
  /// Whether the last component of the shape takes what a row lacks of 1, which may be negative, in place of a column.
  let hasRest: Bool

  func callAsFunction(_ block: BlockWorkspace.Block) -> Double {
    let (components, dimensions) = (shape.componentCount, shape.dimensionCount)
    let given = hasRest ? components - 1 : components
    let sums = block.moments + components
    let squares = sums + shape.meanCount
    block.moments.update(repeating: 0, count: SufficientStatistics.blockSize(shape))
    responsibilities.withUnsafeBufferPointer { rows in
      centers.withUnsafeBufferPointer { centers in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: dimensions) { gaps in
          // SAFETY: D ≥ 1 numbers, each set before it is read.
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
              // The rounding of a row of sum 1 would be blown up by the squares of an offset.
              guard isRest ? abs(responsibility) > 1e-9 : responsibility > 0 else { continue }
              let share = weight * responsibility
              block.moments[k] += share
              for d in 0..<dimensions {
                gaps[d] = point[d * laneCount] - centers[k * dimensions + d]
                sums[k * dimensions + d] += share * gaps[d]
              }
              let target = squares + k * shape.squareCount
              switch shape.factorShape {
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
