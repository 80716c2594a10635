/// Takes the sums of one block of observations under its responsibilities: the E-step of expectation-maximisation.
///
/// - Parameters: as of ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``; `moments` receives the sums of
///   r, r (x - center) and r (x - center)² with r the responsibility of each component.
/// - Returns: the block's log likelihood.
package func sweepExpectations(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, scratch: UnsafeMutablePointer<Double>,
  moments: BlockMoments
) -> Double {
  let scratch = Scratch(scratch, count: table.count)
  for pass in 0..<passCount {
    let points = LanePassPoints(x, count: count, pass: pass)
    switch table.count {
    case 1: run(RegisterVectors<1>(), points, table, pass, scratch)
    case 2: run(RegisterVectors<2>(), points, table, pass, scratch)
    case 3: run(RegisterVectors<3>(), points, table, pass, scratch)
    case 4: run(RegisterVectors<4>(), points, table, pass, scratch)
    default:
      let sweep = ExpectationLanePass(
        points: points, table: table, ratios: MemoryVectors(scratch, slot: 0, count: table.count),
        moments: LaneMoments(scratch: scratch, count: table.count))
      sweep.run(pass, scratch)
    }
  }
  return scratch.reduce(into: moments)
}

@inline(never)
private func run<let size: Int>(
  _ empty: RegisterVectors<size>, _ points: LanePassPoints, _ table: ComponentTable, _ pass: Int, _ scratch: Scratch
) {
  let sweep = ExpectationLanePass(
    points: points, table: table, ratios: empty, moments: LaneMoments(counts: empty, sums: empty, squares: empty))
  sweep.run(pass, scratch)
}

/// The inputs of one lane pass, and the values that it carries from group to group.
private struct ExpectationLanePass<Vectors: ComponentVectors> {
  let points: LanePassPoints
  let table: ComponentTable
  var ratios: Vectors
  var moments: LaneMoments<Vectors>
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
        let shares = pass.ratios.evaluate(point, pass.table, cumulative: false)
        pass.logLikelihood.multiply(by: shares, in: lanes)
        let scale = lanes(1 / shares.total, else: 0)
        for k in 0..<pass.ratios.count {
          let responsibility = pass.ratios[k] * scale
          let distance = point - pass.table.center[k]
          pass.moments.add(k, weight: responsibility, weighted: responsibility * distance, distance: distance)
        }
      }
      pass.logLikelihood.fold()
    }
    self = pass
  }
}
