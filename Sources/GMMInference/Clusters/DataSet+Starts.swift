import GMMKernels
import GMMModel

extension DataSet {
  /// Returns complete rows in the place of these, from which a chain may start.
  ///
  /// A missing value is that of the nearest of some rows that have it, by the coordinates that both rows have, in units of
  /// their sds. So groups stay where they are, and no value is made that all would share, as the mean of a column would.
  /// Nothing but a start may take it for the value.
  ///
  /// - Parameter limit: the largest number of rows. Of more, every so many are taken.
  func completedForStart(limit: Int, _ stream: inout RandomStream) throws(ModelError) -> DataSet {
    let scales = DataSpread(self).variances.map { $0 > 0 ? 1 / $0 : 0 }
    let rows = (0..<count).filter { weight($0) > 0 }
    let step = max(1, (rows.count + limit - 1) / limit)
    let candidates = 200
    var values: [Double] = []
    for place in stride(from: 0, to: rows.count, by: step) {
      let i = rows[place]
      var row = filledRow(i)
      let lacking = patterns?.pattern(of: i).missing ?? []
      var nearest = [(distance: Double, row: Int)](repeating: (.infinity, -1), count: lacking.count)
      for _ in 0..<(lacking.isEmpty ? 0 : candidates) {
        let other = rows[stream.index(below: rows.count)]
        var (sum, shared) = (0.0, 0.0)
        for d in row.indices where !isMissing(i, d) && !isMissing(other, d) {
          let gap = row[d] - filled(other, d)
          sum += gap * gap * scales[d]
          shared += 1
        }
        let distance = shared > 0 ? sum / shared : .greatestFiniteMagnitude
        for (j, d) in lacking.enumerated() where distance < nearest[j].distance && !isMissing(other, d) {
          nearest[j] = (distance, other)
        }
      }
      for (j, d) in lacking.enumerated() where nearest[j].row >= 0 { row[d] = filled(nearest[j].row, d) }
      values += row
    }
    return try DataSet(values, dimensionCount: dimensionCount)
  }
}
