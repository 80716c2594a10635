/// Draws the assignments of one block of observations and sums up what the parameters need: no branch that depends on a
/// point, no allocation.
///
/// For each point: log shares, exponentials shifted by the largest, one uniform number u, and the component k with
/// Σ_{j<k} s_j ≤ u Σ_j s_j < Σ_{j≤k} s_j, which has probability s_k / Σ_j s_j exactly up to rounding (inverse CDF).
/// Few components live in registers.
///
/// - Parameters:
///   - x: the block's observations, aligned to 64 bytes and readable up to the next multiple of 8.
///   - count: how many there are, at most ``blockSize``.
///   - table: the mixture.
///   - key: the random stream of this block and iteration.
///   - scratch: ``scratchSize(_:)`` doubles, aligned to 64 bytes.
///   - moments: receives counts and centred sums of the drawn assignments.
///   - labels: receives the components, `count` rounded up to a multiple of 8 bytes; `nil` to drop them.
/// - Returns: the block's log likelihood Σ log Σ_k w_k N(x | k), with the assignments summed out.
public func sweepAssignments(
  _ x: UnsafePointer<Double>, count: Int, _ table: ComponentTable, key: StreamKey,
  scratch: UnsafeMutablePointer<Double>, moments: BlockMoments, labels: UnsafeMutablePointer<UInt8>?
) -> Double {
  let scratch = Scratch(scratch, count: table.count)
  for pass in 0..<passCount {
    let points = PassPoints(x, count: count, pass: pass)
    if let labels {
      run(points, table, key, pass, scratch, LabelBytes(labels, pass: pass))
    } else {
      run(points, table, key, pass, scratch, NoLabels())
    }
  }
  return scratch.reduce(into: moments)
}

/// Makes one pass, with the number of components known to the compiler where that pays.
@inline(__always)
private func run(
  _ points: PassPoints, _ table: ComponentTable, _ key: StreamKey, _ pass: Int, _ scratch: Scratch,
  _ labels: some LabelSink
) {
  switch table.count {
  case 1: run(RegisterVectors<1>(), points, table, key, pass, scratch, labels)
  case 2: run(RegisterVectors<2>(), points, table, key, pass, scratch, labels)
  case 3: run(RegisterVectors<3>(), points, table, key, pass, scratch, labels)
  case 4: run(RegisterVectors<4>(), points, table, key, pass, scratch, labels)
  default:
    var sweep = AssignmentPass(
      ratios: MemoryVectors(scratch, slot: 0, count: table.count),
      moments: Moments(scratch: scratch, count: table.count), stream: VectorStream(key, pass: pass), labels: labels)
    sweep.run(points, table, pass, scratch)
  }
}

@inline(never)
private func run<let size: Int>(
  _ empty: RegisterVectors<size>, _ points: PassPoints, _ table: ComponentTable, _ key: StreamKey, _ pass: Int,
  _ scratch: Scratch, _ labels: some LabelSink
) {
  var sweep = AssignmentPass(
    ratios: empty, moments: Moments(counts: empty, sums: empty, squares: empty),
    stream: VectorStream(key, pass: pass), labels: labels)
  sweep.run(points, table, pass, scratch)
}

/// What one pass carries from group to group.
private struct AssignmentPass<Vectors: ComponentVectors, Labels: LabelSink> {
  var ratios: Vectors
  var moments: Moments<Vectors>
  var stream: VectorStream
  let labels: Labels
  var logLikelihood = LogAccumulator()

  @inline(__always)
  mutating func run(_ points: PassPoints, _ table: ComponentTable, _ pass: Int, _ scratch: Scratch) {
    for start in stride(from: 0, to: points.groups, by: LogAccumulator.capacity) {
      for group in start..<min(start + LogAccumulator.capacity, points.groups) {
        let point = points[group]
        let valid = points.valid(group)
        let shares = Shares(of: point, table, into: &ratios, cumulative: true)
        logLikelihood.multiply(by: shares, where: valid)
        draw(group, point, shares, table, within: valid)
      }
      logLikelihood.fold()
    }
    moments.store(in: scratch.momentLanes, pass: pass)
    scratch.store(logLikelihood.logProduct, pass: pass)
  }

  @inline(__always)
  private mutating func draw(
    _ group: Int, _ point: Vector, _ shares: Shares, _ table: ComponentTable, within valid: VectorMask
  ) {
    let target = stream.uniform() * shares.total
    var isOpen = valid
    var label = Words.zero
    for k in 0..<ratios.count {
      let isBeyond = ratios[k] .<= target
      let isMember = isOpen .& .!isBeyond
      isOpen .&= isBeyond
      let distance = (point - table.center[k]).kept(where: isMember)
      moments.add(k, weight: Vector(repeating: 1).kept(where: isMember), weighted: distance, distance: distance)
      label.replace(with: label &+ 1, where: isOpen)
    }
    labels.write(label, group: group)
  }
}
