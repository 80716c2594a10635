import Foundation

/// The probabilities of all K^N labellings of a few rows, and what follows from them.
struct Labellings: Sendable {
  let components: Int
  let count: Int
  /// The probability of each labelling, whose number has the label of row i as its digit i to the base K.
  let probabilities: [Double]

  /// - Parameter logProbability: the log probability of labels, up to a constant.
  init(components: Int, count: Int, logProbability: ([Int]) -> Double) {
    self.components = components
    self.count = count
    var labels = [Int](repeating: 0, count: count)
    var logs: [Double] = []
    repeat { logs.append(logProbability(labels)) } while Self.advance(&labels, components)
    let largest = logs.max() ?? 0
    let terms = logs.map { exp($0 - largest) }
    let total = terms.reduce(0, +)
    probabilities = terms.map { $0 / total }
  }

  /// Turns labels into those of the next number.
  ///
  /// - Returns: whether there is one.
  private static func advance(_ labels: inout [Int], _ components: Int) -> Bool {
    for i in labels.indices {
      labels[i] += 1
      if labels[i] < components { return true }
      labels[i] = 0
    }
    return false
  }

  /// Returns the expectation of a function of the labels.
  func expectation(of function: ([Int]) -> Double) -> Double {
    var labels = [Int](repeating: 0, count: count)
    var sum = 0.0
    for probability in probabilities {
      sum += probability * function(labels)
      _ = Self.advance(&labels, components)
    }
    return sum
  }

  /// P(rows i and j share a component), in the order of ``pairs(_:)``.
  var coclustering: [Double] {
    var sums = [Double](repeating: 0, count: Self.pairs(count).count)
    var labels = [Int](repeating: 0, count: count)
    for probability in probabilities {
      var place = 0
      for i in 0..<count {
        for j in 0..<i {
          if labels[i] == labels[j] { sums[place] += probability }
          place += 1
        }
      }
      _ = Self.advance(&labels, components)
    }
    return sums
  }

  /// Returns the pairs of rows, each once.
  static func pairs(_ count: Int) -> [(Int, Int)] { (0..<count).flatMap { i in (0..<i).map { (i, $0) } } }

  /// The masses of the modes, the largest first.
  ///
  /// Partitions are neighbours if one row separates them. A mode is a partition that is more probable than its
  /// neighbours. Its mass is that of all partitions from which steps to the most probable neighbour lead to it. Two modes
  /// are at least two rows apart.
  var modes: [Double] {
    var masses: [[Int]: Double] = [:]
    var labels = [Int](repeating: 0, count: count)
    for probability in probabilities {
      masses[canonical(labels), default: 0] += probability
      _ = Self.advance(&labels, components)
    }
    var modeOf: [[Int]: [Int]] = [:]
    func mode(of partition: [Int]) -> [Int] {
      if let known = modeOf[partition] { return known }
      var (best, mass) = (partition, masses[partition] ?? 0)
      for i in partition.indices {
        for k in 0..<components where k != partition[i] {
          var other = partition
          other[i] = k
          other = canonical(other)
          if let value = masses[other], value > mass { (best, mass) = (other, value) }
        }
      }
      let found = best == partition ? partition : mode(of: best)
      modeOf[partition] = found
      return found
    }
    var sums: [[Int]: Double] = [:]
    for (partition, mass) in masses { sums[mode(of: partition), default: 0] += mass }
    return sums.values.sorted(by: >)
  }

  /// Returns the labels numbered in the order of their first rows.
  private func canonical(_ labels: [Int]) -> [Int] {
    var numbers = [Int](repeating: -1, count: components)
    var next = 0
    return labels.map { label in
      if numbers[label] < 0 {
        numbers[label] = next
        next += 1
      }
      return numbers[label]
    }
  }
}
