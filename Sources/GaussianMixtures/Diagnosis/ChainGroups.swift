import GMMInference

/// The chains of a run in groups that have different values of a scalar, the largest values first.
struct ChainGroups: Sendable, Equatable {
  /// The numbers of the chains of each group, ascending.
  let groups: [[Int]]

  /// Divides the chains where no range of a chain reaches across. The range of a chain holds the middle 90 % of its
  /// draws.
  init(_ scalar: Scalar) {
    var ranges: [(chain: Int, lower: Double, upper: Double)] = []
    for chain in 0..<scalar.chains {
      let sorted = scalar.chain(chain).sorted()
      let last = Double(sorted.count - 1)
      ranges.append((chain, sorted[Int((0.05 * last).rounded())], sorted[Int((0.95 * last).rounded())]))
    }
    ranges.sort { ($0.upper, $1.chain) > ($1.upper, $0.chain) }
    var groups: [[Int]] = []
    var least = Double.infinity
    for range in ranges {
      if groups.isEmpty || range.upper < least { groups.append([]) }
      groups[groups.count - 1].append(range.chain)
      least = min(least, range.lower)
    }
    self.groups = groups.map { $0.sorted() }
  }

  /// Returns the mean of a scalar over the draws of each group.
  func means(_ scalar: Scalar) -> [Double] {
    groups.map { group in group.reduce(0) { $0 + scalar.mean($1) } / Double(group.count) }
  }
}
