/// Adds the responsibilities of one block of observations, given one draw of the parameters, to running sums.
///
/// - Parameters:
///   - x: as in ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``.
///   - scratch: ``scratchSize(_:)`` vectors.
///   - sums: K rows of `count` rounded up to a multiple of 8, aligned to 64 bytes; row k gains P(k | x_i).
public func addResponsibilities(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable,
  scratch: UnsafeMutablePointer<Vector>, sums: UnsafeMutablePointer<Vector>
) {
  // SAFETY: as in `sweepAssignments`.
  let vectors = UnsafeRawPointer(x).assumingMemoryBound(to: Vector.self)
  let rows = (count + vectorWidth - 1) / vectorWidth
  for i in 0..<rows {
    let shares = Shares(of: vectors[i], table, scratch: scratch, cumulative: false)
    let scale = 1 / shares.total
    for k in 0..<table.count {
      sums[k * rows + i] = scratch[k].multiplied(by: scale, adding: sums[k * rows + i])
    }
  }
}
