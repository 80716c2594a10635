import GMMKernels
import GMMModel

/// The optimal partition of the atoms of some draws.
struct FoundPartition: Sendable {
  /// The cluster of each atom, from 0.
  let labels: [Int]
  /// The distance between the partition and each draw.
  let distances: [Double]

  /// The average distance.
  var loss: Double { distances.reduce(0, +) / Double(distances.count) }
}

/// The searches of a call, from all starts.
enum PartitionFinder {
  /// The number of searches that go on with splits, of those with the least losses.
  static func refinedCount(_ options: PartitionOptions) -> Int { (options.starts + 3) / 4 }

  /// Finds the partition of least expected loss. The result is a function of the draws and the options alone.
  static func find(
    _ draws: PartitionDraws, _ options: PartitionOptions, _ team: StepTeam
  ) throws(ModelError) -> FoundPartition {
    let mass = try massFunction(draws, options.loss)
    let most = max(16, 2 * draws.width)
    let capacity = max(1, min(options.largestClusterCount ?? most, draws.atomCount))
    let starts = PartitionStarts(draws: draws, capacity: capacity, count: options.starts, seed: options.seed)

    /// Runs searches and returns the partitions that they have found, without repetitions, the best first.
    func search(
      _ count: Int, part: UInt64, _ run: @escaping @Sendable (PartitionSearch, _ place: Int) -> Void
    ) throws(ModelError) -> [FoundPartition] {
      let results = SearchResults(count)
      try team.run(
        count, makeWorkspace: { () },
        body: { (place, _, monitor) throws(ModelError) in
          let search = PartitionSearch(
            draws, mass, capacity: capacity, monitor, key: starts.key(place, part: part))
          run(search, place)
          guard !search.state.isOutOfMemory else { throw .outOfMemory("the tables of a partition") }
          if monitor.shouldStop { return }
          results.set(place, search.state.found())
        })
      return results.sorted()
    }

    let found = try search(options.starts, part: 1) { search, place in
      if search.begin(starts.labels(place)) { search.descend() }
    }
    let chosen = Array(found.prefix(refinedCount(options)))
    let refined = try search(chosen.count, part: 2) { search, place in
      if search.begin(chosen[place].labels) { search.refine() }
    }
    guard let best = refined.first else { throw team.monitor.cancellationError }
    return try finished(best, draws, mass, options.loss, capacity: capacity, team.monitor)
  }

  /// Returns the function of a loss, from a table if all weights are whole.
  private static func massFunction(_ draws: PartitionDraws, _ loss: PartitionLoss) throws(ModelError)
    -> any MassFunction
  {
    guard loss == .variationOfInformation, draws.weights.allSatisfy({ $0 == $0.rounded() }),
      draws.total <= Double(TabulatedEntropy.largestTotal)
    else { return anyMassFunction(draws, loss) }
    guard let table = TabulatedEntropy(total: Int(draws.total)) else { throw .outOfMemory("a table of entropies") }
    return table
  }

  /// Returns the function of a loss for weights of any kind.
  private static func anyMassFunction(_ draws: PartitionDraws, _ loss: PartitionLoss) -> any MassFunction {
    loss == .binder ? SquareOfMass(total: draws.total) : EntropyOfMass(total: draws.total)
  }

  /// Puts the atoms of weight 0 where a row of average weight would raise the loss least.
  private static func finished(
    _ found: FoundPartition, _ draws: PartitionDraws, _ mass: any MassFunction, _ loss: PartitionLoss, capacity: Int,
    _ monitor: RunMonitor
  ) throws(ModelError) -> FoundPartition {
    var labels = found.labels
    let light = labels.indices.filter { draws.weights[$0] == 0 }
    guard !light.isEmpty else { return found }
    let state = PartitionState(draws, mass, capacity: capacity, monitor)
    state.fill(labels)
    try monitor.requireCompletion()
    guard !state.isOutOfMemory else { throw .outOfMemory("the tables of a partition") }
    let weight = draws.total / Double(draws.atoms.count)
    let function = anyMassFunction(draws, loss)
    for (place, atom) in light.enumerated() {
      if place % 64 == 0 { try monitor.check() }
      let changes = state.slots.map { state.change(adding: atom, weight: weight, to: $0, function) }
      labels[atom] = changes.indices.min { changes[$0] < changes[$1] } ?? 0
    }
    return FoundPartition(labels: labels, distances: found.distances)
  }
}

/// The partitions that the searches of a call have found.
private final class SearchResults: @unchecked Sendable {
  private let lock = Mutex()
  private var found: [FoundPartition?]

  init(_ count: Int) { found = [FoundPartition?](repeating: nil, count: count) }

  func set(_ place: Int, _ partition: FoundPartition) { lock.locked { found[place] = partition } }

  /// The partitions without repetitions, by their loss and then by the number of their search.
  func sorted() -> [FoundPartition] {
    let all = found.compactMap { $0 }
    let order = all.indices.sorted { all[$0].loss != all[$1].loss ? all[$0].loss < all[$1].loss : $0 < $1 }
    var known: Set<[Int]> = []
    return order.map { all[$0] }.filter { known.insert($0.labels).inserted }
  }
}
