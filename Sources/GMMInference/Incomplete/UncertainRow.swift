import GMMKernels
import GMMModel

/// One row of which some values have errors of measurement, lie in intervals, or are missing, as one component sees it.
///
/// Let y be the row's true values about the component's center, with covariance Σ; x_O = y_O + e with errors of covariance
/// E, and T = Σ_OO + E = L Lᵀ. Given x_O, y is Normal with the mean Uᵀ v and the covariance Σ - Uᵀ U, where v = L⁻¹ x_O and
/// U = L⁻¹ Σ_O (Bovy, Hogg, Roweis 2011, section 3). Coordinates that are known by intervals come last in the order of L.
/// Given the others their v are standard Normal numbers in an interval, or in a ``NormalBox``. So the density of the row is
/// that of the others times the probability of the intervals, and all moments are exact. Where the coordinates of a
/// component and their errors are independent, each is a row of its own, and any number of them may be intervals.
///
/// One worker uses it. Nothing is allocated after it has been made.
struct UncertainRow {
  private let dimensions: Int
  private let isDiagonal: Bool
  private let memory: AlignedBuffer<Double>
  /// The order of the observed coordinates, an interval last.
  private let order: AlignedBuffer<Int>
  private(set) var observedCount = 0
  /// The number of intervals, and the intervals of v: one, or a box of several.
  private var intervalCount = 0
  private var box = NormalBox()
  private var interval = NormalInterval(-1, 1)
  /// The ends of one coordinate's interval for v, given the others.
  private var ends = (lower: 0.0, upper: 0.0)

  init?(dimensions: Int, isDiagonal: Bool) {
    let triangle = PackedTriangle.count(dimensions)
    guard
      let memory = AlignedBuffer<Double>(
        count: isDiagonal ? 8 * dimensions : 2 * triangle + dimensions * dimensions + 7 * dimensions),
      let order = AlignedBuffer<Int>(count: dimensions)
    else { return nil }
    (self.dimensions, self.isDiagonal, self.memory, self.order) = (dimensions, isDiagonal, memory, order)
  }

  // The memory: the means of the true values; v; a vector of noise; a vector for solving; their variances where coordinates
  // are independent; otherwise L, U, the factor of the errors and their noise.
  var means: UnsafeMutablePointer<Double> { memory.base }
  private var v: UnsafeMutablePointer<Double> { memory.base + dimensions }
  private var noise: UnsafeMutablePointer<Double> { memory.base + 2 * dimensions }
  private var rest: UnsafeMutablePointer<Double> { memory.base + 3 * dimensions }
  /// The variances of the true values given the row, where coordinates are independent.
  private var spreads: UnsafeMutablePointer<Double> { memory.base + 4 * dimensions }
  private var factor: UnsafeMutablePointer<Double> { memory.base + 6 * dimensions }
  private var rows: UnsafeMutablePointer<Double> { factor + PackedTriangle.count(dimensions) }
  private var errors: UnsafeMutablePointer<Double> { rows + dimensions * dimensions }
  private var errorNoise: UnsafeMutablePointer<Double> { errors + PackedTriangle.count(dimensions) }

  /// A component: its center, and its covariance as a full matrix and as a factor, or as variances and sds.
  struct Component {
    let logWeight: Double
    let center: UnsafePointer<Double>
    let covariance: UnsafePointer<Double>
    let factor: UnsafePointer<Double>
  }

  /// Chooses a pattern of rows.
  mutating func take(_ pattern: RowPatterns.Pattern) {
    observedCount = 0
    for d in pattern.observed where !pattern.intervals.contains(d) {
      order.base[observedCount] = d
      observedCount += 1
    }
    // More are refused, except for the scale of data, which takes the middle of the first ones.
    intervalCount = isDiagonal ? pattern.intervals.count : min(pattern.intervals.count, NormalBox.most)
    box.take(count: intervalCount)
    for d in pattern.intervals {
      order.base[observedCount] = d
      observedCount += 1
    }
  }

  /// Returns the log density of what is known of a row, without the weight of the component, and prepares its moments.
  mutating func logDensity(_ data: DataSet, _ row: Int, _ component: Component) -> Double {
    isDiagonal ? logDensityOfScales(data, row, component) : logDensityOfMatrix(data, row, component)
  }

  /// Whether the density of a row is an integral that takes some time.
  var isIntegral: Bool { !isDiagonal && intervalCount > 1 }

  /// Returns an upper bound of ``logDensity(_:_:_:)``, where that is an integral.
  mutating func logBound(_ data: DataSet, _ row: Int, _ component: Component) -> Double {
    let rest = logDensityOfMatrix(data, row, component, isDrawn: true)
    return rest + box.logBound
  }

  /// Prepares ``draw(_:_:_:_:)`` for a component, unless the density under it was the last one.
  mutating func prepareDraw(_ data: DataSet, _ row: Int, _ component: Component) {
    // Independent coordinates need nothing, and the moments of an interval are not needed.
    if !isDiagonal { _ = logDensityOfMatrix(data, row, component, isDrawn: true) }
  }

  private mutating func logDensityOfMatrix(
    _ data: DataSet, _ row: Int, _ component: Component, isDrawn: Bool = false
  ) -> Double {
    let (o, details) = (observedCount, data.details)
    var logDensity = 0.0
    var squares = 0.0
    for a in 0..<o {
      let i = order.base[a]
      let target = factor + PackedTriangle.row(a)
      for b in 0...a {
        let j = order.base[b]
        var sum = component.covariance[i * dimensions + j] + (details?.errorCovariance(row, i, j) ?? 0)
        let other = factor + PackedTriangle.row(b)
        for l in 0..<b { sum -= target[l] * other[l] }
        target[b] = a == b ? max(sum, .leastNormalMagnitude).squareRoot() : sum / other[b]
      }
      if a >= o - intervalCount {
        let first = o - intervalCount
        var mean = component.center[i]
        for l in 0..<min(a, first) { mean += target[l] * v[l] }
        let bounds = details?.interval(row, i) ?? (-.infinity, .infinity)
        guard intervalCount == 1 else {
          var row = SIMD4<Double>.zero
          for l in first...a { row[l - first] = target[l] }
          box.set(a - first, lower: bounds.lower - mean, upper: bounds.upper - mean, row: row)
          continue
        }
        ends = ((bounds.lower - mean) / target[a], (bounds.upper - mean) / target[a])
        if isDrawn { break }
        interval = NormalInterval(ends.lower, ends.upper)
        logDensity += interval.logProbability
        v[a] = interval.mean
      } else {
        var value = data.filled(row, i) - component.center[i]
        for l in 0..<a { value -= target[l] * v[l] }
        v[a] = value / target[a]
        squares += v[a] * v[a]
        logDensity -= log(target[a]) + halfLogTwoPi
      }
    }
    if intervalCount > 1 {
      box.prepare()
      if !isDrawn {
        let moments = box.moments(withCovariance: false)
        for a in 0..<intervalCount { v[o - intervalCount + a] = moments.mean[a] }
        logDensity += moments.logProbability
      }
    }
    return logDensity - 0.5 * squares
  }

  private mutating func logDensityOfScales(_ data: DataSet, _ row: Int, _ component: Component) -> Double {
    var logDensity = 0.0
    for d in 0..<dimensions { (means[d], spreads[d]) = (0, component.covariance[d]) }
    for a in 0..<observedCount {
      let d = order.base[a]
      let variance = component.covariance[d]
      let total = variance + (data.details?.errorVariance(row, d) ?? 0)
      let sd = total.squareRoot()
      let gain = variance / total
      if let bounds = data.details?.interval(row, d) {
        let interval = NormalInterval(
          (bounds.lower - component.center[d]) / sd, (bounds.upper - component.center[d]) / sd)
        logDensity += interval.logProbability
        means[d] = gain * sd * interval.mean
        spreads[d] = variance * (1 - gain) + gain * gain * total * interval.variance
      } else {
        let gap = data.filled(row, d) - component.center[d]
        logDensity -= 0.5 * gap * gap / total + log(sd) + halfLogTwoPi
        means[d] = gain * gap
        spreads[d] = variance * (1 - gain)
      }
    }
    return logDensity
  }

  /// Adds the expected sums of the row's true values about the center of the component.
  mutating func add(_ share: Double, _ component: Component, _ k: Int, to sums: MultivariateSums) {
    sums.counts[k] += share
    let first = sums.sums + k * dimensions
    if isDiagonal {
      let squares = sums.squares + k * dimensions
      for d in 0..<dimensions {
        first[d] += share * means[d]
        squares[d] += share * (means[d] * means[d] + spreads[d])
      }
      return
    }
    solveRows(component)
    takeMeans()
    let (o, squares) = (observedCount, sums.squares + k * sums.form.size(dimensions: dimensions))
    let ofIntervals = rows + (o - intervalCount) * dimensions
    let moments = intervalCount > 1 ? box.moments(withCovariance: true) : NormalBox.Moments()
    var entry = 0
    for i in 0..<dimensions {
      first[i] += share * means[i]
      for j in sums.form == .triangular ? 0...i : i...i {
        var value = means[i] * means[j] + component.covariance[i * dimensions + j]
        for a in 0..<o { value -= rows[a * dimensions + i] * rows[a * dimensions + j] }
        if intervalCount == 1 { value += interval.variance * ofIntervals[i] * ofIntervals[j] }
        for a in 0..<(intervalCount > 1 ? intervalCount : 0) {
          let covariances = moments.covariance(a)
          for b in 0..<intervalCount {
            value += covariances[b] * ofIntervals[a * dimensions + i] * ofIntervals[b * dimensions + j]
          }
        }
        squares[entry] += share * value
        entry += 1
      }
    }
  }

  /// Writes U = L⁻¹ Σ_O, o x D.
  private func solveRows(_ component: Component) {
    for a in 0..<observedCount {
      let source = component.covariance + order.base[a] * dimensions
      let target = rows + a * dimensions
      let triangle = factor + PackedTriangle.row(a)
      for d in 0..<dimensions {
        var value = source[d]
        for l in 0..<a { value -= triangle[l] * rows[l * dimensions + d] }
        target[d] = value / triangle[a]
      }
    }
  }

  /// Takes the expectations Uᵀ v of the true values.
  private func takeMeans() {
    for d in 0..<dimensions {
      var mean = 0.0
      for a in 0..<observedCount { mean += rows[a * dimensions + d] * v[a] }
      means[d] = mean
    }
  }

  /// Writes the expectations of the true values about the center of the component to ``means``.
  mutating func expect(_ component: Component) {
    guard !isDiagonal else { return }
    solveRows(component)
    takeMeans()
  }

  /// Draws the true values about the center of the component into ``means``, after ``logDensity(_:_:_:)``.
  ///
  /// With y* ~ Normal(0, Σ) and e* ~ Normal(0, E), y* + Uᵀ (v - L⁻¹ (y*_O + e*_O)) has the distribution of the true
  /// values given the row (Matheron's rule). No covariance of them is factored, which is nearly singular where errors are
  /// small.
  mutating func draw(_ data: DataSet, _ row: Int, _ component: Component, _ stream: inout RandomStream) {
    if isDiagonal { return drawScales(data, row, component, &stream) }
    let o = observedCount
    if intervalCount == 1 { v[o - 1] = stream.normal(mean: 0, sd: 1, lower: ends.lower, upper: ends.upper) }
    if intervalCount > 1 {
      let drawn = box.draw(&stream)
      for a in 0..<intervalCount { v[o - intervalCount + a] = drawn[a] }
    }
    solveRows(component)
    stream.normals(into: noise, count: dimensions)
    PackedTriangle.multiply(component.factor, dimensions, noise)
    for a in 0..<o { rest[a] = noise[order.base[a]] }
    if let details = data.details, details.hasErrors { addErrors(details, row, &stream) }
    for a in 0..<o {
      let triangle = factor + PackedTriangle.row(a)
      for l in 0..<a { rest[a] -= triangle[l] * rest[l] }
      rest[a] /= triangle[a]
    }
    for d in 0..<dimensions {
      var value = noise[d]
      for a in 0..<o { value += rows[a * dimensions + d] * (v[a] - rest[a]) }
      means[d] = value
    }
    keepExact(data, row, component)
  }

  /// Puts values that are known exactly in the place of those that differ by rounding.
  private func keepExact(_ data: DataSet, _ row: Int, _ component: Component) {
    for a in 0..<observedCount - intervalCount {
      let d = order.base[a]
      if data.details?.errorVariance(row, d) ?? 0 == 0 { means[d] = data.filled(row, d) - component.center[d] }
    }
  }

  /// Adds errors of the row's covariance to ``rest``.
  private func addErrors(_ details: RowDetails, _ row: Int, _ stream: inout RandomStream) {
    guard details.covariances != nil else {
      for a in 0..<observedCount {
        rest[a] += details.errorVariance(row, order.base[a]).squareRoot() * stream.normal()
      }
      return
    }
    for a in 0..<observedCount {
      let target = errors + PackedTriangle.row(a)
      for b in 0...a { target[b] = details.errorCovariance(row, order.base[a], order.base[b]) }
    }
    // It is positive semi-definite, as data sets check.
    _ = PackedTriangle.factorizeSemidefinite(errors, observedCount)
    stream.normals(into: errorNoise, count: observedCount)
    PackedTriangle.multiply(errors, observedCount, errorNoise)
    for a in 0..<observedCount { rest[a] += errorNoise[a] }
  }

  private mutating func drawScales(
    _ data: DataSet, _ row: Int, _ component: Component, _ stream: inout RandomStream
  ) {
    // What is not known is drawn from the component.
    for d in 0..<dimensions { noise[d] = .nan }
    for a in 0..<observedCount {
      let d = order.base[a]
      let variance = component.covariance[d]
      let error = data.details?.errorVariance(row, d) ?? 0
      let total = variance + error
      var gap = data.filled(row, d) - component.center[d]
      if let bounds = data.details?.interval(row, d) {
        let sd = total.squareRoot()
        gap =
          sd
          * stream.normal(
            mean: 0, sd: 1, lower: (bounds.lower - component.center[d]) / sd,
            upper: (bounds.upper - component.center[d]) / sd)
      }
      let gain = variance / total
      noise[d] = error > 0 ? gain * gap + (variance * (error / total)).squareRoot() * stream.normal() : gap
    }
    for d in 0..<dimensions {
      means[d] = noise[d].isNaN ? component.covariance[d].squareRoot() * stream.normal() : noise[d]
    }
  }
}
