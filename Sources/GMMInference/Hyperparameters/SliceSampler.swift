import GMMKernels

extension RandomStream {
  /// Returns the next point of a Markov chain in one dimension that leaves a density invariant: slice sampling with
  /// stepping out and shrinkage (Neal 2003, *Slice sampling*, Annals of Statistics 31, figures 3 and 5).
  ///
  /// - Parameters:
  ///   - point: the present point, of positive density.
  ///   - width: the width of a step, of the order of the width of the density.
  ///   - logDensity: the log density, up to a constant; -infinity outside of the support.
  mutating func slice(from point: Double, width: Double, _ logDensity: (Double) -> Double) -> Double {
    let level = logDensity(point) + log(uniform())
    var left = point - width * uniform()
    var right = left + width
    // The number of steps is limited, and divided between both sides at random, which keeps the chain reversible.
    let limit = 200
    var leftSteps = index(below: limit)
    var rightSteps = limit - 1 - leftSteps
    while leftSteps > 0, logDensity(left) > level {
      left -= width
      leftSteps -= 1
    }
    while rightSteps > 0, logDensity(right) > level {
      right += width
      rightSteps -= 1
    }
    while true {
      let next = left + (right - left) * uniform()
      if logDensity(next) > level { return next }
      // An interval of one point is where rounding ends the search.
      guard left < next, next < right, next != point else { return point }
      if next < point { left = next } else { right = next }
    }
  }
}
