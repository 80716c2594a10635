/// The running sums of one block, with eight lanes for each number. They become ``BlockMoments``.
struct LaneMoments<Vectors: ComponentVectors> {
  var counts: Vectors
  var sums: Vectors
  var squares: Vectors

  /// Adds `weight`, `weight` (x - center) and `weight` (x - center)² to component `k`, given weight (x - center).
  @inline(__always)
  mutating func add(_ k: Int, weight: Vector, weighted: Vector, distance: Vector) {
    counts[k] += weight
    sums[k] += weighted
    squares[k] = weighted.multiplied(by: distance, adding: squares[k])
  }

  /// Adds 1, `distance` and its square to component `k` in the lanes of `members`.
  @inline(__always)
  mutating func add(_ k: Int, distance: Vector, where members: VectorMask) {
    let kept = distance.kept(where: members)
    add(k, weight: Vector(repeating: 1).kept(where: members), weighted: kept, distance: kept)
  }

  /// Writes the lanes of lane pass `pass` to their places among eight.
  @inline(__always)
  func store(in lanes: UnsafeMutablePointer<Double>, pass: Int) {
    let count = counts.count
    for k in 0..<count {
      write(counts[k], to: lanes + k * laneCount, pass)
      write(sums[k], to: lanes + (count + k) * laneCount, pass)
      write(squares[k], to: lanes + (2 * count + k) * laneCount, pass)
    }
  }

  @inline(__always)
  private func write(_ vector: Vector, to lanes: UnsafeMutablePointer<Double>, _ pass: Int) {
    // SAFETY: the memory has eight lanes, aligned to 64 bytes, and these are the lanes of this lane pass.
    UnsafeMutableRawPointer(lanes + pass * vectorWidth).assumingMemoryBound(to: Vector.self).pointee = vector
  }
}

extension LaneMoments where Vectors == MemoryVectors {
  /// Creates sums of 0 in the caller's scratch memory, after its first `count` vectors.
  @inline(__always)
  init(scratch: Scratch, count: Int) {
    counts = MemoryVectors(scratch, slot: 1, count: count)
    sums = MemoryVectors(scratch, slot: 2, count: count)
    squares = MemoryVectors(scratch, slot: 3, count: count)
  }
}
