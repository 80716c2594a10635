import GMMKernels
import GMMModel

/// The rows of a data set that are equal in some coordinates.
struct TiedRows: Sendable {
  /// Rows that are equal and count more than once.
  struct Tie: Sendable {
    /// The first of the rows.
    let row: Int
    /// The sum of their sample weights, above 1.
    let weight: Double
  }

  /// The ties, in no order.
  private(set) var ties: [Tie] = []

  /// Finds the ties of the rows with positive weight. A row that lacks one of the coordinates has no tie.
  ///
  /// - Parameter tally: counts the blocks and may end the work. The ties are then not used.
  /// - Complexity: O(N), by a table of the rows' hash values that has at most 4 N places.
  init(_ data: DataSet, _ coordinates: Range<Int>, _ tally: BlockTally) throws(ModelError) {
    var places = 16
    while places < 2 * data.count { places *= 2 }
    // A place holds the number of the first row with its values, from 1, below the high bits of their hash value. These
    // bits save looking at most rows of other values, which lie anywhere in memory.
    guard let first = AlignedBuffer<UInt64>(count: places) else { throw Self.outOfMemory(data) }
    // The weights of the rows after the first, for each place.
    var others: AlignedBuffer<Double>?
    for row in 0..<data.count {
      if row > 0, row.isMultiple(of: blockSize) {
        tally.pass()
        guard tally.goesOn else { break }
      }
      let weight = data.weights?[row] ?? 1
      guard weight > 0, !data.lacks(row, coordinates) else { continue }
      let hash = Self.hash(data, row, coordinates)
      let tag = hash & ~Self.rowBits
      var place = Int(hash & UInt64(places - 1))
      while first.base[place] > 0 {
        let entry = first.base[place]
        if entry & ~Self.rowBits == tag, data.areEqual(Self.row(entry), row, in: coordinates) { break }
        place = (place + 1) & (places - 1)
      }
      if first.base[place] == 0 {
        first.base[place] = tag | UInt64(row + 1)
      } else {
        if others == nil { others = AlignedBuffer<Double>(count: places) }
        guard let others else { throw Self.outOfMemory(data) }
        others.base[place] += weight
      }
    }
    tally.pass()
    guard others != nil || data.weights != nil else { return }
    for place in 0..<places where first.base[place] > 0 {
      let row = Self.row(first.base[place])
      let weight = (data.weights?[row] ?? 1) + (others?.base[place] ?? 0)
      if weight > 1 { ties.append(Tie(row: row, weight: weight)) }
    }
  }

  /// Returns the tie of the largest weight, and of several the first, that fulfils a condition.
  func largest(where condition: (Tie) -> Bool) -> Tie? {
    var largest: Tie?
    for tie in ties {
      if let largest, (largest.weight, tie.row) > (tie.weight, largest.row) { continue }
      if condition(tie) { largest = tie }
    }
    return largest
  }

  /// The bits of a place for the number of a row.
  private static let rowBits: UInt64 = (1 << 40) - 1

  private static func row(_ entry: UInt64) -> Int { Int(entry & rowBits) - 1 }

  private static func outOfMemory(_ data: DataSet) -> ModelError { .outOfMemory("the ties of \(data.count) rows") }

  /// Returns a number whose bits depend on all bits of the coordinates (the finalizer of SplitMix64).
  @inline(__always)
  private static func hash(_ data: DataSet, _ row: Int, _ coordinates: Range<Int>) -> UInt64 {
    var state: UInt64 = 0
    for d in coordinates {
      // The sum is 0 for -0, too.
      state ^= (data.filled(row, d) + 0).bitPattern
      state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
      state ^= state >> 31
    }
    return state
  }
}

extension DataSet {
  /// Returns whether two rows are equal in some coordinates, which neither lacks.
  @inline(__always)
  func areEqual(_ i: Int, _ j: Int, in coordinates: Range<Int>) -> Bool {
    coordinates.allSatisfy { filled(i, $0) == filled(j, $0) }
  }

  /// Returns the number of rows with given values in some coordinates, and the sum of their weights.
  func occurrences(of values: [Double], in coordinates: Range<Int>) -> (rows: Int, weight: Double) {
    var (rows, sum) = (0, 0.0)
    for i in 0..<count where zip(coordinates, values).allSatisfy({ self[i, $0] == $1 }) {
      let weight = weights?[i] ?? 1
      rows += weight > 0 ? 1 : 0
      sum += weight
    }
    return (rows, sum)
  }
}
