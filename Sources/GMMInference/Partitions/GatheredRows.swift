import GMMKernels
import GMMModel

/// Some rows of a data set, copied into groups of eight, and what the kernels say of them under a few draws.
final class GatheredRows {
  /// The length of a row of results.
  let capacity: Int
  private let points: AlignedBuffer<Double>
  private let scratch: AlignedBuffer<Double>
  private let table: AlignedBuffer<Double>
  private let kernels: MixtureKernels
  private let data: DataSet
  private let incomplete: IncompletePoints?
  private let scales: AlignedBuffer<Double>
  /// The results: a row of each density for each draw, ``capacity`` numbers each.
  let results: AlignedBuffer<Double>
  /// The number of rows, rounded up to whole groups.
  private(set) var padded = 0

  /// - Parameters:
  ///   - draws: the largest number of draws at a time.
  ///   - capacity: the length of a row of results, a multiple of 8.
  ///   - most: the number of rows that are gathered at most, no more than `capacity`.
  init?(_ data: DataSet, _ kernels: MixtureKernels, draws: Int, capacity: Int, most: Int) {
    let shape = kernels.shape
    let groups = (most + laneCount - 1) / laneCount * laneCount
    let size = groups.multipliedReportingOverflow(by: shape.dimensionCount)
    guard !size.overflow, let points = AlignedBuffer<Double>(count: size.partialValue),
      let scratch = AlignedBuffer<Double>(count: kernels.scratchSize),
      let table = AlignedBuffer<Double>(count: Parameters.tableSize(shape)),
      let scales = AlignedBuffer<Double>(count: capacity),
      let results = AlignedBuffer<Double>(count: draws * shape.densityCount * capacity)
    else { return nil }
    if let patterns = data.patterns {
      guard let points = IncompletePoints(data, patterns, kernels, capacity: groups) else { return nil }
      incomplete = points
    } else {
      incomplete = nil
    }
    (self.points, self.scratch, self.table, self.kernels, self.data) = (points, scratch, table, kernels, data)
    (self.capacity, self.scales, self.results) = (capacity, scales, results)
  }

  /// Copies the rows `indices` of the data set.
  func gather(_ indices: some Collection<Int>) {
    incomplete?.choose(indices)
    let dimensions = data.dimensionCount
    padded = (indices.count + laneCount - 1) / laneCount * laneCount
    points.elements[0..<padded * dimensions].update(repeating: 0)
    for (place, index) in indices.enumerated() {
      let source = data.base + (index / laneCount * dimensions * laneCount + index % laneCount)
      let target = points.base + (place / laneCount * dimensions * laneCount + place % laneCount)
      for d in 0..<dimensions { target[d * laneCount] = source[d * laneCount] }
    }
  }

  private var evaluated: EvaluatedPoints {
    EvaluatedPoints(
      kernels: kernels, x: points.base, count: padded, incomplete: incomplete, scratch: scratch.base)
  }

  /// Sets all results to 0.
  func clear() { results.elements.update(repeating: 0) }

  /// Adds the responsibilities of the gathered rows under a draw to the results.
  ///
  /// - Parameter place: the place of the draw among those at a time.
  func addResponsibilities(_ posterior: Posterior, draw: Int, place: Int) {
    posterior.fillTable(table.base, value: draw)
    let densities = kernels.shape.densityCount
    let rows = results.base + place * densities * capacity
    evaluated.addResponsibilities(table: table.base, rows: rows)
    guard padded < capacity else { return }
    // The kernel's rows follow each other without a gap.
    for k in (1..<max(densities, 1)).reversed() {
      memmove(rows + k * capacity, rows + k * padded, padded * MemoryLayout<Double>.stride)
    }
  }

  /// Writes the log density of the first `count` rows under a draw.
  func writeLogDensities(_ posterior: Posterior, draw: Int, count: Int, into output: UnsafeMutablePointer<Double>) {
    posterior.fillTable(table.base, value: draw)
    clear()
    scales.elements.update(repeating: emptyLogScale)
    evaluated.addDensities(table: table.base, logScale: scales.base, rows: results.base)
    for i in 0..<count {
      var total = 0.0
      for k in 0..<kernels.shape.densityCount { total += results.base[k * padded + i] }
      output[i] = log(total) + scales.base[i]
    }
  }
}
