import GMMKernels
import GMMModel

/// A random division of rows among a few components, by sequential allocation (Dahl 2005), or launched from such an
/// allocation by scans (for two components, the split-merge moves of Jain, Neal 2004).
///
/// The number v of components that get rows is drawn, and then which they are. Each gets one row, its anchor, that is
/// chosen uniformly. The other rows follow in random order: each joins a component in proportion to the density that the
/// component's rows so far predict for it. A division that is launched goes on from there: scans take each row but the
/// anchors out of its component and let it join one anew, and the last of them draws the division.
///
/// Anchors, order and the state before the last scan are auxiliary variables. Given a division, its anchors are
/// distributed uniformly over the rows of their components, and a state before the last scan is made from the anchors
/// alone, in both directions. So a division z' is proposed from z with the ratio
///
///     q(z | a) r(a' | z') / (q(z' | a') r(a | z)),
///
/// where a are anchors drawn from r(· | z), the order included, and q is the probability of choosing and allocating as
/// told above, or that of choosing and of the last scan. ``propose(_:among:into:launches:_:)`` and
/// ``evaluate(_:among:_:launches:_:)`` return log q - log r.
struct SequentialAllocation {
  private var allocation: RowAllocation
  /// The rows but the anchors, in the order in which they join.
  private var order: [Int] = []
  /// The group of each row, its place in `occupied`; and that which is given, where a division is evaluated.
  private var groups: [Int] = []
  private var given: [Int] = []
  private var members: [Int] = []
  private var anchors: [Int] = []
  private var occupied: [Int] = []

  /// The largest number of components that are divided at a time.
  static let largestCount = 3

  /// The number of scans of a division that is launched, the last included.
  private static let launchScans = 3

  init(_ model: MixtureModel, _ rows: SplitMergeRows, power: Double) {
    allocation = RowAllocation(model, rows, power: power, groups: Self.largestCount)
  }

  /// Divides `rows` anew among `components`, and writes the place of each row's component to `places`.
  ///
  /// - Parameter launches: whether the allocation is a state from which scans go on.
  /// - Returns: log q - log r.
  mutating func propose(
    _ rows: [Int], among components: [Int], into places: inout [Int], launches: Bool, _ stream: inout RandomStream
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
    return allocate(rows, components, &places, &stream, launches: launches, draws: true)
  }

  /// Returns log q - log r of a division, for anchors and an order drawn given it.
  ///
  /// - Parameter places: the place among `components` of each row's component. It is unchanged.
  mutating func evaluate(
    _ rows: [Int], among components: [Int], _ places: inout [Int], launches: Bool, _ stream: inout RandomStream
  ) -> SplitMergeTerms.OfDivision {
    occupied.removeAll(keepingCapacity: true)
    for place in components.indices where places.contains(place) { occupied.append(place) }
    stream.shuffle(&occupied)
    anchors.removeAll(keepingCapacity: true)
    for place in occupied {
      members.removeAll(keepingCapacity: true)
      for i in places.indices where places[i] == place { members.append(i) }
      anchors.append(members[stream.index(below: members.count)])
    }
    return allocate(rows, components, &places, &stream, launches: launches, draws: false)
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
    _ rows: [Int], _ components: [Int], _ places: inout [Int], _ stream: inout RandomStream, launches: Bool,
    draws: Bool
  ) -> SplitMergeTerms.OfDivision {
    let (count, size, number) = (rows.count, components.count, occupied.count)
    var terms = SplitMergeTerms.OfDivision(
      occupied: log(Self.probability(of: number, size, count)), anchors: 0, rows: 0, lastRow: 0)
    if draws {
      places.removeAll(keepingCapacity: true)
      for _ in 0..<count { places.append(occupied[0]) }
    }
    if number > 1 {
      order.removeAll(keepingCapacity: true)
      for i in 0..<count where !anchors.contains(i) { order.append(i) }
      stream.shuffle(&order)
      given.removeAll(keepingCapacity: true)
      if !draws { for place in places { given.append(occupied.firstIndex(of: place) ?? 0) } }
      if launches {
        _ = start(rows, components, draws: true, &stream)
        for _ in 1..<Self.launchScans { _ = scan(rows, draws: true, &stream) }
        (terms.rows, terms.lastRow) = scan(rows, draws: draws, &stream)
      } else {
        (terms.rows, terms.lastRow) = start(rows, components, draws: draws, &stream)
      }
      if draws { for i in 0..<count { places[i] = occupied[groups[i]] } }
    }
    // The choice of the components and of the anchors, in order; and r, uniform over anchors and their order.
    for g in 0..<number {
      let members = places.count { $0 == occupied[g] }
      terms.anchors += log(Double(members)) - log(Double(count - g))
      terms.occupied += log(Double(number - g)) - log(Double(size - g))
    }
    return terms
  }

  /// Gives each anchor to its group, and then the other rows, in order.
  private mutating func start(
    _ rows: [Int], _ components: [Int], draws: Bool, _ stream: inout RandomStream
  ) -> (rows: Double, lastRow: Double) {
    groups.removeAll(keepingCapacity: true)
    for _ in rows.indices { groups.append(-1) }
    for (g, i) in anchors.enumerated() {
      allocation.clear(g, as: components[occupied[g]])
      allocation.add(rows[i], to: g)
      groups[i] = g
    }
    var probability = LogProduct()
    var last = 1.0
    for i in order {
      (groups[i], last) = allocation.join(rows[i], count: anchors.count, given: draws ? nil : given[i], &stream)
      probability.multiply(by: last)
    }
    return (probability.value, log(last))
  }

  /// Takes each row but the anchors out of its group, in order, and gives it to a group anew.
  private mutating func scan(
    _ rows: [Int], draws: Bool, _ stream: inout RandomStream
  ) -> (rows: Double, lastRow: Double) {
    var probability = LogProduct()
    var last = 1.0
    for i in order {
      let known = draws ? nil : given[i]
      (groups[i], last) = allocation.rejoin(i, of: rows, groups, count: anchors.count, given: known, &stream)
      probability.multiply(by: last)
    }
    return (probability.value, log(last))
  }
}

/// The log of a product of probabilities, with few logarithms.
private struct LogProduct {
  private var sum = 0.0
  private var product = 1.0

  /// The log of the product; -infinity if a factor was 0.
  var value: Double { sum + log(product) }

  mutating func multiply(by probability: Double) {
    product *= probability
    guard product < 1e-150 else { return }
    sum += log(product)
    product = 1
  }
}
