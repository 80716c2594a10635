import GMMKernels
import GMMModel

/// Rows that join one of a few groups at random, in proportion to the predictive densities of ``PredictiveDensities``.
struct RowAllocation {
  private let densities: PredictiveDensities
  private let dimensions: Int
  /// The points by rows, shared by all chains.
  private let points: [Double]
  private var shares: [Double]

  /// - Parameter groups: the largest number of groups.
  init(_ model: MixtureModel, _ rows: SplitMergeRows, power: Double, groups: Int) {
    densities = PredictiveDensities(model, rows, power: power, groups: groups)
    dimensions = model.dimensionCount
    points = rows.points
    shares = [Double](repeating: 0, count: groups)
  }

  /// Empties group `g`, which is then one of component `k`.
  func clear(_ g: Int, as k: Int) { densities.clear(g, as: k) }

  /// Adds a row to group `g`.
  func add(_ row: Int, to g: Int) {
    withPoint(row) { x in
      _ = densities.logDensity(g, at: x)
      densities.add(x, to: g)
    }
  }

  /// Adds a row to one of the first `count` groups.
  ///
  /// - Parameter given: the group, if it is not to be drawn but evaluated.
  /// - Returns: the group, and its probability.
  mutating func join(
    _ row: Int, count: Int, given: Int?, _ stream: inout RandomStream
  ) -> (group: Int, probability: Double) {
    withPoint(row) { x in
      for g in 0..<count { shares[g] = densities.logDensity(g, at: x) }
      let choice = choose(count, given, from: nil, &stream)
      densities.add(x, to: choice.group)
      return choice
    }
  }

  /// Takes a row out of its group, and adds it to one of the first `count` groups.
  ///
  /// - Parameters:
  ///   - rows: the rows, and `groups`: the group of each. The row's own is `groups[i]`.
  ///   - given: the new group, if it is not to be drawn but evaluated.
  /// - Returns: the group, and its probability.
  mutating func rejoin(
    _ i: Int, of rows: [Int], _ groups: [Int], count: Int, given: Int?, _ stream: inout RandomStream
  ) -> (group: Int, probability: Double) {
    let old = groups[i]
    return withPoint(rows[i]) { x in
      for g in 0..<count where g != old { shares[g] = densities.logDensity(g, at: x) }
      shares[old] = densities.logDensityOfMember(old, at: x)
      let isExact = !shares[old].isNaN
      if !isExact {
        densities.clear(old)
        for j in groups.indices where j != i && groups[j] == old { add(rows[j], to: old) }
        shares[old] = densities.logDensity(old, at: x)
      }
      let choice = choose(count, given, from: old, &stream)
      if isExact, choice.group == old { return choice }
      if isExact { densities.remove(x, from: old) }
      densities.add(x, to: choice.group)
      return choice
    }
  }

  /// Draws a group in proportion to the shares, which are logs, or evaluates the one that is given.
  private mutating func choose(
    _ count: Int, _ given: Int?, from old: Int?, _ stream: inout RandomStream
  ) -> (group: Int, probability: Double) {
    var likeliest = 0
    for g in 1..<max(1, count) where shares[g] > shares[likeliest] { likeliest = g }
    let largest = shares[likeliest]
    var sum = 0.0
    if largest.isFinite {
      for g in 0..<count {
        shares[g] = g == likeliest ? 1 : exp(shares[g] - largest)
        sum += shares[g]
      }
    }
    if !(sum > 0 && sum.isFinite) {
      // Where the densities cannot be told, a row stays where it is, or joins any group.
      if let old { return (given ?? old, given ?? old == old ? 1 : 0) }
      for g in 0..<count { shares[g] = 1 }
      sum = Double(count)
    }
    let chosen = given ?? stream.place(inProportionTo: shares, count: count, sum: sum)
    return (chosen, shares[chosen] / sum)
  }

  private func withPoint<Result>(_ row: Int, _ body: (UnsafePointer<Double>) -> Result) -> Result {
    points.withUnsafeBufferPointer { points in
      // SAFETY: rows are numbers of points, of D numbers each, and there is at least one.
      body(points.baseAddress! + row * dimensions)
    }
  }
}
