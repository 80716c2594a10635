import GMMKernels

/// The partitions at which searches begin.
struct PartitionStarts {
  let draws: PartitionDraws
  let capacity: Int
  let count: Int
  let seed: UInt64

  /// Returns the key of the random numbers of a search.
  ///
  /// - Parameter part: 0 for the start, 1 for the descent, 2 for the refinement.
  func key(_ start: Int, part: UInt64) -> StreamKey {
    StreamKey(seed: seed, chain: UInt64(start), purpose: .partitionStarts).at(iteration: part)
  }

  /// Returns the label of each atom; -1 for atoms that the search allocates itself, one after the other.
  ///
  /// The starts are, in turn: the partition of a draw; atoms allocated one after the other; the intersection of draws,
  /// which is then merged; and one cluster or, after the first time, as many single atoms as there may be clusters.
  func labels(_ start: Int) -> [Int] {
    var stream = RandomStream(key(start, part: 0))
    switch start % 4 {
    case 0:
      let (place, places) = (start / 4, (count + 3) / 4)
      let t = Int((Double(place) + 0.5) / Double(places) * Double(draws.drawCount))
      return (0..<draws.atomCount).map { Int(draws.draws(of: $0)[min(t, draws.drawCount - 1)]) }
    case 1: return [Int](repeating: -1, count: draws.atomCount)
    case 2: return intersection(&stream)
    default:
      guard start > 3 else { return [Int](repeating: 0, count: draws.atomCount) }
      var labels = [Int](repeating: -1, count: draws.atomCount)
      var atoms = draws.heavyAtoms
      stream.shuffle(&atoms)
      for (label, atom) in atoms.prefix(capacity).enumerated() {
        labels[atom] = label
      }
      return labels
    }
  }

  /// Returns the intersection of random draws, as many as keep the number of clusters within the bound.
  private func intersection(_ stream: inout RandomStream) -> [Int] {
    var labels = [Int](repeating: 0, count: draws.atomCount)
    for _ in 0..<16 {
      let t = stream.index(below: draws.drawCount)
      var numbers: [Int: Int] = [:]
      let finer = (0..<draws.atomCount).map { atom in
        let pair = labels[atom] * 256 + Int(draws.draws(of: atom)[t])
        let number = numbers[pair] ?? numbers.count
        numbers[pair] = number
        return number
      }
      guard numbers.count <= capacity else { break }
      labels = finer
    }
    return labels
  }
}
