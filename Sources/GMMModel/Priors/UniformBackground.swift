import GMMKernels

/// A background beside the components of a mixture: rows that belong to none of them, of one constant density.
///
///     p(x) = ω / V + (1 - ω) Σ_k weight_k Normal(x; mean_k, covariance_k),
///
/// for the background's weight ω and its volume V (Banfield, Raftery 1993; Fraley, Raftery 1998). The weights of the
/// components sum to 1 among themselves. At every point, also beyond the region that gives V, the density is 1 / V.
public struct UniformBackground: Sendable, Equatable {
  /// The region whose volume the background has.
  public enum Region: Sendable, Equatable {
    /// The smallest box that has all rows within it, with its sides along the columns.
    case data
    /// Any region of a positive volume: a length in one dimension, an area in two.
    case volume(Double)
    /// A box between finite bounds, with one value for all coordinates or one for each (D). All rows must lie within it.
    case bounds(lower: [Double], upper: [Double])
  }

  /// The prior of the background's weight ω.
  public enum Weight: Sendable, Equatable {
    /// Beta(`first`, `second`), of mean first / (first + second).
    case beta(first: Double, second: Double)
    /// A known weight, above 0 and below 1.
    case fixed(Double)
  }

  /// The region.
  public var region: Region
  /// The prior of the weight.
  public var weight: Weight

  public init(region: Region = .data, weight: Weight = .beta(first: 1, second: 9)) {
    (self.region, self.weight) = (region, weight)
  }
}

extension UniformBackground {
  /// Checks the region and the weight.
  ///
  /// - Throws: ``ModelError`` naming the argument, the rule and the value.
  package func check(_ shape: MixtureShape) throws(ModelError) {
    let most = MixtureShape.componentRange.upperBound - 1
    guard shape.componentCount <= most else {
      throw ModelError("num_components", "must be at most \(most) beside a background", got: shape.componentCount)
    }
    switch region {
    case .data: break
    case .volume(let volume):
      guard volume.isFinite, volume > 0 else {
        throw ModelError("background.volume", "must be finite and positive", got: volume)
      }
    case .bounds(let lower, let upper):
      let lower = try PriorParameter(lower, "background.lower", rows: 1, columns: shape.dimensionCount).location()
      let upper = try PriorParameter(upper, "background.upper", rows: 1, columns: shape.dimensionCount).location()
      for d in lower.indices where !(upper[d] > lower[d]) {
        throw ModelError("background.upper[\(d)]", "must be above background.lower[\(d)] = \(lower[d])", got: upper[d])
      }
    }
    switch weight {
    case .beta(let first, let second):
      for (name, value) in [("first", first), ("second", second)] {
        _ = try PriorParameter([value], "background.weight_\(name)", rows: 1).positive()
      }
    case .fixed(let value):
      guard value > 0, value < 1 else {
        throw ModelError("background.fixed_weight", "must be above 0 and below 1", got: value)
      }
    }
  }

  /// The log density of the background in D dimensions; `nil` while the region is that of data.
  package func logDensity(dimensions: Int) -> Double? {
    switch region {
    case .data: nil
    case .volume(let volume): -log(volume)
    case .bounds: box(dimensions: dimensions).map { -$0.logSides.reduce(0, +) }
    }
  }

  /// The box of the background in D dimensions; `nil` if only its volume is known, or while it waits for data.
  package func box(dimensions: Int) -> BackgroundBox? {
    guard case .bounds(let lower, let upper) = region else { return nil }
    return BackgroundBox(
      lower: (0..<dimensions).map { lower[$0 % lower.count] }, upper: (0..<dimensions).map { upper[$0 % upper.count] })
  }

  /// The weight at which chains and fits start: the mean of the prior.
  package var startWeight: BackgroundWeight {
    switch weight {
    case .beta(let first, let second): BackgroundWeight(first / (first + second))
    case .fixed(let value): BackgroundWeight(value)
    }
  }

  /// Whether the weight is known.
  package var hasFixedWeight: Bool { if case .fixed = weight { true } else { false } }

  /// Returns the log density of the prior of the weight; 0 if it is known.
  package func logPrior(_ value: BackgroundWeight) -> Double {
    guard case .beta(let first, let second) = weight else { return 0 }
    let constant = logGammaFunction(first + second) - logGammaFunction(first) - logGammaFunction(second)
    // A factor that is 1 stays 1 where the logarithm is infinite.
    return constant + (first == 1 ? 0 : (first - 1) * value.log) + (second == 1 ? 0 : (second - 1) * value.logRest)
  }

  /// Returns the weight of the largest posterior density, given the counts; the nearest within 0 … 1 if the prior has
  /// poles there.
  package func mode(background: Double, components: Double) -> BackgroundWeight {
    guard case .beta(let first, let second) = weight else { return startWeight }
    let (a, b) = (max(0, background + first - 1), max(0, components + second - 1))
    guard a + b > 0 else { return startWeight }
    return BackgroundWeight(log: log(a / (a + b)), logRest: log(b / (a + b)))
  }
}
