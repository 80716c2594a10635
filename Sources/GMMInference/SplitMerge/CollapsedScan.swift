import GMMKernels
import GMMModel

/// A scan of collapsed Gibbs updates (MacEachern 1994; Neal 2000, algorithm 3): each assignment is drawn anew given all
/// others, with weights, means and spread summed out.
///
/// Given its parameters, a component of few rows in many dimensions hardly ever takes a further row, because its
/// covariance is that of its own rows. With the covariance summed out, it does.
struct CollapsedScan {
  private var densities: PredictiveDensities
  private let dimensions: Int
  private let components: Int
  private let points: [Double]
  private var order: [Int] = []
  private var logs: [Double]

  /// Creates a workspace, or returns `nil` if the parameters cannot be summed out.
  init?(_ model: MixtureModel, _ rows: SplitMergeRows, power: Double) {
    let isConjugate =
      !model.sharedSpread && model.minimumWeight == 0 && (!model.orderedMeans || model.foldsOrder)
      && (0..<model.componentCount).allSatisfy { model.hasScaledMean($0) }
      && (0..<model.componentCount).allSatisfy { PredictivePrior.isExact($0, model) }
    guard isConjugate else { return nil }
    dimensions = model.dimensionCount
    components = model.componentCount
    densities = PredictiveDensities(model, rows, power: power, groups: components)
    points = rows.points
    logs = [Double](repeating: 0, count: components)
  }

  /// Draws all assignments anew, one after the other in random order.
  mutating func run(_ labels: inout [Int], _ stream: inout RandomStream) {
    let count = labels.count
    order.removeAll(keepingCapacity: true)
    for i in 0..<count { order.append(i) }
    stream.shuffle(&order)
    let (dimensions, components) = (dimensions, components)
    let values = points
    values.withUnsafeBufferPointer { values in
      // SAFETY: there is a label for each point of D numbers, and there is at least one.
      func point(_ i: Int) -> UnsafePointer<Double> { values.baseAddress! + i * dimensions }
      for k in 0..<components { densities.clear(k, as: k) }
      for i in 0..<count {
        _ = densities.logDensity(labels[i], at: point(i))
        densities.add(point(i), to: labels[i])
      }
      for i in order {
        let x = point(i)
        let old = labels[i]
        if !densities.remove(x, from: old) {
          densities.clear(old, as: old)
          for j in 0..<count where j != i && labels[j] == old {
            _ = densities.logDensity(old, at: point(j))
            densities.add(point(j), to: old)
          }
        }
        var largest = -Double.infinity
        for k in 0..<components {
          logs[k] = densities.logDensity(k, at: x)
          largest = max(largest, logs[k])
        }
        var sum = 0.0
        for k in 0..<components {
          logs[k] = exp(logs[k] - largest)
          sum += logs[k]
        }
        let isKnown = sum > 0 && sum.isFinite
        let chosen = isKnown ? stream.place(inProportionTo: logs, count: components, sum: sum) : old
        densities.add(x, to: chosen)
        labels[i] = chosen
      }
    }
  }
}
