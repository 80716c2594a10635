import GMMKernels
import GMMModel

/// The memory in which threads evaluate rows that are not all complete and exact, block by block and pattern by pattern.
///
/// The kernels work on the coordinates that the rows of a pattern have, as if there were no others, and
/// ``CompletedMoments`` adds the others to the sums. Rows with errors, intervals or soft labels are taken one by one, as
/// ``UncertainRow``.
final class IncompleteRows: @unchecked Sendable {
  private let data: DataSet
  private let patterns: RowPatterns
  private let kernels: MixtureKernels
  private let build: PatternKernels
  /// The tables of all patterns, if there is room for them; otherwise each worker makes a table when it needs one.
  private let tables: AlignedBuffer<Double>?
  private let tableSize: Int
  private let workers: [Worker]
  /// The mixture of the pass, in all coordinates.
  private let full: AlignedBuffer<Double>
  /// The covariances and factors of the pass, where rows are not exact.
  private let uncertain: UncertainComponents?

  /// Changes the tables of patterns, to plant errors; `nil` outside of tests. It wants data with room for all tables.
  var edit: (@Sendable (PatternTable) -> Void)?

  /// The largest number of doubles of the tables of all patterns.
  private static let room = 1 << 22

  /// The memory of one worker.
  private final class Worker {
    let points: AlignedBuffer<Double>
    let weights: AlignedBuffer<Double>
    let labels: AlignedBuffer<UInt8>
    let sums: AlignedBuffer<Double>
    let scratch: AlignedBuffer<Double>
    let table: AlignedBuffer<Double>
    let work: AlignedBuffer<Double>
    /// The table of a single component, for rows whose component is known.
    let single: AlignedBuffer<Double>
    var row: UncertainRow?
    let shares: AlignedBuffer<Double>

    init?(_ kernels: MixtureKernels, rows: Int, scratchSize: Int, _ uncertain: UncertainComponents?) {
      let shape = kernels.shape
      guard let points = AlignedBuffer<Double>(count: (rows + laneCount) * shape.dimensionCount),
        let weights = AlignedBuffer<Double>(count: rows, padding: laneCount),
        let labels = AlignedBuffer<UInt8>(count: rows, padding: laneCount),
        let sums = AlignedBuffer<Double>(count: SufficientStatistics.momentCount(shape)),
        let scratch = AlignedBuffer<Double>(count: scratchSize),
        let table = AlignedBuffer<Double>(count: PatternTable.size(shape)),
        let work = AlignedBuffer<Double>(count: CompletedMoments.workSize(shape.dimensionCount)),
        let single = AlignedBuffer<Double>(count: Parameters.tableSize(shape)),
        let shares = AlignedBuffer<Double>(count: RowShares.size(shape.densityCount))
      else { return nil }
      (self.single, self.shares) = (single, shares)
      if let uncertain {
        guard let row = UncertainRow(dimensions: shape.dimensionCount, isDiagonal: uncertain.areDiagonal) else {
          return nil
        }
        self.row = row
      }
      (self.points, self.weights, self.labels, self.sums) = (points, weights, labels, sums)
      (self.scratch, self.table, self.work) = (scratch, table, work)
    }
  }

  /// Returns `nil` for complete and exact rows without labels.
  ///
  /// - Parameters:
  ///   - isShared: whether evaluations for fewer components will share the memory.
  ///   - workers: the number of threads that may work on a pass.
  init?(_ data: DataSet, _ kernels: MixtureKernels, workers: Int, isShared: Bool) throws(ModelError) {
    guard let patterns = data.patterns else { return nil }
    (self.data, self.patterns, self.kernels) = (data, patterns, kernels)
    build = PatternKernels(kernels, patterns)
    tableSize = PatternTable.size(kernels.shape)
    let size = tableSize.multipliedReportingOverflow(by: patterns.patterns.count)
    let fits = !size.overflow && size.partialValue <= Self.room
    tables = fits ? AlignedBuffer<Double>(count: size.partialValue) : nil
    let scratch = isShared ? build.largestScratchSize : build.scratchSize
    uncertain = UncertainComponents.areNeeded(data) ? try UncertainComponents(kernels.shape, data) : nil
    var all: [Worker] = []
    for _ in 0..<workers {
      guard let worker = Worker(kernels, rows: min(blockSize, data.count), scratchSize: scratch, uncertain) else {
        throw .outOfMemory("the workspace of a pass over incomplete rows")
      }
      all.append(worker)
    }
    guard let full = AlignedBuffer<Double>(count: Parameters.tableSize(kernels.shape)) else {
      throw .outOfMemory("the workspace of a pass over incomplete rows")
    }
    self.full = full
    self.workers = all
  }

  /// Creates the memory for fewer components within another one. Only one of the two is used at a time.
  init(sharing other: IncompleteRows, _ kernels: MixtureKernels) {
    (data, patterns, self.kernels) = (other.data, other.patterns, kernels)
    build = PatternKernels(kernels, other.patterns)
    (tables, tableSize, workers, full) = (other.tables, other.tableSize, other.workers, other.full)
    uncertain = other.uncertain
  }

  /// Prepares a pass with the mixture of a table.
  ///
  /// - Parameter isLine: whether the table is for the kernels of one dimension.
  func prepare(_ table: UnsafeMutablePointer<Double>, isLine: Bool = false) {
    if isLine {
      fullTable.assign(ComponentTable(count: kernels.shape.densityCount, memory: table))
    } else {
      full.base.update(from: table, count: Parameters.tableSize(kernels.shape))
    }
    uncertain?.fill(fullTable)
    guard let tables else { return }
    for (number, pattern) in patterns.patterns.enumerated() where isFast(pattern) {
      let table = PatternTable(kernels.shape, pattern, memory: tables.base + number * tableSize)
      table.fill(from: fullTable, work: workers[0].work.base, kernels.box)
      edit?(table)
    }
  }

  private var fullTable: MultivariateTable {
    MultivariateTable(
      count: kernels.shape.densityCount, dimensions: kernels.shape.dimensionCount, form: kernels.shape.factorForm,
      memory: full.base)
  }

  /// Draws the assignments of a block, and the sums of its complete rows given them.
  ///
  /// - Parameters:
  ///   - key: the stream of the block.
  ///   - labels: receives the component of each row, that of a row without values too; `nil` drops them.
  /// - Returns: the log likelihood of the values that the rows have.
  func assignments(_ block: BlockWorkspace.Block, _ key: StreamKey, labels: UnsafeMutablePointer<UInt8>?) -> Double {
    forEachGroup(of: block, key, labels) { group, number, kernels, worker in
      let own = key.at(iteration: UInt64(number))
      if group.label >= 0 {
        if let labels { for place in 0..<group.count { labels[Int(group.rows[place])] = UInt8(group.label) } }
        return (expectations(group, kernels, worker), RandomStream(own.at(iteration: 1)))
      }
      let logLikelihood = kernels.assignments(
        group.x, group.count, table: group.table.table.memory, own, scratch: worker.scratch.base,
        sums: worker.sums.base, labels: worker.labels.base, weights: group.weights)
      if let labels { for place in 0..<group.count { labels[Int(group.rows[place])] = worker.labels.base[place] } }
      return (logLikelihood, RandomStream(own.at(iteration: 1)))
    }
  }

  /// Takes the expected sums of the complete rows of a block under the responsibilities.
  ///
  /// - Returns: the log likelihood of the values that the rows have.
  func expectations(_ block: BlockWorkspace.Block) -> Double {
    forEachGroup(of: block, nil, nil) { group, _, kernels, worker in
      (expectations(group, kernels, worker), nil)
    }
  }

  private func expectations(_ group: GatheredGroup, _ kernels: MixtureKernels, _ worker: Worker) -> Double {
    guard group.label >= 0 else {
      return kernels.expectations(
        group.x, group.count, table: group.table.table.memory, weights: group.weights, scratch: worker.scratch.base,
        sums: worker.sums.base)
    }
    // A mixture of the known component alone.
    let table = group.table.table
    let single = MultivariateTable(count: 1, dimensions: table.dimensions, form: table.form, memory: worker.single.base)
    single.constants[0] = table.constants[group.label]
    single.centers.update(from: table.center(of: group.label), count: table.dimensions)
    single.factors.update(from: table.factor(of: group.label), count: table.form.size(dimensions: table.dimensions))
    return build.single(group.table.pattern).expectations(
      group.x, group.count, table: single.memory, weights: group.weights, scratch: worker.scratch.base,
      sums: worker.sums.base)
  }

  /// Whether the kernels can work on the rows of a pattern.
  private func isFast(_ pattern: RowPatterns.Pattern) -> Bool {
    pattern.isExact && (data.details?.logShares == nil || pattern.label >= 0)
  }

  /// The rows of one pattern in a block, laid out for the kernels.
  private struct GatheredGroup {
    let table: PatternTable
    let rows: UnsafePointer<UInt16>
    let count: Int
    let x: UnsafePointer<Double>
    let weights: UnsafePointer<Double>?

    var label: Int { table.pattern.label }
  }

  /// Calls `evaluate` for each group of a block and adds the sums that it leaves with the worker.
  ///
  /// - Parameter evaluate: receives the group and its number in the block. It returns the log likelihood, and the stream
  ///   that draws the missing values; `nil` for their expectations.
  @inline(__always)
  private func forEachGroup(
    of block: BlockWorkspace.Block, _ key: StreamKey?, _ labels: UnsafeMutablePointer<UInt8>?,
    _ evaluate: (GatheredGroup, Int, MixtureKernels, Worker) -> (logLikelihood: Double, stream: RandomStream?)
  ) -> Double {
    let shape = kernels.shape
    let worker = workers[block.worker]
    let sums = MultivariateSums(
      count: shape.densityCount, dimensions: shape.dimensionCount, form: shape.factorForm, memory: block.moments)
    block.moments.update(repeating: 0, count: SufficientStatistics.momentCount(shape))
    var logLikelihood = 0.0
    let completion = CompletedMoments(shape.dimensionCount, memory: worker.work.base)
    for (number, group) in patterns.groups(ofBlock: block.index).enumerated() {
      let pattern = patterns.patterns[group.pattern]
      guard isFast(pattern) else {
        var stream = key.map { RandomStream($0.at(iteration: UInt64(number))) }
        logLikelihood += addRows(of: group, pattern, block, worker, to: sums, labels, &stream)
        continue
      }
      let table = table(group.pattern, worker)
      let kernels = build[pattern]
      gather(group, pattern, block, worker)
      let result = evaluate(
        GatheredGroup(
          table: table, rows: patterns.rows(of: group), count: group.count, x: UnsafePointer(worker.points.base),
          weights: block.weights == nil ? nil : UnsafePointer(worker.weights.base)),
        number, kernels, worker)
      // Rows of which nothing is known count for nothing.
      guard !patterns.areEmpty(pattern) else { continue }
      logLikelihood += result.logLikelihood
      let observed = MultivariateSums(
        count: pattern.label < 0 ? shape.densityCount : 1, dimensions: table.observedCount, form: shape.factorForm,
        memory: worker.sums.base)
      var stream = result.stream
      if pattern.label >= 0 {
        completion.add(pattern.label, of: 0, observed, table, to: sums, &stream)
      } else {
        for k in 0..<shape.componentCount { completion.add(k, of: k, observed, table, to: sums, &stream) }
        for k in shape.componentCount..<shape.densityCount { sums.counts[k] += observed.counts[k] }
      }
    }
    return logLikelihood
  }

  /// Adds the sums of rows that are taken one by one.
  ///
  /// - Parameters:
  ///   - labels: receives the components that are drawn.
  ///   - stream: draws components and true values; `nil` for expectations.
  /// - Returns: the log likelihood of what is known of the rows.
  private func addRows(
    of group: RowPatterns.Group, _ pattern: RowPatterns.Pattern, _ block: BlockWorkspace.Block, _ worker: Worker,
    to sums: MultivariateSums, _ labels: UnsafeMutablePointer<UInt8>?, _ stream: inout RandomStream?
  ) -> Double {
    guard let uncertain, var row = worker.row.take() else { return 0 }
    defer { worker.row = row }
    row.take(pattern)
    let rows = patterns.rows(of: group)
    var logLikelihood = 0.0
    for place in 0..<group.count {
      let i = block.start + Int(rows[place])
      let weight = block.weights?[Int(rows[place])] ?? 1
      let shares = row.shares(data, i, pattern, uncertain, kernels.box, into: worker.shares.base)
      logLikelihood += weight * shares.logTotal
      guard var source = stream else {
        guard weight != 0 else { continue }
        for k in shares.choice where shares[k] > 0 {
          guard k < uncertain.count else {
            sums.counts[k] += weight * shares[k]
            continue
          }
          let component = uncertain.component(k)
          if shares.choice.count > 1 { _ = row.logDensity(data, i, component) }
          row.add(weight * shares[k], component, k, to: sums)
        }
        continue
      }
      // A row of weight n stands for n copies, each with a component and true values of its own.
      for copy in 0..<max(1, Int(weight)) {
        let chosen = shares.draw(&source)
        if copy == 0 { labels?[Int(rows[place])] = UInt8(chosen) }
        guard weight > 0 else { continue }
        guard chosen < uncertain.count else {
          sums.counts[chosen] += 1
          continue
        }
        let component = uncertain.component(chosen)
        if shares.choice.count > 1 || copy > 0 { row.prepareDraw(data, i, component) }
        row.draw(data, i, component, &source)
        sums.add(row.means, chosen)
      }
      stream = source
    }
    return logLikelihood
  }

  private func table(_ number: Int, _ worker: Worker) -> PatternTable {
    let pattern = patterns.patterns[number]
    if let tables { return PatternTable(kernels.shape, pattern, memory: tables.base + number * tableSize) }
    let table = PatternTable(kernels.shape, pattern, memory: worker.table.base)
    table.fill(from: fullTable, work: worker.work.base, kernels.box)
    return table
  }

  /// Copies what the rows of a group have into the memory of a worker.
  private func gather(
    _ group: RowPatterns.Group, _ pattern: RowPatterns.Pattern, _ block: BlockWorkspace.Block, _ worker: Worker
  ) {
    let rows = patterns.rows(of: group)
    data.gather(
      group.count, pattern.observed, into: worker.points.base, row: { block.start + Int(rows[$0]) })
    guard let weights = block.weights else { return }
    for place in 0..<group.count { worker.weights.base[place] = weights[Int(rows[place])] }
    for place in group.count..<(group.count + laneCount - 1) / laneCount * laneCount { worker.weights.base[place] = 0 }
  }
}

/// The kernels for the numbers of coordinates that the rows of patterns have.
struct PatternKernels: Sendable {
  private var byCount: [MixtureKernels?]
  /// The same for rows whose component is known.
  private var ofOne: [MixtureKernels?]

  init(_ kernels: MixtureKernels, _ patterns: RowPatterns) {
    byCount = [MixtureKernels?](repeating: nil, count: kernels.shape.dimensionCount + 1)
    ofOne = byCount
    for pattern in patterns.patterns {
      let count = max(1, pattern.observed.count)
      if byCount[count] == nil { byCount[count] = MixtureKernels(kernels, dimensions: count) }
      if pattern.label >= 0, ofOne[count] == nil {
        ofOne[count] = byCount[count].map { MixtureKernels(ofOneComponent: $0) }
      }
    }
  }

  /// The kernels for the coordinates of a pattern; one coordinate of no effect if it has none.
  subscript(pattern: RowPatterns.Pattern) -> MixtureKernels {
    guard let kernels = byCount[max(1, pattern.observed.count)] else { preconditionFailure("a pattern of the data") }
    return kernels
  }

  /// The kernels for rows whose component is known: those of a single component.
  func single(_ pattern: RowPatterns.Pattern) -> MixtureKernels {
    guard let kernels = ofOne[max(1, pattern.observed.count)] else { preconditionFailure("a pattern with a label") }
    return kernels
  }

  var scratchSize: Int { (byCount + ofOne).reduce(0) { max($0, $1?.scratchSize ?? 0) } }
  var largestScratchSize: Int { byCount.reduce(scratchSize) { max($0, $1?.largestScratchSize ?? 0) } }
}

extension DataSet {
  /// Copies some coordinates of rows, in groups of eight as the kernels take them.
  ///
  /// - Parameters:
  ///   - columns: the coordinates; a column of zeros if there are none.
  ///   - target: room for `count` rows, rounded up to a multiple of 8.
  @inline(__always)
  func gather(
    _ count: Int, _ columns: [Int], into target: UnsafeMutablePointer<Double>, row: (Int) -> Int
  ) {
    let padded = (count + laneCount - 1) / laneCount * laneCount
    guard !columns.isEmpty else { return target.update(repeating: 0, count: padded) }
    let (width, dimensions) = (columns.count, dimensionCount)
    columns.withUnsafeBufferPointer { columns in
      for first in stride(from: 0, to: count, by: laneCount) {
        let lanes = min(laneCount, count - first)
        var places = SIMD8<Int>.zero
        for lane in 0..<lanes {
          let i = row(first + lane)
          places[lane] = i / laneCount * dimensions * laneCount + i % laneCount
        }
        let to = target + first * width
        for c in 0..<width {
          let (from, group) = (base + columns[c] * laneCount, to + c * laneCount)
          for lane in 0..<lanes { group[lane] = from[places[lane]] }
          for lane in lanes..<laneCount { group[lane] = 0 }
        }
      }
    }
  }
}
