import GMMKernels
import GMMModel

/// A scan of collapsed Gibbs updates (MacEachern 1994; Neal 2000, algorithm 3): each assignment is drawn anew given all
/// others, with weights, means and spread summed out.
///
/// Given its parameters, a component of few rows in many dimensions hardly ever takes a further row, because its
/// covariance is that of its own rows. With the covariance summed out, it does.
struct CollapsedScan {
  private var allocation: RowAllocation
  private let components: Int
  private let all: [Int]
  private var order: [Int]

  /// Creates a workspace, or returns `nil` if the parameters cannot be summed out.
  init?(_ model: MixtureModel, _ rows: SplitMergeRows, power: Double) {
    let isConjugate =
      !model.sharedSpread && model.minimumWeight == 0 && (!model.orderedMeans || model.foldsOrder)
      && (0..<model.componentCount).allSatisfy { model.hasScaledMean($0) }
      && (0..<model.componentCount).allSatisfy { PredictivePrior.isExact($0, model) }
    guard isConjugate else { return nil }
    components = model.componentCount
    allocation = RowAllocation(model, rows, power: power, groups: components)
    all = Array(0..<rows.data.count)
    order = [Int](repeating: 0, count: all.count)
  }

  /// Draws all assignments anew, one after the other in random order. Rows of a background stay there.
  mutating func run(_ labels: inout [Int], _ stream: inout RandomStream) {
    for i in all { order[i] = i }
    stream.shuffle(&order)
    for k in 0..<components { allocation.clear(k, as: k) }
    for i in all where labels[i] < components { allocation.add(i, to: labels[i]) }
    for i in order where labels[i] < components {
      labels[i] = allocation.rejoin(i, of: all, labels, count: components, given: nil, &stream).group
    }
  }
}
