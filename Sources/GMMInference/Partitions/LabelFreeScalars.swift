import GMMKernels
import GMMModel

/// Scalars of each draw that mean the same whatever the numbers of the components.
///
/// They are, in this order: the log posterior; the sum of the squared weights, which is the probability that two new
/// rows share a component; the weights by decreasing size; and the log density of the mixture at up to five rows of the
/// data.
public struct LabelFreeScalars: Sendable, Equatable {
  /// The names: `log_posterior`, `sum_squared_weights`, `sorted_weights[0]`, ..., `log_density[0]`, ....
  public let names: [String]
  public let chainCount: Int
  public let drawCount: Int
  /// (chains, draws, names), row after row.
  public let values: [Double]
}

extension Posterior {
  /// The probabilities of the quantiles at which the log density is taken.
  private static let densityQuantiles = [0.05, 0.25, 0.5, 0.75, 0.95]

  /// The number of scalars of a draw that need no labels.
  package var labelFreeCount: Int { 2 + layout.componentCount + Self.densityQuantiles.count }

  /// Their names, as in ``LabelFreeScalars``.
  package var labelFreeNames: [String] {
    ["log_posterior", "sum_squared_weights"] + (0..<layout.componentCount).map { "sorted_weights[\($0)]" }
      + Self.densityQuantiles.indices.map { "log_density[\($0)]" }
  }

  /// Returns the rows at which the log density is taken: those that hold the quantiles .05, .25, .5, .75 and .95 of the
  /// first coordinate. Rows count with their weights, and the quantile is the smallest value that reaches the
  /// probability. Of equal values the first rows are the smaller ones.
  ///
  /// - Complexity: O(N), because the rows are divided about a pivot again and again (Hoare 1961).
  package func labelFreeRows(_ monitor: RunMonitor) throws(ModelError) -> [Int] {
    let weights = data.weights
    func isBefore(_ i: Int, _ j: Int) -> Bool {
      let (x, y) = (data.filled(i, 0), data.filled(j, 0))
      return x != y ? x < y : i < j
    }
    let all = (0..<data.count).filter { (weights?[$0] ?? 1) > 0 }
    var result: [Int] = []
    for probability in Self.densityQuantiles {
      // The row is among `rows`; those before them have the weight `below`.
      var (rows, below) = (all, 0.0)
      while true {
        let pivot = rows[rows.count / 2]
        var (smaller, larger, weight) = ([Int](), [Int](), 0.0)
        for (place, row) in rows.enumerated() where row != pivot {
          if place % 16_384 == 0 { try monitor.check() }
          if isBefore(row, pivot) {
            smaller.append(row)
            weight += weights?[row] ?? 1
          } else {
            larger.append(row)
          }
        }
        let target = probability * data.totalWeight
        if below + weight >= target, !smaller.isEmpty {
          rows = smaller
        } else if below + weight + (weights?[pivot] ?? 1) >= target || larger.isEmpty {
          result.append(pivot)
          break
        } else {
          below += weight + (weights?[pivot] ?? 1)
          rows = larger
        }
      }
    }
    return result
  }

  /// Returns the scalars of each draw that need no labels.
  ///
  /// - Throws: ``ModelError`` for prior draws, if there is not enough memory, and when the caller cancels.
  public func labelFreeScalars(_ control: RunControl = RunControl()) throws(ModelError) -> LabelFreeScalars {
    try requireData()
    let values: [Double] = try makeArray([chainCount, drawCount, labelFreeCount], "scalars of draws") {
      (output) throws(ModelError) in
      try labelFreeScalars(into: output, control)
    }
    return LabelFreeScalars(names: labelFreeNames, chainCount: chainCount, drawCount: drawCount, values: values)
  }

  /// Writes the scalars of each draw that need no labels.
  ///
  /// - Parameter output: chains x draws x ``labelFreeCount``, row-major. It is partly written when the caller cancels.
  /// - Complexity: O(N + draws K) time.
  package func labelFreeScalars(
    into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try requireData()
    let drawsAtOnce = 256
    var need = MemoryNeed()
    need.add(data.count, 48)
    try need.require(for: "the order of \(data.count) rows")
    let monitor = RunMonitor(control)
    defer { monitor.finish() }
    let rows = try labelFreeRows(monitor)
    let kernels = kernels(control.build.kernels)
    let target = SharedOutput(output)
    let cost = 5e-3 * Double(laneCount * shape.componentCount) * Double(1 + shape.squareCount / 4)
    try BlockTeam.run(
      blocks: (valueCount + drawsAtOnce - 1) / drawsAtOnce, costPerBlock: cost * Double(drawsAtOnce), control, monitor,
      makeWorkspace: { LabelFreeWorkspace(self, kernels, rows) },
      body: { [self] block, workspace, monitor in
        for value in block * drawsAtOnce..<min(valueCount, (block + 1) * drawsAtOnce) {
          if monitor.shouldStop { return }
          workspace.write(value, into: target.base + value * labelFreeCount)
        }
      })
  }
}

/// The workspace with which one thread takes the scalars of draws.
private final class LabelFreeWorkspace {
  private let posterior: Posterior
  private let kernels: MixtureKernels
  private let rows: GatheredRows
  private let pointCount: Int
  private var weights: [Double]

  init?(_ posterior: Posterior, _ kernels: MixtureKernels, _ points: [Int]) {
    guard let rows = GatheredRows(posterior.data, kernels, draws: 1, capacity: laneCount, most: points.count) else {
      return nil
    }
    rows.gather(points)
    (self.posterior, self.kernels, self.rows, pointCount) = (posterior, kernels, rows, points.count)
    weights = [Double](repeating: 0, count: kernels.shape.componentCount)
  }

  func write(_ value: Int, into output: UnsafeMutablePointer<Double>) {
    let row = posterior.rowMemory(chain: value / posterior.drawCount, draw: value % posterior.drawCount)
    output[0] = row[posterior.layout.logPosterior]
    var sum = 0.0
    for k in weights.indices {
      weights[k] = posterior.layout.weight(k, of: row)
      sum += weights[k] * weights[k]
    }
    output[1] = sum
    weights.sort(by: >)
    for k in weights.indices { output[2 + k] = weights[k] }
    rows.writeLogDensities(posterior, draw: value, count: pointCount, into: output + 2 + weights.count)
  }
}
