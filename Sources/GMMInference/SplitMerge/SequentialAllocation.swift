import GMMKernels
import GMMModel

/// A random division of rows among a few components, by sequential allocation (Dahl 2005; for two components, the
/// split-merge moves of Jain, Neal 2004).
///
/// The number v of components that get rows is drawn, and then which they are. Each gets one row, its anchor, that is
/// chosen uniformly. The other rows follow in random order: each joins a component in proportion to the density that the
/// component's rows so far predict for it.
///
/// Anchors and order are auxiliary variables. Given a division, its anchors are distributed uniformly over the rows of
/// their components. So a division z' is proposed from z with the ratio
///
///     q(z | a) r(a' | z') / (q(z' | a') r(a | z)),
///
/// where a are anchors drawn from r(· | z), the order included, and q is the probability of choosing and allocating as
/// told above. ``propose(_:)`` and ``evaluate(_:)`` return log q - log r.
struct SequentialAllocation {
  private var densities: PredictiveDensities
  private let dimensions: Int
  /// The points by rows, shared by all chains.
  private let points: [Double]
  private var order: [Int] = []
  private var isAnchor: [Bool] = []
  private var anchors: [Int] = []
  private var logs: [Double] = []
  private var occupied: [Int] = []

  /// The largest number of components that are divided at a time.
  static let largestCount = 3

  init(_ model: MixtureModel, _ rows: SplitMergeRows, power: Double) {
    densities = PredictiveDensities(model, rows, power: power, groups: Self.largestCount)
    dimensions = model.dimensionCount
    points = rows.points
    logs = [Double](repeating: 0, count: Self.largestCount)
  }

  /// Divides `rows` anew among `components`, and writes the place of each row's component to `places`.
  ///
  /// - Returns: log q - log r.
  mutating func propose(
    _ rows: [Int], among components: [Int], into places: inout [Int], _ stream: inout RandomStream
  ) -> SplitMergeTerms.OfDivision {
    let (count, size) = (rows.count, components.count)
    var number = 1
    var u = stream.uniform()
    while number < min(size, count) {
      u -= Self.probability(of: number, size, count)
      if u <= 0 { break }
      number += 1
    }
    occupied = Array(components.indices)
    stream.shuffle(&occupied)
    occupied.removeLast(size - number)
    anchors.removeAll(keepingCapacity: true)
    while anchors.count < number {
      let row = stream.index(below: count)
      if !anchors.contains(row) { anchors.append(row) }
    }
    return allocate(rows, components, &places, &stream, draws: true)
  }

  /// Returns log q - log r of a division, for anchors and an order drawn given it.
  ///
  /// - Parameter places: the place among `components` of each row's component. It is unchanged.
  mutating func evaluate(
    _ rows: [Int], among components: [Int], _ places: inout [Int], _ stream: inout RandomStream
  ) -> SplitMergeTerms.OfDivision {
    occupied = components.indices.filter(places.contains)
    stream.shuffle(&occupied)
    anchors.removeAll(keepingCapacity: true)
    for place in occupied {
      let members = places.indices.filter { places[$0] == place }
      anchors.append(members[stream.index(below: members.count)])
    }
    return allocate(rows, components, &places, &stream, draws: false)
  }

  /// Returns the probability that `number` of `size` components get some of `count` rows.
  private static func probability(of number: Int, _ size: Int, _ count: Int) -> Double {
    switch min(size, count) {
    case 1: 1
    case 2: number == 1 ? 0.4 : 0.6
    default: number == 1 ? 0.1 : number == 2 ? 0.4 : 0.5
    }
  }

  private mutating func allocate(
    _ rows: [Int], _ components: [Int], _ places: inout [Int], _ stream: inout RandomStream, draws: Bool
  ) -> SplitMergeTerms.OfDivision {
    let (count, size, number) = (rows.count, components.count, occupied.count)
    order.removeAll(keepingCapacity: true)
    for i in 0..<count { order.append(i) }
    stream.shuffle(&order)
    if isAnchor.count < count { isAnchor = [Bool](repeating: false, count: count) }
    if draws { places = [Int](repeating: 0, count: count) }
    var terms = SplitMergeTerms.OfDivision(
      occupied: log(Self.probability(of: number, size, count)), anchors: 0, rows: 0, lastRow: 0)
    let dimensions = dimensions
    // A copy of the array's reference, so that the closure may change this value.
    let values = points
    values.withUnsafeBufferPointer { values in
      // SAFETY: rows are numbers of points, of D numbers each, and there is at least one.
      func point(_ i: Int) -> UnsafePointer<Double> { values.baseAddress! + rows[i] * dimensions }
      for (g, i) in anchors.enumerated() {
        densities.clear(g, as: components[occupied[g]])
        _ = densities.logDensity(g, at: point(i))
        densities.add(point(i), to: g)
        isAnchor[i] = true
        places[i] = occupied[g]
      }
      for i in order where !isAnchor[i] {
        let x = point(i)
        var chosen = draws ? -1 : (0..<number).first { occupied[$0] == places[i] } ?? 0
        terms.lastRow = choose(&chosen, number, x, &stream)
        terms.rows += terms.lastRow
        densities.add(x, to: chosen)
        places[i] = occupied[chosen]
      }
      for i in anchors { isAnchor[i] = false }
    }
    // The choice of the components and of the anchors, in order; and r, uniform over anchors and their order.
    for g in 0..<number {
      let members = places.count { $0 == occupied[g] }
      terms.anchors += log(Double(members)) - log(Double(count - g))
      terms.occupied += log(Double(number - g)) - log(Double(size - g))
    }
    return terms
  }

  /// Draws the group of a row, or evaluates the one that is given.
  ///
  /// - Parameter chosen: the group; -1 if it is to be drawn.
  /// - Returns: the log of its probability.
  @inline(__always)
  private mutating func choose(
    _ chosen: inout Int, _ number: Int, _ x: UnsafePointer<Double>, _ stream: inout RandomStream
  ) -> Double {
    var largest = -Double.infinity
    for g in 0..<number {
      logs[g] = densities.logDensity(g, at: x)
      largest = max(largest, logs[g])
    }
    var sum = 0.0
    if number > 1, largest.isFinite {
      for g in 0..<number {
        logs[g] = exp(logs[g] - largest)
        sum += logs[g]
      }
    }
    if !(sum > 0 && sum.isFinite) {
      // Far outside of everything all densities are alike.
      for g in 0..<number { logs[g] = 1 }
      sum = Double(number)
    }
    if chosen < 0 { chosen = number > 1 ? stream.place(inProportionTo: logs, count: number, sum: sum) : 0 }
    return log(logs[chosen] / sum)
  }
}
