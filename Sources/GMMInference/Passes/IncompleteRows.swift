import GMMKernels
import GMMModel

/// The memory in which threads evaluate rows that lack values, block by block and pattern by pattern.
///
/// The kernels work on the coordinates that the rows of a pattern have, as if there were no others, and
/// ``CompletedMoments`` adds the others to the sums.
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

    init?(_ kernels: MixtureKernels, rows: Int, scratchSize: Int) {
      let shape = kernels.shape
      guard let points = AlignedBuffer<Double>(count: (rows + laneCount) * shape.dimensionCount),
        let weights = AlignedBuffer<Double>(count: rows, padding: laneCount),
        let labels = AlignedBuffer<UInt8>(count: rows, padding: laneCount),
        let sums = AlignedBuffer<Double>(count: SufficientStatistics.momentCount(shape)),
        let scratch = AlignedBuffer<Double>(count: scratchSize),
        let table = AlignedBuffer<Double>(count: PatternTable.size(shape)),
        let work = AlignedBuffer<Double>(count: CompletedMoments.workSize(shape.dimensionCount))
      else { return nil }
      (self.points, self.weights, self.labels, self.sums) = (points, weights, labels, sums)
      (self.scratch, self.table, self.work) = (scratch, table, work)
    }
  }

  /// Returns `nil` for rows that lack nothing.
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
    var all: [Worker] = []
    for _ in 0..<workers {
      guard let worker = Worker(kernels, rows: min(blockSize, data.count), scratchSize: scratch) else {
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
  }

  /// Returns the memory of one thread, with `nil` for rows that lack nothing.
  static func ifNeeded(_ data: DataSet, _ kernels: MixtureKernels) throws(ModelError) -> (rows: IncompleteRows?, Void) {
    (try IncompleteRows(data, kernels, workers: 1, isShared: false), ())
  }

  /// Prepares a pass with the mixture of a table.
  ///
  /// - Parameter isLine: whether the table is for the kernels of one dimension.
  func prepare(_ table: UnsafeMutablePointer<Double>, isLine: Bool = false) {
    if isLine {
      fullTable.assign(ComponentTable(count: kernels.shape.componentCount, memory: table))
    } else {
      full.base.update(from: table, count: Parameters.tableSize(kernels.shape))
    }
    guard let tables else { return }
    for (number, pattern) in patterns.patterns.enumerated() {
      let table = PatternTable(kernels.shape, pattern, memory: tables.base + number * tableSize)
      table.fill(from: fullTable, work: workers[0].work.base)
      edit?(table)
    }
  }

  private var fullTable: MultivariateTable {
    MultivariateTable(
      count: kernels.shape.componentCount, dimensions: kernels.shape.dimensionCount, form: kernels.shape.factorForm,
      memory: full.base)
  }

  /// Draws the assignments of a block, and the sums of its complete rows given them.
  ///
  /// - Parameters:
  ///   - key: the stream of the block.
  ///   - labels: receives the component of each row, that of a row without values too; `nil` drops them.
  /// - Returns: the log likelihood of the values that the rows have.
  func assignments(_ block: BlockWorkspace.Block, _ key: StreamKey, labels: UnsafeMutablePointer<UInt8>?) -> Double {
    forEachGroup(of: block) { group, number, kernels, worker in
      let own = key.at(iteration: UInt64(number))
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
    forEachGroup(of: block) { group, _, kernels, worker in
      let logLikelihood = kernels.expectations(
        group.x, group.count, table: group.table.table.memory, weights: group.weights, scratch: worker.scratch.base,
        sums: worker.sums.base)
      return (logLikelihood, nil)
    }
  }

  /// The rows of one pattern in a block, laid out for the kernels.
  private struct GatheredGroup {
    let table: PatternTable
    let rows: UnsafePointer<UInt16>
    let count: Int
    let x: UnsafePointer<Double>
    let weights: UnsafePointer<Double>?
  }

  /// Calls `evaluate` for each group of a block and adds the sums that it leaves with the worker.
  ///
  /// - Parameter evaluate: receives the group and its number in the block. It returns the log likelihood, and the stream
  ///   that draws the missing values; `nil` for their expectations.
  @inline(__always)
  private func forEachGroup(
    of block: BlockWorkspace.Block,
    _ evaluate: (GatheredGroup, Int, MixtureKernels, Worker) -> (logLikelihood: Double, stream: RandomStream?)
  ) -> Double {
    let shape = kernels.shape
    let worker = workers[block.worker]
    let sums = MultivariateSums(
      count: shape.componentCount, dimensions: shape.dimensionCount, form: shape.factorForm, memory: block.moments)
    block.moments.update(repeating: 0, count: SufficientStatistics.momentCount(shape))
    var logLikelihood = 0.0
    let completion = CompletedMoments(shape.dimensionCount, memory: worker.work.base)
    for (number, group) in patterns.groups(ofBlock: block.index).enumerated() {
      let pattern = patterns.patterns[group.pattern]
      let table = table(group.pattern, worker)
      let kernels = build[pattern]
      gather(group, pattern, block, worker)
      let result = evaluate(
        GatheredGroup(
          table: table, rows: patterns.rows(of: group), count: group.count, x: UnsafePointer(worker.points.base),
          weights: block.weights == nil ? nil : UnsafePointer(worker.weights.base)),
        number, kernels, worker)
      // Rows without values count for nothing.
      guard !pattern.observed.isEmpty else { continue }
      logLikelihood += result.logLikelihood
      let observed = MultivariateSums(
        count: shape.componentCount, dimensions: table.observedCount, form: shape.factorForm, memory: worker.sums.base)
      var stream = result.stream
      for k in 0..<shape.componentCount { completion.add(k, observed, table, to: sums, &stream) }
    }
    return logLikelihood
  }

  private func table(_ number: Int, _ worker: Worker) -> PatternTable {
    let pattern = patterns.patterns[number]
    if let tables { return PatternTable(kernels.shape, pattern, memory: tables.base + number * tableSize) }
    let table = PatternTable(kernels.shape, pattern, memory: worker.table.base)
    table.fill(from: fullTable, work: worker.work.base)
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

  init(_ kernels: MixtureKernels, _ patterns: RowPatterns) {
    byCount = [MixtureKernels?](repeating: nil, count: kernels.shape.dimensionCount + 1)
    for pattern in patterns.patterns where byCount[max(1, pattern.observed.count)] == nil {
      byCount[max(1, pattern.observed.count)] = MixtureKernels(kernels, dimensions: max(1, pattern.observed.count))
    }
  }

  /// The kernels for the coordinates of a pattern; one coordinate of no effect if it has none.
  subscript(pattern: RowPatterns.Pattern) -> MixtureKernels {
    guard let kernels = byCount[max(1, pattern.observed.count)] else { preconditionFailure("a pattern of the data") }
    return kernels
  }

  var scratchSize: Int { byCount.reduce(0) { max($0, $1?.scratchSize ?? 0) } }
  var largestScratchSize: Int { byCount.reduce(0) { max($0, $1?.largestScratchSize ?? 0) } }
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
