import GMMKernels
import GMMModel

extension Posterior {
  /// Returns log p(x | parameters) of some observations under every draw, with the assignments summed out.
  ///
  /// A sample weight w multiplies an observation's term of the log likelihood. The numbers here are without it, so the
  /// log likelihood of a draw is the sum over observations of w log p(x).
  ///
  /// - Parameter rows: the numbers of the observations; `nil` for all.
  /// - Returns: chains x draws x rows, row after row.
  /// - Throws: ``ModelError`` for rows outside the data, if there is not enough memory, and when the caller cancels.
  public func pointwiseLogLikelihood(
    rows: Range<Int>? = nil, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    let rows = rows ?? 0..<data.count
    try check(rows)
    return try makeArray([chainCount, drawCount, rows.count], "pointwise log likelihoods") {
      (output) throws(ModelError) in try pointwiseLogLikelihood(rows: rows, into: output, control)
    }
  }

  /// Writes log p(x | parameters) of some observations under every draw.
  ///
  /// - Parameter output: chains x draws x rows, row-major. It is partly written when the caller cancels.
  package func pointwiseLogLikelihood(
    rows: Range<Int>, into output: UnsafeMutablePointer<Double>, _ control: RunControl
  ) throws(ModelError) {
    try check(rows)
    let target = SharedOutput(output)
    try forEachLogDensity(
      of: data, rows: rows, pointsAtOnce: PointWorkspace.points, costOfPoint: 0, control, makeContext: { () },
      add: { value, logDensities, wanted, _ in
        (target.base + (value * rows.count + wanted.lowerBound - rows.lowerBound)).update(
          from: logDensities, count: wanted.count)
      },
      finish: { (_, _, _) throws(ModelError) in })
  }

  private func check(_ rows: Range<Int>) throws(ModelError) {
    guard rows.lowerBound >= 0, rows.lowerBound <= data.count else {
      throw ModelError("first_row", "must be between 0 and \(data.count)", got: rows.lowerBound)
    }
    guard rows.upperBound <= data.count else {
      throw ModelError("num_rows", "must be between 0 and \(data.count - rows.lowerBound)", got: rows.count)
    }
  }

  /// Hands on the log likelihoods of all draws for blocks of observations, which are never all in memory.
  ///
  /// - Parameters:
  ///   - costOfRow: an estimate of the microseconds that `body` takes for an observation.
  ///   - makeContext: makes the context of one thread; `nil` when memory runs out.
  ///   - body: receives the numbers of some observations, and their log likelihoods, rows x (chains draws), with the
  ///     chains one behind the other. It may overwrite them. No two threads have the same observations.
  /// - Throws: ``ModelError`` of kind `cancelled` or `outOfMemory`, and what `body` throws.
  package func forEachBlockOfLogLikelihoods<Context>(
    costOfRow: Double, _ control: RunControl, makeContext: @escaping @Sendable () -> Context?,
    body: @escaping @Sendable (Range<Int>, UnsafeMutablePointer<Double>, Context, RunMonitor) throws(ModelError) -> Void
  ) throws(ModelError) {
    let draws = valueCount
    // A block takes 16 MB, or eight observations.
    let fitting = (1 << 21) / max(draws, 1) / laneCount * laneCount
    let rowsAtOnce = max(laneCount, min(fitting, PointWorkspace.points))
    var need = MemoryNeed()
    need.add(control.threadCount(units: (data.count + rowsAtOnce - 1) / rowsAtOnce), rowsAtOnce, draws, 8)
    try need.require(for: "the log likelihoods of \(rowsAtOnce) observations for \(draws) draws on each thread")
    try forEachLogDensity(
      of: data, rows: 0..<data.count, pointsAtOnce: rowsAtOnce, costOfPoint: costOfRow, control,
      makeContext: {
        AlignedBuffer<Double>(count: rowsAtOnce * draws).flatMap { table in
          makeContext().map { LogLikelihoodTable(values: table, context: $0) }
        }
      },
      add: { value, logDensities, wanted, table in
        for i in 0..<wanted.count { table.values.base[i * draws + value] = logDensities[i] }
      },
      finish: { (wanted, table: LogLikelihoodTable<Context>, monitor) throws(ModelError) in
        try body(wanted, table.values.base, table.context, monitor)
      })
  }
}

/// The log likelihoods of a block of observations on one thread, and what a caller keeps beside them.
private struct LogLikelihoodTable<Context> {
  let values: AlignedBuffer<Double>
  let context: Context
}
