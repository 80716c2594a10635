#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Values for which a bandwidth is chosen.
struct BandwidthSample {
  /// Finite values, at least one.
  let values: [Double]
  /// The smallest and the largest value.
  let range: ClosedRange<Double>
  /// The bounds of the values, infinite where there are none.
  let bounds: ClosedRange<Double>

  /// Returns the bandwidth that a rule chooses, which may overflow or underflow, or the reason why it has none.
  func width(
    _ bandwidth: KernelDensity.Bandwidth, _ watch: Watch
  ) throws(Stopped) -> Result<Double, KernelDensityError> {
    let adjustment: Double
    switch bandwidth {
    case .explicit(let given): return .success(given)
    case .improvedSheatherJones(let factor), .scott(let factor), .silverman(let factor): adjustment = factor
    }
    guard values.count >= 2 else { return .failure(.tooFewValues) }
    guard adjustment > 0 else { return .failure(.invalidBandwidth) }
    guard range.lowerBound < range.upperBound else { return .failure(.noSpread) }
    switch bandwidth {
    case .improvedSheatherJones: return .success(adjustment * (try improvedSheatherJones(watch)))
    case .silverman: return .success(adjustment * (try silverman(watch)))
    default:
      let spread = try SampleMoments(of: values, watch).standardDeviation
      return .success(pow(Double(values.count), -0.2) * adjustment * spread)
    }
  }

  /// Silverman's rule 0.9 n^(−1/5) min(s, IQR/1.34).
  private func silverman(_ watch: Watch) throws(Stopped) -> Double {
    try silverman(sorted: SortedDraws(sorting: values, watch).values, watch)
  }

  private func silverman(sorted: [Double], _ watch: Watch) throws(Stopped) -> Double {
    let spread = try SampleMoments(of: values, watch).standardDeviation
    let quartiles = [0.25, 0.75].map { interpolatedQuantile(sorted: sorted, probability: $0) }
    let distance = (quartiles[1] - quartiles[0]) / 1.34
    return 0.9 * pow(Double(values.count), -0.2) * (distance > 0 ? min(spread, distance) : spread)
  }

  /// The rule of Botev, Grotowski and Kroese; see ``KernelDensity/Bandwidth/improvedSheatherJones(adjustment:)``.
  private func improvedSheatherJones(_ watch: Watch) throws(Stopped) -> Double {
    let outline = Outline(of: values)
    let least = outline.medianGap / 2
    // No density of this sd needs a wider kernel (Terrell 1990). A sd whose square overflows or underflows bounds nothing.
    let spread = try SampleMoments(of: values, watch).standardDeviation
    let most = spread.isNormal ? 1.144 * pow(Double(values.count), -0.2) * spread : .infinity
    let whole = window(range, margin: 0.1 * range.length)
    if let width = try solution(on: whole, from: least, to: most, watch) { return max(least, width) }

    // Repeated values are narrow peaks to the equation. Where these are the values of a grid, those that differ know
    // little of the density.
    let sorted = try SortedDraws(sorting: values, watch).values
    let distinct = BandwidthSample(values: try sorted.withoutRepetitions(watch), range: range, bounds: bounds)
    let silverman = try silverman(sorted: sorted, watch)
    let limit = 2 * distinct.values.count < values.count ? silverman : most
    let isRepetitive = distinct.values.count < values.count
    for window in (isRepetitive ? [whole] : []) + windows(around: outline.densestParts, in: whole) {
      if let width = try distinct.solution(on: window, from: least, to: limit, watch) { return max(least, width) }
    }
    return max(least, silverman)
  }

  /// Widens the densest parts of the distribution, leaving out those that are not much shorter than the one before.
  private func windows(around parts: [ClosedRange<Double>], in whole: ClosedRange<Double>) -> [ClosedRange<Double>] {
    var windows = [whole]
    for part in parts {
      let wide = window(part, margin: 20 * part.length).clamped(to: whole)
      if 2 * wide.length < windows[windows.count - 1].length { windows.append(wide) }
    }
    return Array(windows.dropFirst())
  }

  /// Solves the equation for the bandwidth, on bins of an interval that are fine enough for the solution. Values outside
  /// count in n only.
  ///
  /// - Parameters:
  ///   - least: the bandwidth below which no solution is sought.
  ///   - most: the bandwidth above which none is sought, which is the result if there is one.
  private func solution(
    on window: ClosedRange<Double>, from least: Double, to most: Double, _ watch: Watch
  ) throws(Stopped) -> Double? {
    guard window.length.isFinite, window.length > 0 else { return nil }
    for bins in [1 << 10, 1 << 12, 1 << 16] {
      let counts = try BinCounts(of: values, lower: window.lowerBound, length: window.length, bins: bins, watch)
      var spectrum = try CosineSpectrum(counts.total(watch), values: values.count, watch)
      let (least, most) = (max(8 / Double(bins), least / window.length), most / window.length)
      if let width = try spectrum.fixedPoint(least: least, most: most, watch) { return width * window.length }
    }
    return nil
  }

  /// Widens an interval up to the bounds of the values.
  private func window(_ interval: ClosedRange<Double>, margin: Double) -> ClosedRange<Double> {
    max(bounds.lowerBound, interval.lowerBound - margin)...min(bounds.upperBound, interval.upperBound + margin)
  }
}

/// What up to 1,024 of the values, equally spaced in their array, show of the distribution.
private struct Outline {
  /// The median distance of neighbours among the values that differ.
  let medianGap: Double
  /// The shortest intervals with at least a half, a quarter, and so on, of the values that differ, but at least 16.
  let densestParts: [ClosedRange<Double>]

  init(of values: [Double]) {
    let step = (values.count + 1023) / 1024
    var distinct = stride(from: 0, to: values.count, by: step).map { values[$0] }.sorted()
    distinct = distinct.indices.compactMap { $0 > 0 && distinct[$0] == distinct[$0 - 1] ? nil : distinct[$0] }
    let gaps = zip(distinct, distinct.dropFirst()).map { $1 - $0 }.sorted()
    medianGap = gaps.isEmpty ? 0 : gaps[(gaps.count - 1) / 2]
    var parts: [ClosedRange<Double>] = []
    var size = (distinct.count + 1) / 2
    while size >= 16 {
      let intervals = zip(distinct, distinct.dropFirst(size - 1)).map { $0...$1 }
      if let shortest = intervals.min(by: { $0.length < $1.length }) { parts.append(shortest) }
      size = (size + 1) / 2
    }
    densestParts = parts
  }
}

extension ClosedRange<Double> {
  fileprivate var length: Double { upperBound - lowerBound }
}

extension [Double] {
  /// Returns ascending values with each of them once.
  fileprivate func withoutRepetitions(_ watch: Watch) throws(Stopped) -> [Double] {
    var distinct: [Double] = []
    for piece in Pieces(of: count) {
      try watch.pass(piece.count)
      for index in piece where index == 0 || self[index] != self[index - 1] { distinct.append(self[index]) }
    }
    return distinct
  }
}
