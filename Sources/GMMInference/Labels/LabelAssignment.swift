import GMMKernels

/// The assignment of labels to components of least total cost, within groups of components.
///
/// It has memory for one thread.
final class LabelAssignment {
  private let groups: [[Int]]
  private let components: Int
  /// The size of the largest group.
  private let size: Int
  /// The costs of a group, row after row, the prices of the labels of each group, and the distances of a search.
  private let numbers: AlignedBuffer<Double>
  /// The row of each column, the row before it on the path, the rows that are left, and the columns in a search's order.
  private let places: AlignedBuffer<Int>
  private let isTaken: AlignedBuffer<Bool>

  /// Returns `nil` when there is not enough memory.
  ///
  /// - Parameter groups: the components that may exchange labels, in groups of at least two.
  init?(groups: [[Int]], components: Int) {
    self.groups = groups
    self.components = components
    size = groups.map(\.count).max() ?? 0
    guard let numbers = AlignedBuffer<Double>(count: size * size + size + components),
      let places = AlignedBuffer<Int>(count: 4 * size + 1), let isTaken = AlignedBuffer<Bool>(count: components)
    else { return nil }
    self.numbers = numbers
    self.places = places
    self.isTaken = isTaken
  }

  /// Forgets the prices of labels. Results depend on the draws before only where several assignments cost the same.
  func reset() { prices.update(repeating: 0, count: components) }

  private var costs: UnsafeMutablePointer<Double> { numbers.base }
  private var distances: UnsafeMutablePointer<Double> { numbers.base + size * size }
  private var prices: UnsafeMutablePointer<Double> { numbers.base + size * size + size }

  /// Writes the label of each component and the label that costs it least.
  ///
  /// Components outside the groups keep their own number. Among equal costs of a component the smallest label counts.
  /// NaN counts as infinite.
  ///
  /// - Parameters:
  ///   - costs: the cost of label k for component j, (K, `stride`).
  ///   - labels: (K).
  ///   - nearest: (K).
  func assign(
    _ costs: UnsafePointer<Double>, stride: Int, labels: UnsafeMutablePointer<UInt8>,
    nearest: UnsafeMutablePointer<UInt8>
  ) {
    for j in 0..<components {
      labels[j] = UInt8(truncatingIfNeeded: j)
      nearest[j] = labels[j]
    }
    var first = 0
    for group in groups {
      group.withUnsafeBufferPointer { group in
        if !isNearest(group, costs, stride, nearest) {
          solve(group, costs, stride, prices + first, labels)
        } else {
          // Each component has the label that costs it least, so no other assignment costs less.
          for j in group { labels[j] = nearest[j] }
        }
      }
      first += group.count
    }
  }

  /// Writes the label that costs each component of a group least, and returns whether they all differ.
  private func isNearest(
    _ group: UnsafeBufferPointer<Int>, _ costs: UnsafePointer<Double>, _ stride: Int,
    _ nearest: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let taken = isTaken.base
    for k in group { taken[k] = false }
    var areDifferent = true
    for j in group {
      let row = costs + j * stride
      var best = group[0]
      var least = row[best]
      for k in group where row[k] < least || (least.isNaN && !row[k].isNaN) { (best, least) = (k, row[k]) }
      nearest[j] = UInt8(truncatingIfNeeded: best)
      if taken[best] { areDifferent = false }
      taken[best] = true
    }
    return areDifferent
  }

  /// The magnitude of the largest cost, in whose sums no bits are lost that matter.
  private static let largestCost = 1e150
  /// The magnitude of prices that are kept for the next draw.
  private static let largestPrice = 1e3

  /// Solves the assignment problem of one group by shortest augmenting paths (Jonker, Volgenant 1987).
  ///
  /// The prices of the labels in the draw before are the first ones, so that most components have their label at once.
  private func solve(
    _ group: UnsafeBufferPointer<Int>, _ given: UnsafePointer<Double>, _ stride: Int,
    _ prices: UnsafeMutablePointer<Double>, _ labels: UnsafeMutablePointer<UInt8>
  ) {
    let n = group.count
    let costs = costs
    let (rowOf, before) = (places.base, places.base + size)
    let (left, order) = (places.base + 2 * size, places.base + 3 * size)
    for column in 0..<n { rowOf[column] = -1 }
    var leftCount = 0
    for row in 0..<n {
      let source = given + group[row] * stride
      let target = costs + row * n
      var (best, least) = (0, Double.infinity)
      for column in 0..<n {
        let cost = source[group[column]]
        target[column] = abs(cost) < Self.largestCost ? cost : cost < 0 ? -Self.largestCost : Self.largestCost
        let reduced = target[column] - prices[column]
        if reduced < least { (best, least) = (column, reduced) }
      }
      if rowOf[best] < 0 {
        rowOf[best] = row
      } else {
        left[leftCount] = row
        leftCount += 1
      }
    }
    for index in 0..<leftCount { augment(left[index], n, rowOf, before, order, prices) }
    var largest = 0.0
    for column in 0..<n {
      labels[group[rowOf[column]]] = UInt8(truncatingIfNeeded: group[column])
      largest = max(largest, abs(prices[column]))
    }
    if !(largest < Self.largestPrice) { prices.update(repeating: 0, count: n) }
  }

  /// Finds the cheapest exchange of labels that gives one more row a label.
  ///
  /// - Parameter order: the columns: those that the search has reached, then the others.
  private func augment(
    _ start: Int, _ n: Int, _ rowOf: UnsafeMutablePointer<Int>, _ before: UnsafeMutablePointer<Int>,
    _ order: UnsafeMutablePointer<Int>, _ prices: UnsafeMutablePointer<Double>
  ) {
    let (costs, distances) = (costs, distances)
    for column in 0..<n {
      distances[column] = costs[start * n + column] - prices[column]
      before[column] = start
      order[column] = column
    }
    var reached = 0
    var end = 0
    var shortest = 0.0
    while true {
      var place = reached
      shortest = distances[order[reached]]
      for other in reached + 1..<max(n, reached + 1) where distances[order[other]] < shortest {
        (place, shortest) = (other, distances[order[other]])
      }
      let column = order[place]
      (order[place], order[reached]) = (order[reached], column)
      let row = rowOf[column]
      guard row >= 0 else {
        end = column
        break
      }
      reached += 1
      let shift = shortest - (costs[row * n + column] - prices[column])
      for other in reached..<n {
        let next = order[other]
        let distance = costs[row * n + next] - prices[next] + shift
        if distance < distances[next] { (distances[next], before[next]) = (distance, row) }
      }
    }
    for place in 0..<reached { prices[order[place]] += distances[order[place]] - shortest }
    // Each row of the path takes the column after its own.
    while true {
      let row = before[end]
      rowOf[end] = row
      if row == start { return }
      end = columnBefore(row, rowOf, n, except: end)
    }
  }

  /// Returns the other column that has a row.
  private func columnBefore(_ row: Int, _ rowOf: UnsafeMutablePointer<Int>, _ n: Int, except column: Int) -> Int {
    for other in 0..<n where rowOf[other] == row && other != column { return other }
    return column
  }
}
