/// Draws the assignments of one block of observations in D dimensions and takes the sums that the parameters need.
///
/// Each point's component is drawn as in one dimension, by inversion of one uniform number. Unless there are few
/// components, the points are then sorted by component, so that the sums cost the same for any number of components.
///
/// The sample weights are whole numbers: a row of weight n stands for n copies, each assigned independently. A row of
/// weight 0 gets a label, and does not count.
///
/// - Parameters:
///   - x, count, table, weights, scratch: as in ``sweepExpectations(_:count:_:weights:scratch:sums:)``.
///   - key: the random stream of this block and iteration.
///   - sums: receives the sums over the points of each component.
///   - labels: receives the component of the first copy of each point; `count` rounded up to a multiple of 8 bytes;
///     `nil` drops the components.
/// - Returns: the block's log likelihood Σ_i weight_i log Σ_k exp q_k(x_i), with the assignments summed out.
package func sweepAssignments(
  _ x: UnsafePointer<Double>, count: Int, _ table: MultivariateTable, key: StreamKey, weights: UnsafePointer<Double>?,
  scratch: UnsafeMutablePointer<Double>, sums: MultivariateSums, labels: UnsafeMutablePointer<UInt8>?
) -> Double {
  let plan = BlockPlan(components: table.count, dimensions: table.dimensions, form: table.form)
  let scratch = BlockScratch(scratch, plan)
  let points = BlockPoints(x, count: count, dimensions: table.dimensions)
  let labels = labels ?? scratch.labels
  if let weights {
    let copies = CopyDraws(points: points, components: table.count, scratch: scratch, weights: weights, key)
    return drawAndSum(points, table, key, PointWeights(weights), copies, scratch, sums, labels)
  }
  if !plan.sortsMembers { return drawAndSum(points, table, key, EqualWeights(), nil, scratch, sums, labels) }
  let logLikelihood = draw(points, table, key, scratch, labels)
  let members = Members(points: points, table: table, scratch: scratch)
  members.sort(labels)
  members.add(into: sums)
  return logLikelihood
}

/// Draws a component for each point.
@inline(never)
private func draw(
  _ points: BlockPoints, _ table: MultivariateTable, _ key: StreamKey, _ scratch: BlockScratch,
  _ labels: UnsafeMutablePointer<UInt8>
) -> Double {
  let shares = LogShares(points: points, table: table, scratch: scratch)
  let draws = AssignmentDraws(
    points: points, components: table.count, scratch: scratch, weights: EqualWeights(), rows: .cumulative)
  var streams = InlineArray<2, VectorStream> { VectorStream(key, pass: $0) }
  var logs = InlineArray<2, LogAccumulator>(repeating: LogAccumulator())
  shares.start()
  points.groups.forEachPiece(of: scratch.plan.panel) { panel in
    shares.evaluate(panel, chunk: panel.lowerBound)
    for pass in 0..<passCount {
      let sink = LabelBytes(labels, pass: pass)
      draws.draw(panel, chunk: panel.lowerBound, pass: pass, &streams[pass], &logs[pass], sink)
    }
  }
  for pass in 0..<passCount { logs[pass].store(in: scratch.logLanes, pass: pass) }
  return LogAccumulator.logarithm(scratch.logLanes)
}

/// Draws components, and takes the sums of each component over all points, weighted by the number of copies that the
/// component gets.
///
/// - Parameter copies: draws the copies of weighted points; `nil` if every point has one copy.
@inline(never)
private func drawAndSum<Weights: BlockWeights>(
  _ points: BlockPoints, _ table: MultivariateTable, _ key: StreamKey, _ weights: Weights, _ copies: CopyDraws?,
  _ scratch: BlockScratch, _ sums: MultivariateSums, _ labels: UnsafeMutablePointer<UInt8>
) -> Double {
  let plan = scratch.plan
  let shares = LogShares(points: points, table: table, scratch: scratch)
  let draws = AssignmentDraws(
    points: points, components: table.count, scratch: scratch, weights: weights,
    rows: copies == nil ? .members : .cumulative)
  let total = ResponsibleSums(points: points, table: table, scratch: scratch, sums: sums)
  var copies = copies
  var streams = InlineArray<2, VectorStream> { VectorStream(key, pass: $0) }
  var logs = InlineArray<2, LogAccumulator>(repeating: LogAccumulator())
  total.start()
  shares.start()
  points.groups.forEachPiece(of: plan.chunk) { chunk in
    chunk.forEachPiece(of: plan.panel) { panel in
      shares.evaluate(panel, chunk: chunk.lowerBound)
      for pass in 0..<passCount {
        let sink = LabelBytes(labels, pass: pass)
        draws.draw(panel, chunk: chunk.lowerBound, pass: pass, &streams[pass], &logs[pass], sink)
      }
      copies?.draw(panel, chunk: chunk.lowerBound, labels)
    }
    total.add(chunk)
  }
  total.finish()
  for pass in 0..<passCount { logs[pass].store(in: scratch.logLanes, pass: pass) }
  return LogAccumulator.logarithm(scratch.logLanes)
}
