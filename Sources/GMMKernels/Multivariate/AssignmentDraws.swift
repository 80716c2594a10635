/// Draws components from the log shares of a panel.
struct AssignmentDraws<Weights: SampleWeights> {
  let points: BlockPoints
  let components: Int
  let scratch: BlockScratch
  let weights: Weights

  /// Draws the component of each point, leaves the running sums of shares in their rows, and takes the likelihood.
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
    // Copies of its own stay in registers.
    var stream = source
    var logLikelihood = total
    let rows = scratch.shares(0) + pass
    let stride = scratch.shareStride
    for group in groups {
      let row = rows + (group - chunk) * passCount
      let shares = row.exponentiate(components, stride, cumulative: true)
      if Weights.areEqual {
        logLikelihood.multiply(by: shares, in: lanes)
      } else {
        logLikelihood.add(shares, times: weights[group * passCount + pass], in: lanes)
      }
      let target = stream.uniform() * shares.total
      // The target lies below the total, so nothing lies beyond the last component.
      var label = Words.zero
      for k in 0..<components - 1 { label.replace(with: label &+ 1, where: row[k * stride] .<= target) }
      labels.write(label, group: group)
    }
    logLikelihood.fold()
    source = stream
    total = logLikelihood
  }
}
