/// Quantities of each replicate before and after: (R, Q), row after row.
struct ReplicatePairs: Sendable {
  let names: [String]
  var before: [Double] = []
  var after: [Double] = []
  /// How much each replicate counts; empty for equal weights.
  var weights: [Double] = []
  /// The mean acceptance probability.
  var acceptance = 0.0

  /// Returns a comparison for each quantity.
  ///
  /// - Parameter bias: what is added to the numbers after, in typical posterior sds: the median of the replicates'
  ///   distances between before and after, 0.95 sds if the two are independent and Normal, less if they are not.
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
