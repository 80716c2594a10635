/// Adds the responsibilities of one block of observations in D dimensions, given one draw of the parameters, to running
/// sums.
///
/// - Parameters:
///   - x, count, table, scratch: as in ``sweepExpectations(_:count:_:weights:scratch:sums:)``.
///   - sums: K rows of `count` rounded up to a multiple of 8, aligned to 64 bytes; row k gains P(k | x_i).
package func addResponsibilities(
  _ x: UnsafePointer<Double>, count: Int, _ table: MultivariateTable, scratch: UnsafeMutablePointer<Double>,
  sums: UnsafeMutablePointer<Double>
) {
  forEachVector(x, count, table, scratch) { index, length, row, stride in
    let shares = row.exponentiate(table.count, stride, cumulative: false)
    let scale = 1 / shares.total
    let sums = PointRows.vectors(sums) + index
    for k in 0..<table.count {
      sums[k * length] = row[k * stride].multiplied(by: scale, adding: sums[k * length])
    }
  }
}

/// Evaluates the log shares of a block panel by panel. It calls `body` for each vector of points with the vector's
/// index, the number of vectors in the block, the vector's column of shares and the stride of the shares.
@inline(__always)
func forEachVector(
  _ x: UnsafePointer<Double>, _ count: Int, _ table: MultivariateTable, _ scratch: UnsafeMutablePointer<Double>,
  _ body: (_ index: Int, _ length: Int, _ row: UnsafeMutablePointer<Vector>, _ stride: Int) -> Void
) {
  let plan = BlockPlan(components: table.count, dimensions: table.dimensions, form: table.form)
  let scratch = BlockScratch(scratch, plan)
  let points = BlockPoints(x, count: count, dimensions: table.dimensions)
  let shares = LogShares(points: points, table: table, scratch: scratch)
  let length = points.groups.count * passCount
  shares.start()
  points.groups.forEachPiece(of: plan.panel) { panel in
    shares.evaluate(panel, chunk: panel.lowerBound)
    for index in 0..<panel.count * passCount {
      body(panel.lowerBound * passCount + index, length, scratch.shares(0) + index, scratch.shareStride)
    }
  }
}
