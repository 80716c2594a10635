/// Turns the log shares of a panel into responsibilities.
struct Responsibilities<Weights: BlockWeights> {
  let points: BlockPoints
  let components: Int
  let scratch: BlockScratch
  let weights: Weights

  /// Replaces log shares by responsibilities times sample weights, with 0 in lanes without a point, and adds to the log
  /// likelihood.
  @inline(__always)
  func normalize(_ groups: Range<Int>, chunk: Int, pass: Int, _ logLikelihood: inout LogAccumulator) {
    points.split(
      groups, pass: pass,
      full: { normalize($0, $1, chunk: chunk, pass: pass, &logLikelihood) },
      rest: { normalize($0, $1, chunk: chunk, pass: pass, &logLikelihood) })
  }

  @inline(never)
  private func normalize(
    _ groups: Range<Int>, _ lanes: some LaneSet, chunk: Int, pass: Int, _ total: inout LogAccumulator
  ) {
    // A local copy stays in registers.
    var logLikelihood = total
    let rows = scratch.shares(0) + pass
    let stride = scratch.shareStride
    for group in groups {
      let row = rows + (group - chunk) * passCount
      let shares = row.exponentiate(components, stride, cumulative: false)
      var scale = 1 / shares.total
      if Weights.areEqual {
        logLikelihood.multiply(by: shares, in: lanes)
      } else {
        let weight = weights[group * passCount + pass]
        logLikelihood.add(shares, times: weight, in: lanes)
        scale *= weight
      }
      scale = lanes(scale, else: 0)
      for k in 0..<components { row[k &* stride] *= scale }
    }
    logLikelihood.fold()
    total = logLikelihood
  }
}

extension UnsafeMutablePointer<Vector> {
  /// Replaces the log shares of one vector of points by exp(log share - largest), or their running sums.
  ///
  /// - Parameters:
  ///   - count: the number of components.
  ///   - stride: the number of vectors from one component's share to the next.
  @inline(__always)
  func exponentiate(_ count: Int, _ stride: Int, cumulative: Bool) -> Shares {
    var largest = self[0]
    for k in 1..<Swift.max(count, 1) {
      let share = self[k &* stride]
      largest.replace(with: share, where: share .> largest)
    }
    var sum = Vector.zero
    for k in 0..<count {
      let ratio = exponential(self[k &* stride] - largest)
      sum += ratio
      self[k &* stride] = cumulative ? sum : ratio
    }
    return Shares(logLargest: largest, total: sum)
  }
}
