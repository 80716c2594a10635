/// Takes the sums of one block of observations in D dimensions under given responsibilities.
///
/// - Parameters:
///   - x: the block's observations, as for the E-step.
///   - count: the number of observations, at most ``blockSize``.
///   - table: the mixture. Only its centers are read.
///   - responsibilities: `count` x K, point after point, not negative. Those of each point have a positive sum and are
///     scaled to sum 1. Those of points of weight 0 may be anything.
///   - weights: a sample weight for each point, not negative; `nil` if all are 1.
///   - scratch: ``multivariateScratchSize(count:dimensions:form:)`` doubles, aligned to 64 bytes.
///   - sums: receives the sums, with r the responsibility of the component times the sample weight.
package func sweepGivenResponsibilities(
  _ x: UnsafePointer<Double>, count: Int, _ table: MultivariateTable, responsibilities: UnsafePointer<Double>,
  weights: UnsafePointer<Double>?, scratch: UnsafeMutablePointer<Double>, sums: MultivariateSums
) {
  let plan = BlockPlan(components: table.count, dimensions: table.dimensions, form: table.form)
  let scratch = BlockScratch(scratch, plan)
  let points = BlockPoints(x, count: count, dimensions: table.dimensions)
  let total = ResponsibleSums(points: points, table: table, scratch: scratch, sums: sums)
  total.start()
  points.groups.forEachPiece(of: plan.chunk) { chunk in
    // SAFETY: each component's row of shares has room for a chunk's points.
    let rows = UnsafeMutableRawPointer(scratch.shares(0)).assumingMemoryBound(to: Double.self)
    for place in 0..<chunk.count * laneCount {
      let i = chunk.lowerBound * laneCount + place
      let weight = i < count ? weights.map { $0[i] } ?? 1 : 0
      let given = responsibilities + i * table.count
      var scale = 0.0
      if weight > 0 {
        for k in 0..<table.count { scale += given[k] }
        scale = weight / scale
      }
      for k in 0..<table.count { rows[k * plan.rowStride + place] = weight > 0 ? scale * given[k] : 0 }
    }
    total.add(chunk)
  }
  total.finish()
}
