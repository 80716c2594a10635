import GMMKernels

/// A partition of the atoms of some draws, with its table of contingencies with every draw.
///
/// A move of an atom takes O(draws) additions, and so does the change of the loss that a move would make. Clusters have
/// slots, which are used again when they are empty.
final class PartitionState {
  let draws: PartitionDraws
  let mass: any MassFunction
  /// The largest number of clusters.
  let capacity: Int
  /// The slot of each atom; -1 if it has none.
  private(set) var labels: [Int]
  /// The slots of the clusters.
  private(set) var slots: [Int] = []
  /// The number of atoms in each slot.
  private(set) var members: [Int] = []
  /// Whether a table could not be allocated. The state is then not used any more.
  private(set) var isOutOfMemory = false
  private var weights: [Double] = []
  /// The weights of the intersections with the clusters of each draw, draws x width, for each slot.
  private var tables: [AlignedBuffer<Double>] = []
  private var free: [Int] = []
  private let share: Double
  private let monitor: RunMonitor

  init(_ draws: PartitionDraws, _ mass: any MassFunction, capacity: Int, _ monitor: RunMonitor) {
    (self.draws, self.mass, self.capacity, self.monitor) = (draws, mass, capacity, monitor)
    labels = [Int](repeating: -1, count: draws.atomCount)
    share = 2 / Double(draws.drawCount)
  }

  /// Takes all atoms out of their clusters.
  func clear() {
    for slot in slots { release(slot) }
    slots = []
    for atom in labels.indices { labels[atom] = -1 }
  }

  /// Makes a partition of the atoms of positive weight, given as labels that are numbered by their first atom. The slot
  /// of label k is then `slots[k]`. The partition is not whole if there is not enough memory or the monitor stops.
  func fill(_ labels: [Int]) {
    clear()
    for (place, atom) in draws.heavyAtoms.enumerated() {
      if place % 256 == 0, monitor.pollForStop() { return }
      if labels[atom] == slots.count, open() == nil { return }
      add(atom, to: slots[labels[atom]])
    }
  }

  /// The clusters, numbered by their first atom, with their distances. Atoms without a cluster get number 0.
  func found() -> FoundPartition {
    var numbers: [Int: Int] = [:]
    let labels = labels.map { slot in
      guard slot >= 0 else { return 0 }
      let number = numbers[slot] ?? numbers.count
      numbers[slot] = number
      return number
    }
    // The tables are taken anew, because moves may have rounded them.
    fill(labels)
    return FoundPartition(labels: labels, distances: isOutOfMemory ? [] : distances())
  }

  var canGrow: Bool { slots.count < capacity }

  /// Returns the slot of a new cluster without atoms, or `nil` if there is not enough memory.
  func open() -> Int? {
    if let slot = free.popLast() {
      slots.append(slot)
      return slot
    }
    guard let table = AlignedBuffer<Double>(count: draws.drawCount * draws.width) else {
      isOutOfMemory = true
      return nil
    }
    tables.append(table)
    weights.append(0)
    members.append(0)
    slots.append(tables.count - 1)
    return tables.count - 1
  }

  /// Puts an atom without a cluster into a slot.
  func add(_ atom: Int, to slot: Int) {
    labels[atom] = slot
    members[slot] += 1
    weights[slot] += draws.weights[atom]
    held(slot).add(draws.weights[atom], draws.draws(of: atom))
  }

  /// Takes an atom out of its slot, which is closed if it was the last one.
  func remove(_ atom: Int) {
    let slot = labels[atom]
    labels[atom] = -1
    members[slot] -= 1
    guard members[slot] > 0 else {
      slots.removeAll { $0 == slot }
      return release(slot)
    }
    weights[slot] -= draws.weights[atom]
    held(slot).add(-draws.weights[atom], draws.draws(of: atom))
  }

  func move(_ atom: Int, to slot: Int) {
    remove(atom)
    add(atom, to: slot)
  }

  /// Puts all atoms of one slot into another one.
  func merge(_ slot: Int, into other: Int) {
    for atom in labels.indices where labels[atom] == slot { labels[atom] = other }
    members[other] += members[slot]
    weights[other] += weights[slot]
    held(other).add(held(slot))
    slots.removeAll { $0 == slot }
    release(slot)
  }

  /// The change of the expected loss if an atom without a cluster is put into a slot.
  @inline(__always)
  func change(adding atom: Int, to slot: Int) -> Double {
    let weight = draws.weights[atom]
    return mass(weights[slot] + weight) - mass(weights[slot]) - share
      * mass.change(by: weight, held(slot), draws.draws(of: atom))
  }

  /// The change if an atom without a cluster is put into one of its own.
  @inline(__always)
  func change(isolating atom: Int) -> Double { -mass(draws.weights[atom]) }

  /// The change if an atom is taken out of its slot.
  @inline(__always)
  func change(removing atom: Int) -> Double {
    let weight = draws.weights[atom]
    let slot = labels[atom]
    // The weights of the slot hold that of the atom, but rounding may have taken a part of it.
    return mass(max(weights[slot] - weight, 0)) - mass(weights[slot])
      - share * mass.change(by: -weight, held(slot), draws.draws(of: atom))
  }

  /// The change if two slots are merged.
  func change(merging slot: Int, _ other: Int) -> Double {
    mass(weights[slot] + weights[other]) - mass(weights[slot]) - mass(weights[other])
      - share * mass.change(merging: held(slot), held(other))
  }

  /// Returns the change if an atom of weight 0 would join a slot with another weight.
  func change(adding atom: Int, weight: Double, to slot: Int, _ function: any MassFunction) -> Double {
    function(weights[slot] + weight) - function(weights[slot])
      - share * function.change(by: weight, held(slot), draws.draws(of: atom))
  }

  /// Returns the distance between the partition and each draw.
  func distances() -> [Double] {
    let own = slots.reduce(0) { $0 + mass(weights[$1]) }
    return (0..<draws.drawCount).map { t in
      var distance = own
      for k in t * draws.width..<(t + 1) * draws.width {
        var (whole, parts) = (0.0, 0.0)
        for slot in slots {
          whole += tables[slot].base[k]
          parts += mass(tables[slot].base[k])
        }
        distance += mass(whole) - 2 * parts
      }
      return max(distance, 0)
    }
  }

  private func held(_ slot: Int) -> Contingencies {
    Contingencies(table: tables[slot].base, drawCount: draws.drawCount, width: draws.width)
  }

  private func release(_ slot: Int) {
    tables[slot].elements.update(repeating: 0)
    weights[slot] = 0
    members[slot] = 0
    free.append(slot)
  }
}
