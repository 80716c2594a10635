/// The working memory of a lane pass over observations: one vector for each component.
///
/// It has two forms, and one source serves both. One form is registers: the compiler knows the number of components and
/// unrolls every loop over them. The other form is memory, for any number of components.
protocol ComponentVectors {
  /// The number of components.
  var count: Int { get }
  subscript(_ k: Int) -> Vector { get set }

  /// Evaluates all components at the points `x`, and stores exp(log share - largest) for each component, or the running
  /// sums.
  mutating func evaluate(_ x: Vector, _ table: ComponentTable, cumulative: Bool) -> Shares
}

/// Vectors of a number of components that the compiler knows.
struct RegisterVectors<let size: Int>: ComponentVectors {
  private var vectors = InlineArray<size, Vector>(repeating: .zero)

  @inline(__always)
  init() {}

  @inline(__always)
  var count: Int { size }

  @inline(__always)
  subscript(_ k: Int) -> Vector {
    // SAFETY: all loops run over 0 ..< count.
    get { vectors[unchecked: k] }
    set { vectors[unchecked: k] = newValue }
  }

  /// This takes one exponential fewer than there are components, because the exponential of the largest share is 1.
  ///
  /// Each component meets the largest component before it. The loser of the match goes to the place of the later one,
  /// where it is exponentiated. On the way back over the matches, the winner takes the value that was carried along,
  /// and leaves the value of the loser.
  @inline(__always)
  mutating func evaluate(_ x: Vector, _ table: ComponentTable, cumulative: Bool) -> Shares {
    var wins = InlineArray<size, VectorMask>(repeating: VectorMask(repeating: false))
    var largest = table.logShare(of: 0, at: x)
    for k in 1..<max(1, size) {
      let share = table.logShare(of: k, at: x)
      let isLarger = share .> largest
      wins[unchecked: k] = isLarger
      self[k] = share.replacing(with: largest, where: isLarger)
      largest.replace(with: share, where: isLarger)
    }
    var carried = Vector(repeating: 1)
    for step in 1..<max(1, size) {
      let k = size - step
      let loser = exponential(self[k] - largest)
      self[k] = loser.replacing(with: carried, where: wins[unchecked: k])
      carried.replace(with: loser, where: wins[unchecked: k])
    }
    self[0] = carried
    var sum = carried
    for k in 1..<max(1, size) {
      sum += self[k]
      if cumulative { self[k] = sum }
    }
    return Shares(logLargest: largest, total: sum)
  }
}

/// Vectors in the caller's scratch memory.
struct MemoryVectors: ComponentVectors {
  let count: Int
  private let base: UnsafeMutablePointer<Vector>

  /// - Parameter slot: the number of the region of `count` vectors in the scratch memory.
  @inline(__always)
  init(_ scratch: Scratch, slot: Int, count: Int) {
    base = scratch.vectors + slot * count
    self.count = count
    for k in 0..<count { base[k] = .zero }
  }

  @inline(__always)
  subscript(_ k: Int) -> Vector {
    get { base[k] }
    nonmutating set { base[k] = newValue }
  }

  @inline(__always)
  func evaluate(_ x: Vector, _ table: ComponentTable, cumulative: Bool) -> Shares {
    var largest = Vector(repeating: logShareFloor)
    for k in 0..<count {
      let share = table.logShare(of: k, at: x)
      self[k] = share
      largest = largest.replacing(with: share, where: share .> largest)
    }
    var sum = Vector.zero
    for k in 0..<count {
      let ratio = exponential(self[k] - largest)
      sum += ratio
      self[k] = cumulative ? sum : ratio
    }
    return Shares(logLargest: largest, total: sum)
  }
}
