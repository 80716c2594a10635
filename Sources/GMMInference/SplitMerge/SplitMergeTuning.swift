import GMMStorage

/// The values that a chain has learned about split-merge moves. They are a part of the chain's memory.
struct SplitMergeTuning: Sendable, Equatable {
  /// Whether the chain makes no moves at all, as those of files before format 4.
  let isOff: Bool
  /// Whether moves reach what steps do not.
  private(set) var pays = false
  /// The numbers of moves after the tuning, and of those that gave rows to other components.
  private(set) var proposed: UInt64 = 0
  private(set) var accepted: UInt64 = 0
  /// The assignments after the last moves, while the chain learns.
  private var labels: [UInt8] = []
  /// The shares of rows that changed their component from the moves of one iteration to those of the next.
  private var drifts: [Double] = []
  /// The shares of rows that accepted moves gave to another component.
  private var jumps: [Double] = []

  init(isOff: Bool = false) { self.isOff = isOff }

  /// Whether what was recorded has not decided yet.
  var isUnsettled: Bool { !labels.isEmpty }

  /// Records the assignments before the moves of an iteration.
  ///
  /// - Parameter components: their number. It may be another one than at the last record.
  mutating func watch(_ labels: [Int], components: Int) {
    guard self.labels.count == labels.count else { return }
    let before = self.labels.map { Int($0) }
    drifts.append(labelDifference(before, labels, max(components, 1 + (before.max() ?? 0))))
  }

  /// Records the assignments after the moves of an iteration.
  mutating func keep(_ labels: [Int]) { self.labels = labels.map { UInt8(truncatingIfNeeded: $0) } }

  /// Records a move while the chain learns.
  mutating func propose(moved: Double) { if moved > 0 { jumps.append(moved) } }

  /// Records a move after the tuning.
  mutating func count(moved: Double) {
    proposed += 1
    if moved > 0 { accepted += 1 }
  }

  /// Decides whether moves pay: some moved far more rows than the steps between moves do.
  mutating func settle() {
    let sorted = drifts.sorted()
    let usual = sorted.isEmpty ? 0 : sorted[sorted.count * 3 / 4]
    pays = jumps.contains { $0 > 2 * usual + 0.02 }
    (drifts, jumps, labels) = ([], [], [])
  }
}

extension SplitMergeTuning {
  func write(to writer: inout ByteWriter) {
    writer.write(isOff)
    writer.write(pays)
    writer.write(proposed)
    writer.write(accepted)
    writer.write(drifts)
    writer.write(jumps)
    writer.write(labels.count)
    writer.append(labels)
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    isOff = try reader.readBool()
    pays = try reader.readBool()
    proposed = try reader.read(UInt64.self)
    accepted = try reader.read(UInt64.self)
    drifts = try reader.readDoubles()
    jumps = try reader.readDoubles()
    labels = try reader.readBytes(try reader.readCount(elementSize: 1))
  }
}

/// Returns the least share of rows whose labels differ between two labellings, over all ways to match the labels.
///
/// Labels are matched greedily, by the largest numbers of common rows.
///
/// - Parameter count: the number of labels.
/// - Complexity: O(N + C² + P log P), for N rows, C labels and P pairs of labels that rows have.
func labelDifference(_ first: [Int], _ second: [Int], _ count: Int) -> Double {
  var common = [Int](repeating: 0, count: count * count)
  var pairs: [Int] = []
  for (a, b) in zip(first, second) where a < count && b < count {
    let pair = a * count + b
    if common[pair] == 0 { pairs.append(pair) }
    common[pair] += 1
  }
  var matched = 0
  var rowIsTaken = [Bool](repeating: false, count: count)
  var columnIsTaken = rowIsTaken
  for pair in pairs.sorted(by: { (common[$1], $0) < (common[$0], $1) }) {
    let (row, column) = (pair / count, pair % count)
    guard !rowIsTaken[row], !columnIsTaken[column] else { continue }
    matched += common[pair]
    rowIsTaken[row] = true
    columnIsTaken[column] = true
  }
  return 1 - Double(matched) / Double(first.count)
}
