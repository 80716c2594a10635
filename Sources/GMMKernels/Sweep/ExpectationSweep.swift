/// Sums responsibilities over one block of observations: the E-step of expectation-maximisation.
///
/// - Parameters: as of ``sweepAssignments(_:count:_:key:scratch:moments:labels:)``; `moments` receives the sums of
///   r, r (x - center) and r (x - center)² with r the responsibility of each component.
/// - Returns: the block's log likelihood.
public func sweepExpectations(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, scratch: UnsafeMutablePointer<Double>,
  moments: BlockMoments
) -> Double {
  let scratch = Scratch(scratch, count: table.count)
  for pass in 0..<passCount {
    let points = PassPoints(x, count: count, pass: pass)
    switch table.count {
    case 1: run(RegisterVectors<1>(), points, table, pass, scratch)
    case 2: run(RegisterVectors<2>(), points, table, pass, scratch)
    case 3: run(RegisterVectors<3>(), points, table, pass, scratch)
    case 4: run(RegisterVectors<4>(), points, table, pass, scratch)
    default:
      var sweep = ExpectationPass(
        ratios: MemoryVectors(scratch, slot: 0, count: table.count),
        moments: Moments(scratch: scratch, count: table.count))
      sweep.run(points, table, pass, scratch)
    }
  }
  return scratch.reduce(into: moments)
}

@inline(never)
private func run<let size: Int>(
  _ empty: RegisterVectors<size>, _ points: PassPoints, _ table: ComponentTable, _ pass: Int, _ scratch: Scratch
) {
  var sweep = ExpectationPass(ratios: empty, moments: Moments(counts: empty, sums: empty, squares: empty))
  sweep.run(points, table, pass, scratch)
}

/// What one pass carries from group to group.
private struct ExpectationPass<Vectors: ComponentVectors> {
  var ratios: Vectors
  var moments: Moments<Vectors>
  var logLikelihood = LogAccumulator()

  @inline(__always)
  mutating func run(_ points: PassPoints, _ table: ComponentTable, _ pass: Int, _ scratch: Scratch) {
    for start in stride(from: 0, to: points.groups, by: LogAccumulator.capacity) {
      for group in start..<min(start + LogAccumulator.capacity, points.groups) {
        let point = points[group]
        let valid = points.valid(group)
        let shares = Shares(of: point, table, into: &ratios, cumulative: false)
        logLikelihood.multiply(by: shares, where: valid)
        add(point, table, scale: (1 / shares.total).kept(where: valid))
      }
      logLikelihood.fold()
    }
    moments.store(in: scratch.momentLanes, pass: pass)
    scratch.store(logLikelihood.logProduct, pass: pass)
  }

  @inline(__always)
  private mutating func add(_ point: Vector, _ table: ComponentTable, scale: Vector) {
    for k in 0..<ratios.count {
      let responsibility = ratios[k] * scale
      let distance = point - table.center[k]
      moments.add(k, weight: responsibility, weighted: responsibility * distance, distance: distance)
    }
  }
}
