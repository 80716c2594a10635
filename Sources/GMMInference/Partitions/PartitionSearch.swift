import GMMKernels
import GMMModel

/// The search of one thread for the partition of least expected loss.
///
/// A local search moves one atom at a time to the cluster that lowers the loss most, or to one of its own (the greedy
/// algorithm of Rastelli and Friel 2018, and the sweetening of SALSO, Dahl, Johnson, Mueller 2022). Then it merges
/// clusters and splits clusters while that lowers the loss.
final class PartitionSearch {
  let state: PartitionState
  private let draws: PartitionDraws
  private let monitor: RunMonitor
  private let atoms: [Int]
  private var stream: RandomStream
  /// The largest number of clusters whose pairs are all tried as merges.
  private static let mergedClusters = 64
  /// A smaller change of the loss is taken as rounding.
  private let tolerance = 1e-13

  init(_ draws: PartitionDraws, _ mass: any MassFunction, capacity: Int, _ monitor: RunMonitor, key: StreamKey) {
    state = PartitionState(draws, mass, capacity: capacity, monitor)
    (self.draws, self.monitor) = (draws, monitor)
    atoms = draws.heavyAtoms
    stream = RandomStream(key)
  }

  /// Whether the search ends: it was cancelled, or there is not enough memory.
  private var isStopped: Bool { state.isOutOfMemory || monitor.pollForStop() }

  /// Begins at a partition, given as a label for each atom; atoms of label -1 are put where the loss is least.
  ///
  /// - Returns: whether every atom has a cluster. If not, the search has been stopped and cannot go on.
  func begin(_ labels: [Int]) -> Bool {
    state.clear()
    var slots: [Int: Int] = [:]
    var rest: [Int] = []
    for (place, atom) in atoms.enumerated() {
      if place % 256 == 0, isStopped { return false }
      guard labels[atom] >= 0 else {
        rest.append(atom)
        continue
      }
      if let slot = slots[labels[atom]] {
        state.add(atom, to: slot)
      } else if state.canGrow {
        guard let slot = state.open() else { return false }
        slots[labels[atom]] = slot
        state.add(atom, to: slot)
      } else {
        rest.append(atom)
      }
    }
    for (place, atom) in shuffled(rest).enumerated() {
      if place % 16 == 0, isStopped { return false }
      guard let slot = best(for: atom).slot ?? state.open() else { return false }
      state.add(atom, to: slot)
    }
    return true
  }

  /// Goes downhill by moves of single atoms and by merges until neither lowers the loss.
  func descend() {
    repeat { sweep() } while merge() && !isStopped
  }

  /// Goes on by splits until none of those that are tried lowers the loss.
  func refine() {
    for _ in 0..<50 where !isStopped {
      var isBetter = false
      for slot in state.slots {
        for attempt in 0..<3 where split(slot, byDraw: attempt != 1) { isBetter = true }
      }
      guard isBetter else { return }
      descend()
    }
  }

  /// Returns atoms in random order.
  func shuffled(_ atoms: [Int]) -> [Int] {
    var atoms = atoms
    stream.shuffle(&atoms)
    return atoms
  }

  /// The best place for an atom without a cluster; a slot of `nil` stands for a new one.
  private func best(for atom: Int, except own: Int = -1) -> (slot: Int?, change: Double) {
    var best: (slot: Int?, change: Double) = (nil, .infinity)
    if state.canGrow { best.change = state.change(isolating: atom) }
    for slot in state.slots where slot != own {
      let change = state.change(adding: atom, to: slot)
      if change < best.change { best = (slot, change) }
    }
    return best
  }

  /// Moves single atoms until none moves any more.
  private func sweep() {
    let order = shuffled(atoms)
    var (calm, place) = (0, 0)
    // Each move lowers the loss, so the search ends by itself. The bound is for rounding.
    var left = 1_000 * order.count
    while calm < order.count, left > 0 {
      if left % 16 == 0, isStopped { return }
      calm = moveToBest(order[place]) ? 0 : calm + 1
      place = place + 1 == order.count ? 0 : place + 1
      left -= 1
    }
  }

  private func moveToBest(_ atom: Int) -> Bool {
    let own = state.labels[atom]
    let best = best(for: atom, except: own)
    guard best.change + state.change(removing: atom) < -tolerance else { return false }
    if let slot = best.slot {
      state.move(atom, to: slot)
    } else {
      guard state.members[own] > 1, let slot = state.open() else { return false }
      state.move(atom, to: slot)
    }
    return true
  }

  /// Merges the two clusters whose merge lowers the loss most, again and again.
  ///
  /// - Returns: whether it merged any.
  private func merge() -> Bool {
    guard state.slots.count <= Self.mergedClusters else { return false }
    var pairs: [(slot: Int, other: Int, change: Double)] = []
    func evaluate(_ slot: Int, with others: some Sequence<Int>) {
      for other in others { pairs.append((slot, other, state.change(merging: slot, other))) }
    }
    for (place, slot) in state.slots.enumerated() {
      if isStopped { return false }
      evaluate(slot, with: state.slots[..<place])
    }
    var isBetter = false
    while let best = pairs.indices.min(by: { pairs[$0].change < pairs[$1].change }),
      pairs[best].change < -tolerance, !isStopped
    {
      let (slot, other, _) = pairs[best]
      state.merge(slot, into: other)
      pairs.removeAll { [$0.slot, $0.other].contains { $0 == slot || $0 == other } }
      evaluate(other, with: state.slots.filter { $0 != other })
      isBetter = true
    }
    return isBetter
  }

  /// Splits a cluster by one of its draws or about two of its atoms, if that lowers the loss.
  private func split(_ slot: Int, byDraw: Bool) -> Bool {
    guard !isStopped, state.canGrow, state.members[slot] > 1 else { return false }
    let members = atoms.filter { state.labels[$0] == slot }
    let part = byDraw ? drawnPart(of: members) : part(of: members)
    guard !part.isEmpty, part.count < members.count, let new = state.open() else { return false }
    var change = 0.0
    for (place, atom) in part.enumerated() {
      if place % 64 == 0, isStopped { return false }
      change += transfer(atom, to: new)
    }
    for _ in 0..<3 {
      var isCalm = true
      for (place, atom) in members.enumerated() where state.members[state.labels[atom]] > 1 {
        if place % 64 == 0, isStopped { return false }
        let other = state.labels[atom] == slot ? new : slot
        let gain = state.change(removing: atom) + state.change(adding: atom, to: other)
        guard gain < -tolerance else { continue }
        state.move(atom, to: other)
        change += gain
        isCalm = false
      }
      if isCalm { break }
    }
    if change < -tolerance { return true }
    state.merge(new, into: slot)
    return false
  }

  /// Moves an atom and returns the change of the loss.
  private func transfer(_ atom: Int, to slot: Int) -> Double {
    let change = state.change(removing: atom)
    state.remove(atom)
    defer { state.add(atom, to: slot) }
    return change + state.change(adding: atom, to: slot)
  }

  /// The members that are in one cluster of one draw.
  private func drawnPart(of members: [Int]) -> [Int] {
    let t = stream.index(below: draws.drawCount)
    let pivot = draws.draws(of: members[stream.index(below: members.count)])[t]
    return members.filter { draws.draws(of: $0)[t] == pivot }
  }

  /// The members that are more often together with one atom than with another.
  private func part(of members: [Int]) -> [Int] {
    let first = draws.draws(of: members[stream.index(below: members.count)])
    let second = draws.draws(of: members[stream.index(below: members.count)])
    return members.filter { atom in
      if atom % 64 == 0, isStopped { return false }
      let clusters = draws.draws(of: atom)
      var difference = 0
      for t in 0..<draws.drawCount {
        difference += (clusters[t] == first[t] ? 1 : 0) - (clusters[t] == second[t] ? 1 : 0)
      }
      return difference > 0
    }
  }
}
