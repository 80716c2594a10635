import GMMKernels
import GMMModel

/// Draws of partitions of weighted rows. Rows that are together in all draws are one atom.
///
/// An optimal partition exists that keeps such rows together: with δ of their weight moved from one cluster to another
/// the loss is concave in δ, because the weight of an intersection is at most that of the cluster.
final class PartitionDraws: @unchecked Sendable {
  /// The number of draws.
  let drawCount: Int
  /// The number of atoms.
  let atomCount: Int
  /// The atom of each row, (N). Atoms are numbered by their first row.
  let atoms: [Int]
  /// The weight of each atom, the sum of those of its rows.
  let weights: [Double]
  /// The largest number of clusters of a draw.
  let width: Int
  /// The number of clusters of each draw.
  let clusterCounts: [Int]
  /// The sum of all weights.
  let total: Double
  private let labels: AlignedBuffer<UInt8>

  /// - Parameters:
  ///   - labels: N x draws, row after row. The memory is taken over.
  ///   - weight: the weight of each row.
  ///   - monitor: is asked now and then whether the work should end.
  /// - Throws: ``ModelError`` of kind `cancelled` when the caller cancels.
  init(
    _ labels: AlignedBuffer<UInt8>, rows: Int, draws: Int, _ monitor: RunMonitor, weight: (Int) -> Double
  ) throws(ModelError) {
    drawCount = draws
    self.labels = labels
    var atoms = [Int](repeating: 0, count: rows)
    var weights: [Double] = []
    var known: [UInt64: Int] = [:]
    for i in 0..<rows {
      if i % 64 == 0 { try monitor.check() }
      let row = labels.base + i * draws
      let hash = Self.hash(row, draws)
      // Different rows with one hash are all but impossible. They are atoms of their own, which is right as well.
      if let atom = known[hash], memcmp(labels.base + atom * draws, row, draws) == 0 {
        atoms[i] = atom
      } else {
        // Atoms move down, so none is written over before it has moved.
        atoms[i] = weights.count
        if atoms[i] != i { (labels.base + atoms[i] * draws).update(from: row, count: draws) }
        known[hash] = atoms[i]
        weights.append(0)
      }
      weights[atoms[i]] += weight(i)
    }
    (self.atoms, self.weights, atomCount) = (atoms, weights, weights.count)
    total = weights.reduce(0, +)
    clusterCounts = try Self.renumber(labels.base, atoms: weights.count, draws: draws, monitor)
    width = clusterCounts.max() ?? 1
  }

  /// Copies partitions that are given as draws x N labels.
  convenience init(_ partitions: [[Int]], weights: [Double]) throws(ModelError) {
    guard let labels = AlignedBuffer<UInt8>(count: partitions.count * weights.count) else {
      throw .outOfMemory("partitions")
    }
    for (t, partition) in partitions.enumerated() {
      for (i, label) in partition.enumerated() { labels.base[i * partitions.count + t] = UInt8(label) }
    }
    let monitor = RunMonitor(RunControl())
    try self.init(labels, rows: weights.count, draws: partitions.count, monitor) { weights[$0] }
  }

  /// The clusters of an atom in all draws.
  @inline(__always)
  func draws(of atom: Int) -> UnsafePointer<UInt8> { UnsafePointer(labels.base + atom * drawCount) }

  /// The atoms of positive weight, which alone count in a loss.
  var heavyAtoms: [Int] { weights.indices.filter { weights[$0] > 0 } }

  private static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for t in 0..<count {
      hash = (hash ^ UInt64(bytes[t])) &* 0xD6E8_FEB8_6659_FD93
      hash ^= hash &>> 32
    }
    return hash
  }

  /// Numbers the clusters of each draw by their first atom, and returns how many there are.
  private static func renumber(
    _ labels: UnsafeMutablePointer<UInt8>, atoms: Int, draws: Int, _ monitor: RunMonitor
  ) throws(ModelError) -> [Int] {
    var counts = [Int](repeating: 0, count: draws)
    var numbers = [Int16](repeating: -1, count: draws * 256)
    for atom in 0..<atoms {
      if atom % 64 == 0 { try monitor.check() }
      let row = labels + atom * draws
      for t in 0..<draws {
        let place = t * 256 + Int(row[t])
        if numbers[place] < 0 {
          numbers[place] = Int16(counts[t])
          counts[t] += 1
        }
        row[t] = UInt8(numbers[place])
      }
    }
    return counts
  }
}
