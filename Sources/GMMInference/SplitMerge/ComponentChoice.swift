import GMMKernels
import GMMModel

/// The random choice of the components of a split-merge move, which depends on the statistics of the assignments.
///
/// A pair is chosen in one of three ways: by closeness (probability 1/2), which finds components to merge; one of many
/// rows with one of few (1/4), which finds a component to split and one that takes a part; or uniformly. A third
/// component, if there is one, is chosen in the same ways, given the pair. So the moves that matter stay frequent where
/// there are many components.
struct ComponentChoice {
  private let count: Int
  private let dimensions: Int
  private let origin: [Double]
  private let scales: [Double]
  /// The means in the units of the rows, (K, D).
  private var means: [Double]
  /// The closeness of each pair, (K, K), 0 on the diagonal; and the sum over pairs.
  private var closeness: [Double]
  private var totalCloseness = 0.0
  /// 1 / (1 + rows) and 1 + rows of each component, and their sums.
  private var smallness: [Double]
  private var totalSmallness = 0.0
  private var largeness: [Double]
  private var totalLargeness = 0.0

  init(_ model: MixtureModel, _ rows: SplitMergeRows) {
    count = model.componentCount
    dimensions = model.dimensionCount
    (origin, scales) = (rows.origin, rows.scales)
    means = [Double](repeating: 0, count: count * dimensions)
    closeness = [Double](repeating: 0, count: count * count)
    smallness = [Double](repeating: 0, count: count)
    largeness = smallness
  }

  /// The share of moves that take three components, where there are so many.
  private static let shareOfThree = 0.3

  mutating func draw(_ statistics: SufficientStatistics, _ stream: inout RandomStream) -> [Int] {
    let size = count > 2 && stream.uniform() < Self.shareOfThree ? 3 : 2
    guard count > 2 else { return [0, 1] }
    measure(statistics)
    var components = drawPair(&stream)
    if size == 3 { components.append(drawThird(components[0], components[1], &stream)) }
    return components
  }

  /// Returns the log of the probability that these components are drawn, in any order, given that so many are.
  mutating func logProbability(of components: [Int], _ statistics: SufficientStatistics) -> Double {
    guard count > 2 else { return 0 }
    measure(statistics)
    if components.count == 2 { return log(probability(ofPair: components[0], components[1])) }
    var sum = 0.0
    for third in 0..<3 {
      let (a, b, c) = (components[(third + 1) % 3], components[(third + 2) % 3], components[third])
      sum += probability(ofPair: a, b) * probability(ofThird: c, a, b)
    }
    return log(sum)
  }

  // MARK: Pairs

  private func drawPair(_ stream: inout RandomStream) -> [Int] {
    let way = stream.index(below: 4)
    if way < 2 {
      var u = stream.uniform() * totalCloseness
      var last = (0, 1)
      for a in 0..<count {
        for b in a + 1..<max(count, a + 1) {
          last = (a, b)
          u -= closeness[a * count + b]
          if u <= 0 { return [a, b] }
        }
      }
      return [last.0, last.1]
    }
    if way == 2 {
      let small = Self.draw(smallness, totalSmallness, without: -1, &stream)
      return [small, Self.draw(largeness, totalLargeness - largeness[small], without: small, &stream)]
    }
    let a = stream.index(below: count)
    let b = stream.index(below: count - 1)
    return [a, b < a ? b : b + 1]
  }

  private func probability(ofPair a: Int, _ b: Int) -> Double {
    let bySize =
      smallness[a] / totalSmallness * largeness[b] / (totalLargeness - largeness[a])
      + smallness[b] / totalSmallness * largeness[a] / (totalLargeness - largeness[b])
    return 0.5 * closeness[a * count + b] / totalCloseness + 0.25 * bySize
      + 0.5 / Double(count * (count - 1))
  }

  // MARK: The third

  private func drawThird(_ a: Int, _ b: Int, _ stream: inout RandomStream) -> Int {
    let way = stream.index(below: 4)
    if way == 3 {
      var c = stream.index(below: count - 2)
      for taken in [min(a, b), max(a, b)] where c >= taken { c += 1 }
      return c
    }
    let weights = (0..<count).map { k in
      k == a || k == b ? 0 : way == 2 ? smallness[k] : closeness[a * count + k] + closeness[b * count + k]
    }
    return Self.draw(weights, weights.reduce(0, +), without: -1, &stream)
  }

  private func probability(ofThird c: Int, _ a: Int, _ b: Int) -> Double {
    var near = 0.0
    for k in 0..<count where k != a && k != b { near += closeness[a * count + k] + closeness[b * count + k] }
    let small = totalSmallness - smallness[a] - smallness[b]
    return 0.5 * (closeness[a * count + c] + closeness[b * count + c]) / near + 0.25 * smallness[c] / small
      + 0.25 / Double(count - 2)
  }

  /// Draws a place in proportion to `weights`, which sum to `total` without place `taken`.
  private static func draw(
    _ weights: [Double], _ total: Double, without taken: Int, _ stream: inout RandomStream
  ) -> Int {
    var u = stream.uniform() * total
    var last = taken == 0 ? 1 : 0
    for k in weights.indices where k != taken && weights[k] > 0 {
      last = k
      u -= weights[k]
      if u <= 0 { break }
    }
    return last
  }

  // MARK: Measures

  private mutating func measure(_ statistics: SufficientStatistics) {
    (totalCloseness, totalSmallness, totalLargeness) = (0, 0, 0)
    for k in 0..<count {
      let rows = statistics.counts[k]
      (smallness[k], largeness[k]) = (1 / (1 + rows), 1 + rows)
      totalSmallness += smallness[k]
      totalLargeness += largeness[k]
      for d in 0..<dimensions {
        let j = k * dimensions + d
        // The mean of an empty component is taken for that of all rows.
        means[j] =
          rows > 0 ? (statistics.centers[j] - origin[d] + statistics.sums[j] / rows) / scales[d] : 0
      }
    }
    for a in 0..<count {
      for b in a + 1..<max(count, a + 1) {
        var square = 0.0
        for d in 0..<dimensions {
          let distance = means[a * dimensions + d] - means[b * dimensions + d]
          square += distance * distance
        }
        let nearness = 1 / (0.1 * Double(dimensions) + square)
        let value = nearness * nearness + 1e-30
        closeness[a * count + b] = value
        closeness[b * count + a] = value
        totalCloseness += value
      }
    }
  }
}
