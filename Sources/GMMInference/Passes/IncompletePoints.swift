import GMMKernels
import GMMModel

/// Some points that lack values, and the memory in which one thread evaluates them, pattern by pattern.
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
      let rows = AlignedBuffer<Double>(count: padded * shape.componentCount),
      let scales = AlignedBuffer<Double>(count: padded),
      let table = AlignedBuffer<Double>(count: PatternTable.size(shape)),
      let full = AlignedBuffer<Double>(count: Parameters.tableSize(shape)),
      let work = AlignedBuffer<Double>(count: CompletedMoments.workSize(shape.dimensionCount))
    else { return nil }
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

  /// Adds the responsibilities at the points to K rows.
  func addResponsibilities(table full: UnsafeMutablePointer<Double>, rows target: UnsafeMutablePointer<Double>) {
    forEachGroup(full, rows: target) { kernels, x, count, table in
      kernels.addResponsibilities(x, count, table: table, scratch: scratch.base, rows: rows.base)
    }
  }

  /// Adds the components' densities at the points to K rows on a moving scale.
  func addDensities(
    table full: UnsafeMutablePointer<Double>, logScale: UnsafeMutablePointer<Double>,
    rows target: UnsafeMutablePointer<Double>
  ) {
    forEachGroup(full, rows: target, logScale: logScale) { kernels, x, count, table in
      kernels.addDensities(
        x, count, table: table, scratch: scratch.base, logScale: scales.base, rows: rows.base)
    }
  }

  /// Writes the components' log shares at the points to K rows.
  func writeLogShares(table full: UnsafeMutablePointer<Double>, rows target: UnsafeMutablePointer<Double>) {
    forEachGroup(full, rows: target) { kernels, x, count, table in
      kernels.writeLogShares(x, count, table: table, scratch: scratch.base, rows: rows.base)
    }
  }

  /// The chosen points of one pattern, and a mixture as they see it.
  struct Group {
    let table: PatternTable
    /// The places of the points among those that were chosen.
    let places: [Int]
    /// The coordinates that the points have, in groups of eight.
    let x: UnsafePointer<Double>
    /// The log shares of the components, K rows of the points rounded up to a multiple of 8.
    let logShares: UnsafePointer<Double>
    let stride: Int

    /// Writes the expectations of the missing coordinates of a point under component `k`.
    func writeMeans(_ k: Int, point: Int, _ full: MultivariateTable, into target: UnsafeMutablePointer<Double>) {
      let (has, lacks) = (table.pattern.observed, table.pattern.missing)
      let center = full.center(of: k)
      for (i, d) in lacks.enumerated() {
        var mean = center[d]
        if table.shape.hasMatrices {
          for (j, e) in has.enumerated() {
            let value = x[(point / laneCount * has.count + j) * laneCount + point % laneCount]
            mean += table.regression(k)[i * table.observedCount + j] * (value - center[e])
          }
        }
        target[i] = mean
      }
    }
  }

  /// Calls `body` for each group of points that lack something, with a mixture as they see it, and in all coordinates.
  func forEachGroup(_ full: UnsafeMutablePointer<Double>, _ body: (Group, MultivariateTable) -> Void) {
    takeTable(full)
    for group in groups where !patterns.patterns[group.pattern].missing.isEmpty {
      let pattern = patterns.patterns[group.pattern]
      let size = group.rows.count
      data.gather(size, pattern.observed, into: points.base, row: { group.rows[$0] })
      let table = fill(group.pattern)
      build[pattern].writeLogShares(
        UnsafePointer(points.base), size, table: table.table.memory, scratch: scratch.base, rows: rows.base)
      body(
        Group(
          table: table, places: group.places, x: UnsafePointer(points.base), logShares: UnsafePointer(rows.base),
          stride: (size + laneCount - 1) / laneCount * laneCount),
        fullTable)
    }
  }

  private var fullTable: MultivariateTable {
    let shape = kernels.shape
    return MultivariateTable(
      count: shape.componentCount, dimensions: shape.dimensionCount, form: shape.factorForm, memory: full.base)
  }

  private func takeTable(_ memory: UnsafeMutablePointer<Double>) {
    let shape = kernels.shape
    if shape.dimensionCount == 1 {
      fullTable.assign(ComponentTable(count: shape.componentCount, memory: memory))
    } else {
      full.base.update(from: memory, count: full.count)
    }
  }

  private func fill(_ pattern: Int) -> PatternTable {
    let shape = kernels.shape
    let result = PatternTable(shape, patterns.patterns[pattern], memory: table.base)
    result.fill(from: fullTable, work: work.base)
    return result
  }

  private func forEachGroup(
    _ full: UnsafeMutablePointer<Double>, rows target: UnsafeMutablePointer<Double>,
    logScale: UnsafeMutablePointer<Double>? = nil,
    _ body: (MixtureKernels, UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    takeTable(full)
    let stride = (count + laneCount - 1) / laneCount * laneCount
    for group in groups {
      let pattern = patterns.patterns[group.pattern]
      let size = group.rows.count
      let padded = (size + laneCount - 1) / laneCount * laneCount
      data.gather(size, pattern.observed, into: points.base, row: { group.rows[$0] })
      for k in 0..<kernels.shape.componentCount {
        for place in 0..<padded {
          rows.base[k * padded + place] = place < size ? target[k * stride + group.places[place]] : 0
        }
      }
      for place in 0..<padded {
        scales.base[place] = place < size ? logScale?[group.places[place]] ?? emptyLogScale : emptyLogScale
      }
      body(build[pattern], UnsafePointer(points.base), size, fill(group.pattern).table.memory)
      for (place, point) in group.places.enumerated() {
        for k in 0..<kernels.shape.componentCount { target[k * stride + point] = rows.base[k * padded + place] }
        logScale?[point] = scales.base[place]
      }
    }
  }
}
