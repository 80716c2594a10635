/// A density whose logarithm is concave, known up to a constant.
package protocol LogConcaveDensity {
  /// Returns the log density at `x`, up to a constant, and its derivative.
  func callAsFunction(_ x: Double) -> (logDensity: Double, slope: Double)
}

extension RandomStream {
  /// Returns an exact draw from a log-concave density on [`lower`, `upper`].
  ///
  /// The draw is by rejection from an envelope of at most three tangents: one near the mode, and one on each side where
  /// the log density has fallen by about 1 (the set-up of adaptive rejection, Gilks and Wild 1992, with the rule for
  /// the points of Devroye 1986, section VII.2). A tangent of a concave function lies above the function wherever it
  /// touches. So the search for the points affects only the speed, never the distribution. More than half of the
  /// proposals are accepted.
  ///
  /// - Parameters:
  ///   - density: log-concave, and integrable over the interval.
  ///   - lower: the smallest value; may be -infinity.
  ///   - upper: the largest value; may be infinity.
  ///   - start: a finite guess of the mode.
  package mutating func logConcave<Density: LogConcaveDensity>(
    _ density: Density, lower: Double, upper: Double, near start: Double
  ) -> Double {
    guard lower < upper else { return lower }
    let envelope = TangentEnvelope(of: density, lower: lower, upper: upper, near: start)
    var value = envelope.mode
    // The expected number of turns is below 2. The bound only keeps a wrong density from looping for ever.
    for _ in 0..<10_000 {
      let proposal = envelope.draw(&self)
      value = min(max(proposal.value, lower), upper)
      if log(uniform()) <= density(value).logDensity - proposal.logEnvelope { break }
    }
    return value
  }
}

/// A piecewise exponential function above a log-concave density.
private struct TangentEnvelope {
  /// A part of a tangent that starts at `origin` and runs for `width` in `direction`. The `slope` is along that
  /// direction.
  struct Piece {
    var origin = 0.0
    var direction = 1.0
    var width = 0.0
    var logAtOrigin = 0.0
    var slope = 0.0
    var area = 0.0

    /// Sets the area relative to exp(`reference`).
    mutating func integrate(reference: Double) {
      let height = exp(logAtOrigin - reference)
      let exponent = slope * width
      if width == .infinity {
        area = height / -slope
      } else if abs(exponent) < 1e-5 {
        area = height * width * (1 + 0.5 * exponent)
      } else {
        area = height * expm1(exponent) / slope
      }
      if !(area > 0) { area = 0 }
    }

    /// Returns the point below which the fraction `u` of the area lies, counted from the origin.
    func value(at u: Double) -> (value: Double, logEnvelope: Double) {
      let exponent = slope * width
      let distance: Double
      if width == .infinity {
        distance = log1p(-u) / slope
      } else if abs(exponent) < 1e-5 {
        distance = u * width * (1 + 0.5 * exponent * (1 - u))
      } else {
        distance = log1p(u * expm1(exponent)) / slope
      }
      return (origin + direction * distance, logAtOrigin + slope * distance)
    }
  }

  let mode: Double
  private var left = Piece()
  private var middle = Piece()
  private var right = Piece()
  private let total: Double

  init<Density: LogConcaveDensity>(of density: Density, lower: Double, upper: Double, near start: Double) {
    let mode = Self.approximateMode(of: density, lower: lower, upper: upper, near: start)
    let top = density(mode)
    let outerLeft = Self.outerPoint(of: density, from: mode, top: top, bound: lower, direction: -1)
    let outerRight = Self.outerPoint(of: density, from: mode, top: top, bound: upper, direction: 1)

    // The middle tangent runs between its crossings with the outer ones, or to the bounds.
    var from = lower
    var to = upper
    if let point = outerLeft {
      let crossing = Self.crossing(point.x, point.log, point.slope, mode, top.logDensity, top.slope)
      from = min(max(crossing, point.x), mode)
      left = Piece(
        origin: from, direction: -1, width: from - lower, logAtOrigin: point.log + point.slope * (from - point.x),
        slope: -point.slope)
    }
    if let point = outerRight {
      let crossing = Self.crossing(point.x, point.log, point.slope, mode, top.logDensity, top.slope)
      to = max(min(crossing, point.x), mode)
      right = Piece(
        origin: to, direction: 1, width: upper - to, logAtOrigin: point.log + point.slope * (to - point.x),
        slope: point.slope)
    }
    middle = Piece(
      origin: from, direction: 1, width: to - from, logAtOrigin: top.logDensity + top.slope * (from - mode),
      slope: top.slope)
    left.integrate(reference: top.logDensity)
    middle.integrate(reference: top.logDensity)
    right.integrate(reference: top.logDensity)
    total = left.area + middle.area + right.area
    self.mode = mode
  }

  /// Returns a point drawn from the normalised envelope and the envelope's logarithm there.
  func draw(_ stream: inout RandomStream) -> (value: Double, logEnvelope: Double) {
    let position = stream.uniform() * total
    let u = stream.uniform()
    if position < left.area { return left.value(at: u) }
    return position < left.area + middle.area || right.area == 0 ? middle.value(at: u) : right.value(at: u)
  }

  /// Returns the point at which two tangents meet, or the middle between them if they are parallel.
  private static func crossing(
    _ x1: Double, _ log1: Double, _ slope1: Double, _ x2: Double, _ log2: Double, _ slope2: Double
  ) -> Double {
    let difference = slope1 - slope2
    guard difference != 0 else { return 0.5 * (x1 + x2) }
    // The result is relative to x1, so that nothing cancels when the points are far from 0.
    return x1 + (log2 - log1 - slope2 * (x2 - x1)) / difference
  }

  /// Returns a point whose tangent exceeds the maximum only by little.
  private static func approximateMode<Density: LogConcaveDensity>(
    of density: Density, lower: Double, upper: Double, near start: Double
  ) -> Double {
    var x = min(max(start, lower), upper)
    if x == -.infinity || x == .infinity { x = lower.isFinite ? lower : upper.isFinite ? upper : 0 }
    var slope = density(x).slope
    if slope == 0 { return x }
    let direction = slope > 0 ? 1.0 : -1.0
    let bound = slope > 0 ? upper : lower
    // The search goes uphill in growing steps until the slope turns or the bound is reached.
    var step = min(max(1 / abs(slope), 1e-8 * max(abs(x), 1e-300)), 1e300)
    var near = x
    var far = x
    for _ in 0..<2200 {
      far = near + direction * step
      if direction * (bound - far) <= 0 { far = bound }
      let farSlope = density(far).slope
      if farSlope * direction <= 0 { break }
      near = far
      slope = farSlope
      if far == bound { return bound }
      step *= 2
    }
    // The interval is bisected until the tangent at the near end exceeds the top by at most 1/8.
    for _ in 0..<200 where abs(slope * (far - near)) > 0.125 {
      let middle = 0.5 * (near + far)
      if middle == near || middle == far { break }
      let middleSlope = density(middle).slope
      if middleSlope * direction > 0 {
        near = middle
        slope = middleSlope
      } else {
        far = middle
      }
    }
    return near
  }

  /// Returns the point on one side where the log density has fallen by about 1, or `nil` if the bound comes first.
  private static func outerPoint<Density: LogConcaveDensity>(
    of density: Density, from mode: Double, top: (logDensity: Double, slope: Double), bound: Double, direction: Double
  ) -> (x: Double, log: Double, slope: Double)? {
    guard direction * (bound - mode) > 0 else { return nil }
    var near = mode
    var step = min(max(abs(mode) * 1e-3, 1e-3), 1e300)
    if top.slope * direction < 0 { step = min(step, -1 / (top.slope * direction)) }
    var far = mode
    var found = false
    for _ in 0..<2200 {
      far = mode + direction * step
      if direction * (bound - far) <= 0 { far = bound }
      let value = far.isFinite ? density(far).logDensity : -.infinity
      if !(top.logDensity - value < 0.75) {
        found = true
        break
      }
      near = far
      if far == bound { return nil }
      step *= 2
    }
    guard found else { return nil }
    // The interval is bisected to a drop between 0.75 and 2, where the envelope has little area above the density.
    for _ in 0..<200 {
      let value = density(far)
      if top.logDensity - value.logDensity <= 2, value.slope.isFinite { break }
      let middle = 0.5 * (near + far)
      if middle == near || middle == far { break }
      if top.logDensity - density(middle).logDensity < 0.75 { near = middle } else { far = middle }
    }
    let value = density(far)
    guard value.logDensity.isFinite, value.slope.isFinite, value.slope * direction < 0 else { return nil }
    return (far, value.logDensity, value.slope)
  }
}
