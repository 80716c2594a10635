import GMMKernels
import GMMModel

/// Some points that are not all complete and exact, and the memory in which one thread evaluates them: pattern by pattern,
/// or one by one where that is not enough.
final class IncompletePoints {
  private let data: DataSet
  private let patterns: RowPatterns
  private let kernels: MixtureKernels
  private let build: PatternKernels
  private let points: AlignedBuffer<Double>
  private let scratch: AlignedBuffer<Double>
  private let rows: AlignedBuffer<Double>
  private let scales: AlignedBuffer<Double>
  private let table: AlignedBuffer<Double>
  private let full: AlignedBuffer<Double>
  private let work: AlignedBuffer<Double>
  private let shares: AlignedBuffer<Double>
  private let components: UncertainComponents
  private var row: UncertainRow
  /// The points of each pattern: their numbers in the data, and their places among the gathered points.
  private var groups: [(pattern: Int, rows: [Int], places: [Int])] = []
  private var count = 0

  /// Returns `nil` if memory runs out.
  ///
  /// - Parameter capacity: the largest number of points at a time.
  init?(_ data: DataSet, _ patterns: RowPatterns, _ kernels: MixtureKernels, capacity: Int) {
    let shape = kernels.shape
    let build = PatternKernels(kernels, patterns)
    let padded = capacity + laneCount
    guard let points = AlignedBuffer<Double>(count: padded * shape.dimensionCount),
      let scratch = AlignedBuffer<Double>(count: build.scratchSize),
      let rows = AlignedBuffer<Double>(count: padded * shape.densityCount),
      let scales = AlignedBuffer<Double>(count: padded),
      let table = AlignedBuffer<Double>(count: PatternTable.size(shape)),
      let full = AlignedBuffer<Double>(count: Parameters.tableSize(shape)),
      let work = AlignedBuffer<Double>(count: CompletedMoments.workSize(shape.dimensionCount)),
      let shares = AlignedBuffer<Double>(count: RowShares.size(shape.densityCount)),
      let components = try? UncertainComponents(shape, data),
      let row = UncertainRow(dimensions: shape.dimensionCount, isDiagonal: components.areDiagonal)
    else { return nil }
    (self.shares, self.row, self.components) = (shares, row, components)
    (self.data, self.patterns, self.kernels, self.build) = (data, patterns, kernels, build)
    (self.points, self.scratch, self.rows, self.scales) = (points, scratch, rows, scales)
    (self.table, self.full, self.work) = (table, full, work)
  }

  /// Chooses the points that the next evaluations are of.
  func choose(_ indices: some Collection<Int>) {
    count = indices.count
    var places: [Int: Int] = [:]
    groups = []
    for (place, row) in indices.enumerated() {
      let number = patterns.number(of: row)
      if let group = places[number] {
        groups[group].rows.append(row)
        groups[group].places.append(place)
      } else {
        places[number] = groups.count
        groups.append((number, [row], [place]))
      }
    }
  }

  /// What is done with the log shares of points.
  private enum Use {
    case responsibilities
    case densities(logScale: UnsafeMutablePointer<Double>)
    case logShares

    /// Whether the log shares of components matter that have no part in any digit of the others.
    var keepsAll: Bool { if case .logShares = self { true } else { false } }
  }

  /// Adds the responsibilities at the points to K rows.
  func addResponsibilities(table full: UnsafeMutablePointer<Double>, rows target: UnsafeMutablePointer<Double>) {
    forEachGroup(full, rows: target, .responsibilities) { kernels, x, count, table in
      kernels.addResponsibilities(x, count, table: table, scratch: scratch.base, rows: rows.base)
    }
  }

  /// Adds the components' densities at the points to K rows on a moving scale.
  func addDensities(
    table full: UnsafeMutablePointer<Double>, logScale: UnsafeMutablePointer<Double>,
    rows target: UnsafeMutablePointer<Double>
  ) {
    forEachGroup(full, rows: target, .densities(logScale: logScale)) { kernels, x, count, table in
      kernels.addDensities(
        x, count, table: table, scratch: scratch.base, logScale: scales.base, rows: rows.base)
    }
  }

  /// Writes the components' log shares at the points to K rows.
  func writeLogShares(table full: UnsafeMutablePointer<Double>, rows target: UnsafeMutablePointer<Double>) {
    forEachGroup(full, rows: target, .logShares) { kernels, x, count, table in
      kernels.writeLogShares(x, count, table: table, scratch: scratch.base, rows: rows.base)
    }
  }

  /// A point under a value of the mixture.
  struct Point {
    /// The place among the points that were chosen, and the number in the data.
    let place: Int
    let index: Int
    let shares: RowShares
  }

  /// Calls `body` for each chosen point that is not complete and exact.
  func forEachPoint(
    _ full: UnsafeMutablePointer<Double>, _ body: (Point, UncertainComponents, inout UncertainRow) -> Void
  ) {
    takeTable(full)
    components.fill(fullTable)
    for group in groups {
      let pattern = patterns.patterns[group.pattern]
      guard !pattern.missing.isEmpty || !pattern.isExact else { continue }
      row.take(pattern)
      for (index, place) in zip(group.rows, group.places) {
        let shares = row.shares(data, index, pattern, components, kernels.box, into: shares.base)
        body(Point(place: place, index: index, shares: shares), components, &row)
      }
    }
  }

  private var fullTable: MultivariateTable {
    let shape = kernels.shape
    return MultivariateTable(
      count: shape.densityCount, dimensions: shape.dimensionCount, form: shape.factorForm, memory: full.base)
  }

  private func takeTable(_ memory: UnsafeMutablePointer<Double>) {
    let shape = kernels.shape
    if shape.dimensionCount == 1 {
      fullTable.assign(ComponentTable(count: shape.densityCount, memory: memory))
    } else {
      full.base.update(from: memory, count: full.count)
    }
  }

  private func fill(_ pattern: Int) -> PatternTable {
    let result = PatternTable(kernels.shape, patterns.patterns[pattern], memory: table.base)
    result.fill(from: fullTable, work: work.base, kernels.box)
    return result
  }

  private func forEachGroup(
    _ full: UnsafeMutablePointer<Double>, rows target: UnsafeMutablePointer<Double>, _ use: Use,
    _ body: (MixtureKernels, UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    takeTable(full)
    var isFilled = false
    let stride = (count + laneCount - 1) / laneCount * laneCount
    var logScale: UnsafeMutablePointer<Double>?
    if case .densities(let scale) = use { logScale = scale }
    for group in groups {
      let pattern = patterns.patterns[group.pattern]
      guard pattern.isExact, pattern.label < 0, data.details?.logShares == nil else {
        if !isFilled { components.fill(fullTable) }
        isFilled = true
        row.take(pattern)
        for (index, place) in zip(group.rows, group.places) {
          let shares = row.shares(
            data, index, pattern, components, kernels.box, keepsAll: use.keepsAll, into: shares.base)
          apply(use, of: shares, to: target, stride, place)
        }
        continue
      }
      let size = group.rows.count
      let padded = (size + laneCount - 1) / laneCount * laneCount
      data.gather(size, pattern.observed, into: points.base, row: { group.rows[$0] })
      for k in 0..<kernels.shape.densityCount {
        for place in 0..<padded {
          rows.base[k * padded + place] = place < size ? target[k * stride + group.places[place]] : 0
        }
      }
      for place in 0..<padded {
        scales.base[place] = place < size ? logScale?[group.places[place]] ?? emptyLogScale : emptyLogScale
      }
      body(build[pattern], UnsafePointer(points.base), size, fill(group.pattern).table.memory)
      for (place, point) in group.places.enumerated() {
        for k in 0..<kernels.shape.densityCount { target[k * stride + point] = rows.base[k * padded + place] }
        logScale?[point] = scales.base[place]
      }
    }
  }

  /// Uses the shares of one point, as the kernels use those of many.
  private func apply(
    _ use: Use, of shares: RowShares, to target: UnsafeMutablePointer<Double>, _ stride: Int, _ place: Int
  ) {
    let components = 0..<kernels.shape.densityCount
    let target = target + place
    switch use {
    case .logShares: for k in components { target[k * stride] = max(shares.logShare(k), -1e306) }
    case .responsibilities: for k in components { target[k * stride] += shares[k] }
    case .densities(let logScale):
      let scale = max(logScale[place], shares.logTotal)
      let factor = exp(logScale[place] - scale)
      for k in components { target[k * stride] = target[k * stride] * factor + exp(shares.logShare(k) - scale) }
      logScale[place] = scale
    }
  }
}
