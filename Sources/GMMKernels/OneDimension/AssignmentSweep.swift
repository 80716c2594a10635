/// Draws the assignments of one block of observations and takes the sums that the parameters need. No branch depends on
/// a point, and nothing is allocated.
///
/// For each point the kernel computes log shares, the exponentials s_j of their differences from the largest, and one
/// uniform number u. It takes the component k with Σ_{j<k} s_j ≤ u Σ_j s_j < Σ_{j≤k} s_j, which has probability s_k /
/// Σ_j s_j, exact up to rounding (inverse CDF). Few components live in registers.
///
/// - Parameters:
///   - x: the block's observations, aligned to 64 bytes and readable up to the next multiple of 8.
///   - count: the number of observations, at most ``blockSize``.
///   - table: the mixture.
///   - key: the random stream of this block and iteration.
///   - scratch: ``scratchSize(_:)`` doubles, aligned to 64 bytes.
///   - moments: receives the counts, sums and squares of the drawn assignments.
///   - labels: receives the components, `count` rounded up to a multiple of 8 bytes; `nil` drops the components.
/// - Returns: the block's log likelihood Σ log Σ_k w_k N(x | k), with the assignments summed out.
package func sweepAssignments(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, key: StreamKey,
  scratch: UnsafeMutablePointer<Double>, moments: BlockMoments, labels: UnsafeMutablePointer<UInt8>?
) -> Double {
  let scratch = Scratch(scratch, count: table.count)
  for pass in 0..<passCount {
    let points = LanePassPoints(x, count: count, pass: pass)
    if let labels {
      run(points, table, key, pass, scratch, LabelBytes(labels, pass: pass))
    } else {
      run(points, table, key, pass, scratch, NoLabels())
    }
  }
  return scratch.reduce(into: moments)
}

/// Makes one lane pass. The compiler knows the number of components where that pays.
@inline(__always)
private func run(
  _ points: LanePassPoints, _ table: ComponentTable, _ key: StreamKey, _ pass: Int, _ scratch: Scratch,
  _ labels: some LabelSink
) {
  switch table.count {
  case 1: run(RegisterVectors<1>(), points, table, key, pass, scratch, labels)
  case 2: run(RegisterVectors<2>(), points, table, key, pass, scratch, labels)
  case 3: run(RegisterVectors<3>(), points, table, key, pass, scratch, labels)
  case 4: run(RegisterVectors<4>(), points, table, key, pass, scratch, labels)
  default:
    let sweep = AssignmentLanePass(
      points: points, table: table, labels: labels, ratios: MemoryVectors(scratch, slot: 0, count: table.count),
      moments: LaneMoments(scratch: scratch, count: table.count), stream: VectorStream(key, pass: pass))
    sweep.run(pass, scratch)
  }
}

@inline(never)
private func run<let size: Int>(
  _ empty: RegisterVectors<size>, _ points: LanePassPoints, _ table: ComponentTable, _ key: StreamKey, _ pass: Int,
  _ scratch: Scratch, _ labels: some LabelSink
) {
  let sweep = AssignmentLanePass(
    points: points, table: table, labels: labels, ratios: empty,
    moments: LaneMoments(counts: empty, sums: empty, squares: empty), stream: VectorStream(key, pass: pass))
  sweep.run(pass, scratch)
}

/// The inputs of one lane pass, and the values that it carries from group to group.
private struct AssignmentLanePass<Vectors: ComponentVectors, Labels: LabelSink> {
  let points: LanePassPoints
  let table: ComponentTable
  let labels: Labels
  var ratios: Vectors
  var moments: LaneMoments<Vectors>
  var stream: VectorStream
  var logLikelihood = LogAccumulator()

  @inline(__always)
  consuming func run(_ pass: Int, _ scratch: Scratch) {
    add(points.fullGroups, AllLanes())
    if !points.lastGroup.isEmpty { add(points.lastGroup, points.lastLanes) }
    moments.store(in: scratch.momentLanes, pass: pass)
    logLikelihood.store(in: scratch.logLanes, pass: pass)
  }

  @inline(never)
  private mutating func add(_ groups: Range<Int>, _ lanes: some LaneSet) {
    // The values that are the same for all groups stay in registers. The sums are written back, which costs nothing
    // measurable.
    var pass = self
    for start in stride(from: groups.lowerBound, to: groups.upperBound, by: LogAccumulator.capacity) {
      for group in start..<min(start + LogAccumulator.capacity, groups.upperBound) {
        let point = pass.points[group]
        let shares = pass.ratios.evaluate(point, pass.table, cumulative: true)
        pass.logLikelihood.multiply(by: shares, in: lanes)
        let target = pass.stream.uniform() * shares.total
        let last = pass.ratios.count - 1
        var label = Words.zero
        // Cumulative shares do not fall, so a target beyond a component lies beyond all components before it.
        var below = Vector.zero
        for k in 0..<last {
          let isBeyond = pass.ratios[k] .<= target
          let isMember = below .<= target .& .!isBeyond
          pass.moments.add(k, distance: point - pass.table.center[k], where: lanes(isMember))
          label.replace(with: label &+ pass.labels.next, where: isBeyond)
          below = pass.ratios[k]
        }
        // The target lies below the total, so the last component takes the points that the others leave.
        pass.moments.add(last, distance: point - pass.table.center[last], where: lanes(below .<= target))
        pass.labels.write(label, group: group)
      }
      pass.logLikelihood.fold()
    }
    self = pass
  }
}
