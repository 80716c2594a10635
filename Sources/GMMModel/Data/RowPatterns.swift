import GMMKernels

/// The meaning of NaN among the values of a data set.
public enum MissingValues: Int32, Sendable, CaseIterable {
  /// NaN is an error.
  case refused = 0
  /// NaN is a value that is missing at random: whether a value is missing depends on the values that a row has, not on
  /// the one that it lacks (Rubin 1976).
  case atRandom = 1
}

/// Which values the rows of a data set have, and what else is known of them, where not all rows are complete and exact.
///
/// Rows of which the same is known share a pattern: they lack the same coordinates, know the same ones by intervals, and
/// have the same label. In each block the rows of a pattern are a group, so that
/// whatever depends on the pattern alone is done once for all of them.
package final class RowPatterns: Sendable {
  package struct Pattern: Sendable, Hashable {
    /// The coordinates of which something is known, ascending.
    package let observed: [Int]
    /// The coordinates that are missing, ascending.
    package let missing: [Int]
    /// The observed coordinates of which an interval is known.
    package let intervals: [Int]
    /// Whether values have errors of measurement.
    package let hasErrors: Bool
    /// The component, or -1 if it is not known.
    package let label: Int

    /// Returns whether a coordinate is missing.
    @inline(__always)
    package func lacks(_ d: Int) -> Bool {
      // The coordinates are ascending.
      var (low, high) = (0, missing.count)
      while low < high {
        let middle = (low + high) / 2
        if missing[middle] < d { low = middle + 1 } else { high = middle }
      }
      return low < missing.count && missing[low] == d
    }

    /// Whether the observed coordinates are known exactly.
    package var isExact: Bool { intervals.isEmpty && !hasErrors }
  }

  /// The rows of one pattern in a block.
  package struct Group: Sendable {
    /// The number of the pattern.
    package let pattern: Int
    /// The place of the first row among ``RowPatterns/rows(of:)``.
    fileprivate let first: Int
    package let count: Int
  }

  /// All patterns that rows have, in the order of the coordinates that they lack. This order does not depend on the other
  /// rows of a data set, so neither does the order of the groups of a block.
  package let patterns: [Pattern]
  /// The rows of which nothing is known, neither a value nor anything of their component.
  package let emptyRows: [Int]
  private let hasSoftLabels: Bool
  /// The number of missing values.
  package let missingCount: Int
  private let numbers: AlignedBuffer<Int32>
  /// The rows of each block, by their patterns: places in the block.
  private let order: AlignedBuffer<UInt16>
  private let groups: [Group]
  /// The place of the first group of each block, and the number of all groups.
  private let starts: [Int]

  /// Finds the patterns of N rows in D dimensions.
  ///
  /// - Parameters:
  ///   - details: what is known beside the values.
  ///   - isMissing: whether a row lacks a coordinate.
  /// - Throws: ``ModelError`` when memory runs out.
  init(
    count: Int, dimensionCount: Int, _ details: RowDetails?, _ isMissing: (_ row: Int, _ d: Int) -> Bool
  ) throws(ModelError) {
    guard let numbers = AlignedBuffer<Int32>(count: count), let order = AlignedBuffer<UInt16>(count: count) else {
      throw .outOfMemory("the patterns of \(count) rows")
    }
    var known: [[Int]: Int32] = [:]
    var all: [[Int]] = []
    var missing: [Int] = []
    var total = 0
    for i in 0..<count {
      missing.removeAll(keepingCapacity: true)
      for d in 0..<dimensionCount where isMissing(i, d) { missing.append(d) }
      total += missing.count
      if let details {
        // The coordinates end before these negative numbers.
        missing.append(-1)
        for d in 0..<dimensionCount where details.interval(i, d) != nil {
          if !isMissing(i, d) { missing.append(d) }
        }
        let hasError = (0..<dimensionCount).contains { !isMissing(i, $0) && details.errorVariance(i, $0) > 0 }
        missing += [hasError ? -3 : -2, details.label(i)]
      }
      if let number = known[missing] {
        numbers.base[i] = number
      } else {
        numbers.base[i] = Int32(all.count)
        known[missing] = Int32(all.count)
        all.append(missing)
      }
    }
    let sorted = all.indices.sorted { all[$0].lexicographicallyPrecedes(all[$1]) }
    var rank = [Int32](repeating: 0, count: all.count)
    for (place, number) in sorted.enumerated() { rank[number] = Int32(place) }
    for i in 0..<count { numbers.base[i] = rank[Int(numbers.base[i])] }
    let patterns = sorted.map { number in
      Pattern(all[number], dimensionCount, hasDetails: details != nil)
    }
    var (groups, starts) = ([Group](), [0])
    for start in stride(from: 0, to: count, by: blockSize) {
      let rows = start..<min(start + blockSize, count)
      let sorted = rows.sorted { (numbers.base[$0], $0) < (numbers.base[$1], $1) }
      for (place, row) in sorted.enumerated() {
        order.base[start + place] = UInt16(row - start)
        let pattern = Int(numbers.base[row])
        if place > 0, let last = groups.last, last.pattern == pattern {
          groups[groups.count - 1] = Group(pattern: pattern, first: last.first, count: last.count + 1)
        } else {
          groups.append(Group(pattern: pattern, first: start + place, count: 1))
        }
      }
      starts.append(groups.count)
    }
    self.patterns = patterns
    missingCount = total
    let hasSoftLabels = details?.logShares != nil
    self.hasSoftLabels = hasSoftLabels
    emptyRows =
      hasSoftLabels
      ? [] : (0..<count).filter { patterns[Int(numbers.base[$0])].observed.isEmpty && details?.label($0) ?? -1 < 0 }
    (self.numbers, self.order, self.groups, self.starts) = (numbers, order, groups, starts)
  }

  /// Whether all rows are complete and exact, and no label is known.
  var saysNothing: Bool { patterns.allSatisfy { $0.missing.isEmpty && $0.isExact && $0.label < 0 } }

  /// The number of the pattern of a row.
  package func number(of row: Int) -> Int { Int(numbers.base[row]) }

  /// The pattern of a row.
  package func pattern(of row: Int) -> Pattern { patterns[number(of: row)] }

  /// Returns whether rows of a pattern count for nothing, because nothing is known of them.
  package func areEmpty(_ pattern: Pattern) -> Bool {
    pattern.observed.isEmpty && pattern.label < 0 && !hasSoftLabels
  }

  /// Returns whether a row lacks a coordinate.
  package func isMissing(_ row: Int, _ d: Int) -> Bool { pattern(of: row).lacks(d) }

  /// The groups of a block.
  package func groups(ofBlock index: Int) -> ArraySlice<Group> { groups[starts[index]..<starts[index + 1]] }

  /// The rows of a group: their places in its block, ascending.
  package func rows(of group: Group) -> UnsafePointer<UInt16> { UnsafePointer(order.base + group.first) }
}

extension RowPatterns.Pattern {
  /// Reads the numbers of a pattern: the missing coordinates; -1, those of intervals, -3 or -2, and the label.
  fileprivate init(_ numbers: [Int], _ dimensionCount: Int, hasDetails: Bool) {
    let end = hasDetails ? numbers.firstIndex(of: -1) ?? numbers.count : numbers.count
    missing = Array(numbers[..<end])
    let lacks = Set(missing)
    observed = (0..<dimensionCount).filter { !lacks.contains($0) }
    intervals = hasDetails ? Array(numbers[(end + 1)..<(numbers.count - 2)]) : []
    hasErrors = hasDetails && numbers[numbers.count - 2] == -3
    label = hasDetails ? numbers[numbers.count - 1] : -1
  }
}
