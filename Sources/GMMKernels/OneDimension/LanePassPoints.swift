/// The observations of one block as one lane pass sees them: groups of eight, of which the lane pass takes its lanes.
struct LanePassPoints {
  private let base: UnsafePointer<Vector>
  private let count: Int
  private let pass: Int

  init(_ x: UnsafePointer<Double>, count: Int, pass: Int) {
    // SAFETY: the caller promises whole groups up to `count` rounded up, aligned to 64 bytes.
    base = UnsafeRawPointer(x).assumingMemoryBound(to: Vector.self) + pass
    self.count = count
    self.pass = pass
  }

  /// The groups in which all lanes hold observations.
  var fullGroups: Range<Int> { 0..<count / laneCount }

  /// The group of the last few observations, if there are any.
  var lastGroup: Range<Int> { count / laneCount..<(count + laneCount - 1) / laneCount }

  /// The lanes of the last group.
  var lastLanes: FirstLanes { FirstLanes(count: count % laneCount, pass: pass) }

  @inline(__always)
  subscript(_ group: Int) -> Vector { base[group * passCount] }
}
