import GMMKernels
import Testing

@testable import GMMInference

/// Labels are those of least total cost, whatever the costs.
@Suite struct LabelAssignmentTests {
  private func labels(_ costs: [[Double]], groups: [[Int]]) throws -> [Int] {
    let size = costs.count
    let assignment = try #require(LabelAssignment(groups: groups, components: size))
    var (labels, nearest) = ([UInt8](repeating: 0, count: size), [UInt8](repeating: 0, count: size))
    // Prices that a draw before has left change no result.
    for shift in [3.0, 0] {
      let numbers = costs.flatMap { row in row.indices.map { row[$0] + shift * Double($0) } }
      assignment.assign(numbers, stride: size, labels: &labels, nearest: &nearest)
    }
    return labels.map { Int($0) }
  }

  private func cost(_ costs: [[Double]], _ labels: [Int]) -> Double {
    labels.indices.reduce(0) { $0 + costs[$1][labels[$1]] }
  }

  private func permutations(_ items: [Int]) -> [[Int]] {
    guard items.count > 1 else { return [items] }
    return items.indices.flatMap { i in
      var rest = items
      let first = rest.remove(at: i)
      return permutations(rest).map { [first] + $0 }
    }
  }

  @Test(arguments: 1...6) func smallAssignmentsAreTheBestOfAll(size: Int) throws {
    var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .prior).at(iteration: UInt64(size)))
    for trial in 0..<60 {
      // Every second matrix has many ties, and every third a cost that is much larger.
      var costs = (0..<size).map { _ in
        (0..<size).map { _ in trial % 2 == 0 ? stream.uniform() : Double(Int(3 * stream.uniform())) }
      }
      if trial % 3 == 0 { costs[0][size - 1] = 1e6 }
      let best = permutations(Array(0..<size)).map { cost(costs, $0) }.min() ?? 0
      let found = try labels(costs, groups: [Array(0..<size)])
      #expect(found.sorted() == Array(0..<size))
      #expect(abs(cost(costs, found) - best) < 1e-9)
    }
  }

  @Test(arguments: [20, 57, 256]) func largeAssignmentsHavePricesThatProveThem(size: Int) throws {
    var stream = RandomStream(StreamKey(seed: 2, chain: 0, purpose: .prior).at(iteration: UInt64(size)))
    let costs = (0..<size).map { _ in (0..<size).map { _ in stream.uniform() } }
    let found = try labels(costs, groups: [Array(0..<size)])
    #expect(found.sorted() == Array(0..<size))
    // No exchange of labels along a cycle costs less: the graph whose edge (i, j) costs what row i gains by the label of
    // row j has no cycle of negative length (Bellman, Ford).
    var distances = [Double](repeating: 0, count: size)
    for round in 0...size {
      var hasChanged = false
      for i in 0..<size {
        for j in 0..<size {
          let length = costs[i][found[j]] - costs[i][found[i]]
          if distances[i] + length < distances[j] - 1e-12 {
            distances[j] = distances[i] + length
            hasChanged = true
          }
        }
      }
      if !hasChanged { break }
      #expect(round < size, "the labels can be improved")
    }
  }

  @Test func labelsStayInTheirGroups() throws {
    let costs: [[Double]] = [[5, 0, 9, 1], [0, 5, 1, 9], [9, 1, 5, 0], [1, 9, 0, 5]]
    #expect(try labels(costs, groups: [[0, 2], [1, 3]]) == [0, 1, 2, 3])
    #expect(try labels(costs, groups: [[0, 1], [2, 3]]) == [1, 0, 3, 2])
    #expect(try labels(costs, groups: [[0, 3]]) == [3, 1, 2, 0])
    #expect(try labels(costs, groups: []) == [0, 1, 2, 3])
  }

  @Test func costsThatAreNotFiniteEndTheSearch() throws {
    let special = [Double.nan, .infinity, -.infinity, 1e308, -1e308, 0]
    for first in special {
      for second in special {
        let costs = [[first, second, 0], [second, first, 0], [0, 0, first]]
        #expect(try labels(costs, groups: [[0, 1, 2]]).sorted() == [0, 1, 2])
      }
    }
    // NaN is avoided where it can be.
    #expect(try labels([[.nan, 1], [2, .nan]], groups: [[0, 1]]) == [1, 0])
  }
}
