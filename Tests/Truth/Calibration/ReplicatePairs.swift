/// The quantities of each replicate before and after, (R, Q), row after row.
struct ReplicatePairs: Sendable {
  let names: [String]
  var before: [Double] = []
  var after: [Double] = []
  /// The weight of each replicate; empty for equal weights.
  var weights: [Double] = []
  /// The mean acceptance probability.
  var acceptance = 0.0

  /// Returns a comparison for each quantity.
  ///
  /// - Parameter bias: the number that is added to the values after, in typical posterior sds. A typical sd is the
  ///   median of the replicates' distances between before and after. It is 0.95 sds if the two are independent and
  ///   Normal, and less otherwise.
  func compared(bias: Double = 0) -> [PairedComparison] {
    names.indices.map { q in
      let first = stride(from: q, to: before.count, by: names.count).map { before[$0] }
      var second = stride(from: q, to: after.count, by: names.count).map { after[$0] }
      if bias != 0 {
        let distances = zip(first, second).map { abs($0 - $1) }.sorted()
        let shift = bias * distances[distances.count / 2] / 0.954
        for i in second.indices { second[i] += shift }
      }
      return PairedComparison(before: first, after: second, weights: weights)
    }
  }
}
