import GMMKernels
import GMMModel

/// The conditional distribution of one component's mean given its covariance matrix: Normal(m, P⁻¹), with
/// P = P0 + n Σ⁻¹ and m = c + P⁻¹ (P0 (m0 - c) + Σ⁻¹ Σ(x - c)), where P0 is the prior's precision.
///
/// Its memory serves one component after another: only ``init(dimension:)`` allocates.
struct MeanConditional {
  /// m, the mean and the mode, (D).
  private(set) var mean: [Double]
  /// The factor C with P = C Cᵀ or, if there is a ``scale``, the factor L with P⁻¹ = scale² L Lᵀ.
  private var factor: LowerTriangle
  private var scale: Double?
  /// Whether the prior is Uniform. The distribution is then Normal(m, P⁻¹) between the bounds, with P = n Σ⁻¹; without
  /// members it is the prior.
  private(set) var isBounded = false
  private var isFlat = false
  private var lower: [Double]
  private var upper: [Double]
  /// Σ⁻¹, for draws of one coordinate given the others.
  private var inverse: LowerTriangle
  private var hasInverse = false
  /// Memory for a vector: noise, or a column of P⁻¹.
  private var vector: [Double]

  init(dimension: Int) {
    mean = [Double](repeating: 0, count: dimension)
    vector = mean
    (lower, upper) = (mean, mean)
    factor = LowerTriangle(dimension: dimension)
    inverse = factor
  }

  /// Makes this the distribution of the mean of component `k`, which is free.
  ///
  /// - Throws: a ``ModelError`` of kind `degenerate` if P is not positive definite after rounding.
  mutating func condition(
    on k: Int, _ model: MixtureModel, _ parameters: Parameters, _ statistics: SufficientStatistics
  ) throws(ModelError) {
    let first = k * mean.count
    let count = statistics.counts[k]
    parameters.copyFactor(k, to: &factor)
    isBounded = model.hasBoundedMean(k)
    if isBounded {
      (isFlat, hasInverse) = (count == 0, false)
      for d in mean.indices {
        (lower[d], upper[d]) = model.meanDensities[first + d].bounds ?? (0, 0)
        let shift = isFlat ? 0 : statistics.sums[first + d] / count
        mean[d] = (isFlat ? model.meanCenters[first + d] : statistics.centers[first + d]) + shift
      }
      scale = isFlat ? .infinity : 1 / count.squareRoot()
      return
    }
    if let kappa = model.meanDensities[first].kappa {
      // P is (κ + n) Σ⁻¹, so the factor of Σ suffices.
      for d in mean.indices {
        let center = statistics.centers[first + d]
        let distance = model.meanCenters[first + d] - center
        mean[d] = center + (kappa * distance + statistics.sums[first + d]) / (kappa + count)
      }
      scale = 1 / (kappa + count).squareRoot()
      return
    }
    for d in mean.indices { mean[d] = statistics.sums[first + d] }
    factor.solve(&mean)
    factor.solveTransposed(&mean)
    factor.invertSquare()
    for i in factor.packed.indices { factor.packed[i] *= count }
    for d in mean.indices {
      let j = first + d
      guard case .normal(_, let priorSD) = model.meanDensities[j] else { continue }
      let priorPrecision = 1 / (priorSD * priorSD)
      factor.packed[PackedTriangle.index(d, d)] += priorPrecision
      mean[d] += priorPrecision * (model.meanCenters[j] - statistics.centers[j])
    }
    if let failure = factor.factorize() {
      throw ModelError(
        .degenerate, "spread",
        "must keep the covariance matrices invertible",
        got: "pivot \(failure.value) in row \(failure.index) of a precision"
      )
    }
    scale = nil
    factor.solve(&mean)
    factor.solveTransposed(&mean)
    for d in mean.indices { mean[d] += statistics.centers[first + d] }
  }

  /// Returns m and P of coordinate `d` for independent coordinates: P = 1/s0² + n/σ² and m = c + ((m0 - c)/s0² + Σ(x -
  /// c)/σ²) / P. If the prior is scaled by the spread, 1/s0² is κ/σ². If it is Uniform, 1/s0² is 0, and the distribution
  /// is that between its bounds. For a known mean m is its value, and P is infinite.
  @inline(__always)
  static func coordinate(
    _ k: Int, _ d: Int, _ model: MixtureModel, _ parameters: Parameters, _ statistics: SufficientStatistics
  ) -> (mean: Double, precision: Double) {
    let j = k * model.dimensionCount + d
    let sd = parameters.sd(k, d)
    let dataPrecision = 1 / (sd * sd)
    let center = statistics.centers[j]
    let distance = model.meanCenters[j] - center
    let priorPrecision: Double
    switch model.meanDensities[j] {
    case .fixed(let value): return (value, .infinity)
    case .scaledNormal(_, let kappa):
      // The spread cancels, so it is left out and nothing overflows.
      let worth = kappa + statistics.counts[k]
      return (center + kappa / worth * distance + statistics.sums[j] / worth, worth * dataPrecision)
    case .uniform:
      let count = statistics.counts[k]
      return count > 0 ? (center + statistics.sums[j] / count, count * dataPrecision) : (model.meanCenters[j], 0)
    case .normal(_, let priorSD): priorPrecision = 1 / (priorSD * priorSD)
    }
    let precision = priorPrecision + statistics.counts[k] * dataPrecision
    let shift = (priorPrecision * distance + dataPrecision * statistics.sums[j]) / precision
    if shift.isFinite { return (center + shift, precision) }
    // Precisions of the smallest sds times the largest distances overflow. Fractions of the precision do not.
    let shares = (prior: priorPrecision / precision, data: dataPrecision / precision)
    return (center + (shares.prior * distance + shares.data * statistics.sums[j]), precision)
  }

  /// Returns the distribution of coordinate `d` of component `k` between the bounds of its prior; `nil` if there are
  /// none.
  @inline(__always)
  static func bounded(
    _ k: Int, _ d: Int, _ model: MixtureModel, mean: Double, precision: Double
  ) -> BoundedNormal? {
    guard let (lower, upper) = model.meanDensities[k * model.dimensionCount + d].bounds else { return nil }
    return BoundedNormal(mean: mean, sd: 1 / precision.squareRoot(), lower: lower, upper: upper)
  }

  // MARK: Between bounds

  /// Returns the distribution of coordinate `d` between its bounds, given the coordinates before it, without the bounds
  /// of those after it. The first `d` places of the vector have (L⁻¹ (y - m)) / scale.
  private func given(before d: Int) -> BoundedNormal {
    guard let scale, !isFlat else {
      return BoundedNormal(mean: mean[d], sd: .infinity, lower: lower[d], upper: upper[d])
    }
    var shift = 0.0
    for j in 0..<d { shift += factor[d, j] * vector[j] }
    return BoundedNormal(
      mean: mean[d] + scale * shift, sd: scale * factor[d, d], lower: lower[d], upper: upper[d])
  }

  /// Draws each coordinate given those before it and its own bounds, and writes the draw to `point` from place `start`
  /// on. The distribution is near to the conditional one (Geweke 1991), and ``logDensity(of:at:)`` is its density.
  mutating func drawInSequence(_ stream: inout RandomStream, into point: inout [Double], at start: Int) {
    for d in mean.indices {
      let distribution = given(before: d)
      let value = distribution.draw(&stream)
      vector[d] = (value - distribution.mean) / distribution.sd
      point[start + d] = value
    }
  }

  /// Makes a transition of the point that stands in `point` from place `start` on, and leaves the distribution between
  /// the bounds unchanged.
  ///
  /// Exact draws without the bounds are tried, whose failure does not depend on the point. If none lies between the
  /// bounds, each coordinate is drawn given the others, forwards and then backwards.
  ///
  /// - Parameter order: further bounds of one coordinate.
  mutating func drawBetweenBounds(
    _ stream: inout RandomStream, into point: inout [Double], at start: Int,
    order: (coordinate: Int, lower: Double, upper: Double)?
  ) {
    if let order {
      lower[order.coordinate] = max(lower[order.coordinate], order.lower)
      upper[order.coordinate] = min(upper[order.coordinate], order.upper)
    }
    guard let scale, !isFlat else {
      for d in mean.indices { point[start + d] = given(before: d).draw(&stream) }
      return
    }
    for _ in 0..<4 {
      for d in mean.indices { vector[d] = stream.normal() }
      factor.multiply(&vector)
      for d in mean.indices { vector[d] = mean[d] + scale * vector[d] }
      if mean.indices.allSatisfy({ vector[$0] >= lower[$0] && vector[$0] <= upper[$0] }) {
        for d in mean.indices { point[start + d] = vector[d] }
        return
      }
    }
    for d in mean.indices { drawCoordinate(d, &stream, of: &point, at: start) }
    for d in mean.indices.reversed() { drawCoordinate(d, &stream, of: &point, at: start) }
  }

  private mutating func drawCoordinate(
    _ d: Int, _ stream: inout RandomStream, of point: inout [Double], at start: Int
  ) {
    point[start + d] = givenOthers(d, of: point, at: start).draw(&stream)
  }

  /// Returns the distribution of coordinate `d` given the others, N(m_d - Σ_j Q_dj (y_j - m_j) / Q_dd, 1 / (n Q_dd))
  /// between the bounds, with Q = Σ⁻¹.
  private mutating func givenOthers(_ d: Int, of point: [Double], at start: Int) -> BoundedNormal {
    if !hasInverse {
      for i in factor.packed.indices { inverse.packed[i] = factor.packed[i] }
      inverse.invertSquare()
      hasInverse = true
    }
    var sum = 0.0
    for j in mean.indices where j != d { sum += inverse[max(d, j), min(d, j)] * (point[start + j] - mean[j]) }
    let own = inverse[d, d]
    return BoundedNormal(
      mean: mean[d] - sum / own, sd: (scale ?? 1) / own.squareRoot(), lower: lower[d], upper: upper[d])
  }

  /// Moves a point between the bounds to the place between them where the density is largest. Without members the density
  /// is constant, and the point stays.
  ///
  /// The coordinates are moved in turn to where the density is largest given the others. That converges, since the log
  /// density is strictly concave and the bounds are those of single coordinates (Tseng 2001).
  mutating func maximize(_ point: inout [Double]) {
    for d in mean.indices { point[d] = min(max(point[d], lower[d]), upper[d]) }
    guard !isFlat else { return }
    if mean.indices.allSatisfy({ mean[$0] >= lower[$0] && mean[$0] <= upper[$0] }) {
      for d in mean.indices { point[d] = mean[d] }
      return
    }
    for _ in 0..<10_000 {
      var moved = 0.0
      for d in mean.indices {
        let distribution = givenOthers(d, of: point, at: 0)
        moved = max(moved, abs(distribution.mode - point[d]) / distribution.sd)
        point[d] = distribution.mode
      }
      if moved < 1e-12 { break }
    }
  }

  // MARK: Draws

  /// Draws from the distribution exactly, and writes the draw to `point` from place `start` on.
  mutating func draw(_ stream: inout RandomStream, into point: inout [Double], at start: Int) {
    for d in mean.indices { vector[d] = stream.normal() }
    if let scale {
      factor.multiply(&vector)
      for d in mean.indices { vector[d] *= scale }
    } else {
      factor.solveTransposed(&vector)
    }
    for d in mean.indices { point[start + d] = mean[d] + vector[d] }
  }

  /// Returns the log density at the point that stands in `point` from place `start` on. Where the prior has bounds, it is
  /// that of ``drawInSequence(_:into:at:)``.
  mutating func logDensity(of point: [Double], at start: Int) -> Double {
    if isBounded {
      var sum = 0.0
      for d in mean.indices {
        let distribution = given(before: d)
        sum += distribution.logDensity(point[start + d])
        vector[d] = (point[start + d] - distribution.mean) / distribution.sd
      }
      return sum
    }
    for d in mean.indices { vector[d] = point[start + d] - mean[d] }
    let dimensions = Double(mean.count)
    let logDeterminant = factor.logDeterminantOfSquare
    if let scale {
      factor.solve(&vector)
      let squares = vector.reduce(0) { $0 + $1 * $1 } / (scale * scale)
      return -dimensions * (halfLogTwoPi + log(scale)) - 0.5 * (logDeterminant + squares)
    }
    // The square of Cᵀ (x - m), column by column of C.
    var squares = 0.0
    for d in mean.indices {
      var sum = 0.0
      for i in d..<mean.count { sum += factor[i, d] * vector[i] }
      squares += sum * sum
    }
    return -dimensions * halfLogTwoPi + 0.5 * (logDeterminant - squares)
  }

  /// Turns a draw, which stands in `point` from place `start` on, into a draw from the same distribution with one
  /// coordinate restricted to an interval.
  ///
  /// The coordinate is drawn anew from its restricted margin, and the others follow it along their regression on it
  /// (Matheron's rule): y + V e (t - y_d) / V_dd has the conditional distribution of the rest given t.
  mutating func restrict(
    _ point: inout [Double], at start: Int, coordinate d: Int, to bounds: (lower: Double, upper: Double),
    _ stream: inout RandomStream
  ) {
    fillColumn(d)
    let value = stream.normal(
      mean: mean[d], sd: vector[d].squareRoot(), lower: bounds.lower, upper: bounds.upper)
    move(&point, at: start, coordinate: d, to: value)
  }

  /// Moves a point along the regression of the other coordinates on coordinate `d`.
  mutating func move(_ point: inout [Double], at start: Int = 0, coordinate d: Int, to value: Double) {
    fillColumn(d)
    let shift = (value - point[start + d]) / vector[d]
    for i in vector.indices { point[start + i] += vector[i] * shift }
    point[start + d] = value
  }

  /// Returns the variance of coordinate `d`.
  mutating func variance(_ d: Int) -> Double {
    fillColumn(d)
    return vector[d]
  }

  /// Writes column `d` of P⁻¹ to the vector.
  private mutating func fillColumn(_ d: Int) {
    if let scale {
      for i in vector.indices { vector[i] = scale * scale * factor[d, i] }
      factor.multiply(&vector)
    } else {
      for i in vector.indices { vector[i] = i == d ? 1 : 0 }
      factor.solve(&vector)
      factor.solveTransposed(&vector)
    }
  }
}
