/// Takes the sums of one block of observations in D dimensions under its responsibilities: the E-step of
/// expectation-maximisation.
///
/// - Parameters:
///   - x: the block's observations, in groups of eight points, coordinate by coordinate: coordinate d of point i stands
///     at (i / 8 * D + d) * 8 + i % 8. They are aligned to 64 bytes and whole groups, with zeros in lanes without a
///     point.
///   - count: the number of observations, at most ``blockSize``.
///   - table: the mixture.
///   - weights: a sample weight for each point, not negative, whole groups, aligned to 64 bytes; `nil` if all are 1.
///   - scratch: ``multivariateScratchSize(count:dimensions:form:)`` doubles, aligned to 64 bytes.
///   - sums: receives the sums, with r the responsibility of the component times the sample weight.
/// - Returns: the block's log likelihood Σ_i weight_i log Σ_k exp q_k(x_i).
package func sweepExpectations(
  _ x: UnsafePointer<Double>, count: Int, _ table: MultivariateTable, weights: UnsafePointer<Double>?,
  scratch: UnsafeMutablePointer<Double>, sums: MultivariateSums
) -> Double {
  if let weights {
    run(x, count, table, PointWeights(weights), scratch, sums)
  } else {
    run(x, count, table, EqualWeights(), scratch, sums)
  }
}

@inline(never)
private func run<Weights: BlockWeights>(
  _ x: UnsafePointer<Double>, _ count: Int, _ table: MultivariateTable, _ weights: Weights,
  _ scratch: UnsafeMutablePointer<Double>, _ sums: MultivariateSums
) -> Double {
  let plan = BlockPlan(components: table.count, dimensions: table.dimensions, form: table.form)
  let scratch = BlockScratch(scratch, plan)
  let points = BlockPoints(x, count: count, dimensions: table.dimensions)
  let shares = LogShares(points: points, table: table, scratch: scratch)
  let responsibilities = Responsibilities(points: points, components: table.count, scratch: scratch, weights: weights)
  let total = ResponsibleSums(points: points, table: table, scratch: scratch, sums: sums)
  var logs = InlineArray<2, LogAccumulator>(repeating: LogAccumulator())
  total.start()
  shares.start()
  points.groups.forEachPiece(of: plan.chunk) { chunk in
    chunk.forEachPiece(of: plan.panel) { panel in
      shares.evaluate(panel, chunk: chunk.lowerBound)
      for pass in 0..<passCount {
        responsibilities.normalize(panel, chunk: chunk.lowerBound, pass: pass, &logs[pass])
      }
    }
    total.add(chunk)
  }
  total.finish()
  for pass in 0..<passCount { logs[pass].store(in: scratch.logLanes, pass: pass) }
  return LogAccumulator.logarithm(scratch.logLanes)
}
