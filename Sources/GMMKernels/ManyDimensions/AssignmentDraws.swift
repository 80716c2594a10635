/// The contents of the rows of shares after the components have been drawn.
enum DrawnRows {
  /// Running sums of shares.
  case cumulative
  /// 1 for the component of a point, and 0 for all others and for lanes without a point.
  case members
}

/// Draws components from the log shares of a panel.
struct AssignmentDraws<Weights: BlockWeights> {
  let points: BlockPoints
  let components: Int
  let scratch: BlockScratch
  let weights: Weights
  let rows: DrawnRows

  /// Draws the component of each point, writes the rows, and adds to the log likelihood.
  @inline(__always)
  func draw(
    _ groups: Range<Int>, chunk: Int, pass: Int, _ stream: inout VectorStream, _ logLikelihood: inout LogAccumulator,
    _ labels: LabelBytes
  ) {
    points.split(
      groups, pass: pass,
      full: { draw($0, $1, chunk: chunk, pass: pass, &stream, &logLikelihood, labels) },
      rest: { draw($0, $1, chunk: chunk, pass: pass, &stream, &logLikelihood, labels) })
  }

  @inline(never)
  private func draw(
    _ groups: Range<Int>, _ lanes: some LaneSet, chunk: Int, pass: Int, _ source: inout VectorStream,
    _ total: inout LogAccumulator, _ labels: LabelBytes
  ) {
    // Local copies stay in registers.
    var stream = source
    var logLikelihood = total
    let start = scratch.shares(0) + pass
    let stride = scratch.shareStride
    let next = labels.next
    for group in groups {
      let row = start + (group - chunk) * passCount
      let shares = row.exponentiate(components, stride, cumulative: true)
      if Weights.areEqual {
        logLikelihood.multiply(by: shares, in: lanes)
      } else {
        logLikelihood.add(shares, times: weights[group * passCount + pass], in: lanes)
      }
      let target = stream.uniform() * shares.total
      // The target lies below the total, so nothing lies beyond the last component.
      var label = Words.zero
      switch rows {
      case .cumulative:
        for k in 0..<components - 1 { label.replace(with: label &+ next, where: row[k &* stride] .<= target) }
      case .members:
        var below = Vector.zero
        for k in 0..<components - 1 {
          let share = row[k &* stride]
          let isBeyond = share .<= target
          label.replace(with: label &+ next, where: isBeyond)
          row[k &* stride] = Vector(repeating: 1).kept(where: lanes(below .<= target .& .!isBeyond))
          below = share
        }
        row[(components - 1) &* stride] = Vector(repeating: 1).kept(where: lanes(below .<= target))
      }
      labels.write(label, group: group)
    }
    logLikelihood.fold()
    source = stream
    total = logLikelihood
  }
}
