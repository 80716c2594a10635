import GMMKernels
import GMMModel

/// A vector v of up to four standard Normal numbers of which linear functions lie in intervals,
///
///     lower_a ≤ Σ_{l ≤ a} t_al v_l ≤ upper_a,     t_aa > 0:
///
/// the probability of that, the moments of v then, and draws.
///
/// With the first numbers given, v_a lies in an interval. So the probability is a nested integral, of which the innermost
/// is that of ``NormalInterval``. The integrand of each other one, φ(v_a) F_a(v_a), is log-concave. The second derivative
/// of its logarithm lies between -κ_a and -1, where κ_a = 1 + |s_a|² for the shift s_a of the numbers after v_a that a
/// unit of v_a makes up for. Gauss-Legendre rules take panels of a few units of 1 / √κ_a, about the mode where the
/// interval is wide. Their error is near that of rounding.
///
/// - Complexity: a few to some hundred nodes for each number but the last: few where intervals are narrow.
struct NormalBox {
  /// The largest number of intervals.
  static let most = DataSet.mostIntervals

  /// m, from 2 to ``most``.
  private(set) var count = 0
  private var lower = SIMD4<Double>.zero
  private var upper = SIMD4<Double>.zero
  /// The rows of t.
  private var rows = [SIMD4<Double>](repeating: .zero, count: Self.most)
  /// s_a, and √κ_a.
  private var shifts = [SIMD4<Double>](repeating: .zero, count: Self.most)
  private var scales = SIMD4<Double>.one

  /// What is known of the numbers from one on, given those before it.
  struct Moments {
    var logProbability = 0.0
    var mean = SIMD4<Double>.zero
    /// The covariances, row by row; zeros unless they are asked for.
    var covariance = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)

    /// Returns a row of the covariances.
    func covariance(_ i: Int) -> SIMD4<Double> {
      switch i {
      case 0: covariance.0
      case 1: covariance.1
      case 2: covariance.2
      default: covariance.3
      }
    }

    fileprivate mutating func addSquare(of gap: SIMD4<Double>, times weight: Double) {
      covariance.0 += weight * gap[0] * gap
      covariance.1 += weight * gap[1] * gap
      covariance.2 += weight * gap[2] * gap
      covariance.3 += weight * gap[3] * gap
    }

    fileprivate mutating func add(_ other: Moments, times weight: Double) {
      covariance.0 += weight * other.covariance.0
      covariance.1 += weight * other.covariance.1
      covariance.2 += weight * other.covariance.2
      covariance.3 += weight * other.covariance.3
    }

    fileprivate mutating func scale(by factor: Double) {
      covariance.0 *= factor
      covariance.1 *= factor
      covariance.2 *= factor
      covariance.3 *= factor
    }
  }

  /// Sets the number of intervals.
  mutating func take(count: Int) { self.count = count }

  /// Sets interval `a`; those before it are set already.
  mutating func set(_ a: Int, lower: Double, upper: Double, row: SIMD4<Double>) {
    (self.lower[a], self.upper[a], rows[a]) = (lower, upper, row)
  }

  /// Prepares evaluations after all intervals are set.
  mutating func prepare() {
    for a in 0..<count {
      var shift = SIMD4<Double>.zero
      for b in a + 1..<max(count, a + 1) {
        var value = rows[b][a]
        for l in a + 1..<b { value -= rows[b][l] * shift[l] }
        shift[b] = value / rows[b][b]
      }
      shifts[a] = shift
      scales[a] = (1 + (shift * shift).sum()).squareRoot()
    }
  }

  /// Returns the moments of all numbers.
  func moments(withCovariance: Bool) -> Moments { moments(from: 0, .zero, withCovariance) }

  /// An upper bound of the log probability: the product of the largest probabilities that each interval can have while
  /// the numbers before it are in theirs.
  var logBound: Double {
    var (least, most) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    var bound = 0.0
    for a in 0..<count {
      // The range of the linear function of the numbers before.
      var (low, high) = (0.0, 0.0)
      for l in 0..<a where rows[a][l] != 0 {
        let (x, y) = (rows[a][l] * least[l], rows[a][l] * most[l])
        low += min(x, y)
        high += max(x, y)
      }
      let best: Double
      switch (lower[a].isFinite, upper[a].isFinite) {
      case (true, true): best = min(max(0.5 * (lower[a] + upper[a]), low), high)
      case (false, true): best = low
      case (true, false): best = high
      case (false, false): best = 0
      }
      let scale = rows[a][a]
      if best.isFinite { bound += NormalInterval((lower[a] - best) / scale, (upper[a] - best) / scale).logProbability }
      least[a] = (lower[a] - high) / scale
      most[a] = (upper[a] - low) / scale
    }
    return bound
  }

  /// Draws the numbers, each from its exact distribution given those before it.
  func draw(_ stream: inout RandomStream) -> SIMD4<Double> {
    var v = SIMD4<Double>.zero
    for a in 0..<count {
      let (lower, upper) = ends(a, v)
      guard a < count - 1 else {
        v[a] = stream.normal(mean: 0, sd: 1, lower: lower, upper: upper)
        break
      }
      let density = OfOne(box: self, place: a, v: v)
      v[a] = stream.logConcave(density, lower: lower, upper: upper, near: min(max(0, lower), upper))
    }
    return v
  }

  /// The log density of one number given those before it, up to a constant.
  private struct OfOne: LogConcaveDensity {
    let box: NormalBox
    let place: Int
    let v: SIMD4<Double>

    func callAsFunction(_ x: Double) -> (logDensity: Double, slope: Double) {
      let height = box.height(place, x, v, false)
      return (height.log, height.slope)
    }
  }

  /// The interval of number `a`, given those before it.
  private func ends(_ a: Int, _ v: SIMD4<Double>) -> (lower: Double, upper: Double) {
    var center = 0.0
    for l in 0..<a { center += rows[a][l] * v[l] }
    return ((lower[a] - center) / rows[a][a], (upper[a] - center) / rows[a][a])
  }

  /// The integrand at one point: its logarithm without the constant of φ, the slope of that, and the rest.
  private struct Height {
    let log: Double
    let slope: Double
    let rest: Moments
  }

  private func height(_ a: Int, _ x: Double, _ v: SIMD4<Double>, _ withCovariance: Bool) -> Height {
    var v = v
    v[a] = x
    var rest = moments(from: a + 1, v, withCovariance)
    let slope = (shifts[a] * rest.mean).sum() - x
    rest.mean[a] = x
    return Height(log: rest.logProbability - 0.5 * x * x, slope: slope, rest: rest)
  }

  private func moments(from a: Int, _ v: SIMD4<Double>, _ withCovariance: Bool) -> Moments {
    let (lower, upper) = ends(a, v)
    guard a < count - 1 else {
      let interval = NormalInterval(lower, upper)
      var result = Moments(logProbability: interval.logProbability)
      result.mean[a] = interval.mean
      if withCovariance {
        var gap = SIMD4<Double>.zero
        gap[a] = 1
        result.addSquare(of: gap, times: interval.variance)
      }
      return result
    }
    let width = (upper - lower) * scales[a]
    var fall = 0.0
    for (rule, most, steepest) in Self.rules where width <= most && fall <= steepest {
      var sum = PanelSum()
      add(rule, lower, upper, a, v, withCovariance, to: &sum)
      if sum.fall <= steepest { return sum.moments }
      fall = sum.fall
    }
    return wideMoments(a, lower, upper, v, withCovariance)
  }

  /// Rules for one panel, with the largest widths in units of 1 / √κ, and the largest falls of the logarithm, for which their
  /// error is 10⁻¹³ of the integral: by the remainder (n!)⁴ f⁽²ⁿ⁾ / ((2n + 1) (2n)!³) for a Normal density of that width and
  /// an exponential function of that fall.
  private static let rules: [(rule: GaussLegendre.Rule, width: Double, fall: Double)] = [
    (GaussLegendre.of4, 0.19, 0.34), (GaussLegendre.of5, 0.44, 0.87), (GaussLegendre.of6, 0.78, 1.68),
    (GaussLegendre.of8, 1.6, 4), (GaussLegendre.of10, 2.5, 7), (GaussLegendre.of16, 4, 19),
  ]

  /// Takes panels between the points at which the integrand is negligible.
  private func wideMoments(
    _ a: Int, _ lower: Double, _ upper: Double, _ v: SIMD4<Double>, _ withCovariance: Bool
  ) -> Moments {
    let unit = 1 / scales[a]
    let curvature = scales[a] * scales[a]
    var mode = min(max(0, lower), upper)
    var top = height(a, mode, v, false)
    // The slope falls by 1 to κ for each unit, which bounds the mode on both sides.
    var (left, right) = (lower, upper)
    for _ in 0..<100 {
      let (near, far) = (mode + top.slope / curvature, mode + top.slope)
      left = min(max(left, min(near, far)), upper)
      right = max(min(right, max(near, far)), left)
      guard right - left > 0.1 * unit else { break }
      mode = 0.5 * (left + right)
      top = height(a, mode, v, false)
    }
    func end(_ direction: Double, _ limit: Double) -> (place: Double, fall: Double) {
      var step = unit
      while true {
        let place = mode + direction * step
        guard direction > 0 ? place < limit : place > limit else {
          return (limit, top.log - height(a, limit, v, false).log)
        }
        let fall = top.log - height(a, place, v, false).log
        if fall > Self.negligible { return (place, fall) }
        step *= fall > 5 ? 1.3 : 2
      }
    }
    let (first, last) = (end(-1, lower), end(1, upper))
    let range = last.place - first.place
    // Numbers beyond all scales leave no digits to integrate.
    guard range.isFinite, range > 0, top.log > -.infinity else {
      return Moments(logProbability: -.infinity, mean: top.rest.mean)
    }
    let fall = min(max(first.fall, last.fall), 120)
    let panels = Int(min(max(range * scales[a] / 3.5, fall / 8, 1), 4_096).rounded(.up))
    var sum = PanelSum()
    for p in 0..<panels {
      let (from, to) = (Double(p) / Double(panels), Double(p + 1) / Double(panels))
      add(GaussLegendre.of16, first.place + range * from, first.place + range * to, a, v, withCovariance, to: &sum)
    }
    return sum.moments
  }

  /// The fall of the logarithm beyond which the integrand adds nothing.
  private static let negligible = 40.0

  private func add(
    _ rule: GaussLegendre.Rule, _ lower: Double, _ upper: Double, _ a: Int, _ v: SIMD4<Double>,
    _ withCovariance: Bool, to sum: inout PanelSum
  ) {
    let half = 0.5 * (upper - lower)
    for (node, weight) in rule {
      let height = height(a, lower + half * (1 + node), v, withCovariance)
      sum.add(height.rest, log: height.log, weight: half * weight)
    }
  }

  /// A sum over the nodes of panels, relative to the largest one. Moments are about those of the first node, so that narrow
  /// intervals keep their digits.
  private struct PanelSum {
    private var largest = -Double.infinity
    private var smallest = Double.infinity
    private var total = 0.0
    private var origin = SIMD4<Double>.zero
    private var first = SIMD4<Double>.zero
    private var second = Moments()

    /// The fall of the logarithm from the largest to the smallest node.
    var fall: Double { largest - smallest }

    mutating func add(_ rest: Moments, log height: Double, weight: Double) {
      smallest = min(smallest, height)
      guard height > -.infinity else { return }
      if total == 0 { origin = rest.mean }
      if height > largest {
        let factor = largest == -.infinity ? 0 : exp(largest - height)
        total *= factor
        first *= factor
        second.scale(by: factor)
        largest = height
      }
      let share = weight * exp(height - largest)
      let gap = rest.mean - origin
      total += share
      first += share * gap
      second.addSquare(of: gap, times: share)
      second.add(rest, times: share)
    }

    var moments: Moments {
      guard total > 0 else { return Moments(logProbability: -.infinity, mean: origin) }
      var result = second
      result.scale(by: 1 / total)
      let gap = first / total
      result.addSquare(of: gap, times: -1)
      result.mean = origin + gap
      result.logProbability = largest + log(total) - halfLogTwoPi
      return result
    }
  }
}
