/// The observations of one block as one pass sees them: groups of eight, of which it takes its lanes.
struct PassPoints {
  private let base: UnsafePointer<Vector>
  /// Groups, the last of which may be partial.
  let groups: Int
  private let last: VectorMask

  init(_ x: UnsafePointer<Double>, count: Int, pass: Int) {
    // SAFETY: the caller promises whole groups up to `count` rounded up, aligned to 64 bytes.
    base = UnsafeRawPointer(x).assumingMemoryBound(to: Vector.self) + pass
    groups = (count + laneCount - 1) / laneCount
    last = validLanes(first: count - (groups - 1) * laneCount, pass: pass)
  }

  @inline(__always)
  subscript(_ group: Int) -> Vector { base[group * passCount] }

  /// The lanes of a group that hold observations.
  @inline(__always)
  func valid(_ group: Int) -> VectorMask { group == groups - 1 ? last : VectorMask(repeating: true) }
}
