/// The prior density of one coordinate of one component's mean: a ``MeansPrior`` with its numbers for that coordinate.
package enum MeanDensity: Sendable, Equatable {
  /// Normal(`mean`, `sd`).
  case normal(mean: Double, sd: Double)
  /// Normal(`mean`, covariance of the component / `kappa`), jointly with the component's other coordinates.
  case scaledNormal(mean: Double, kappa: Double)
  /// Uniform(`lower`, `upper`).
  case uniform(lower: Double, upper: Double)
  /// The known value.
  case fixed(Double)

  /// The prior mean, or the known value.
  @inline(__always)
  package var center: Double {
    switch self {
    case .normal(let mean, _), .scaledNormal(let mean, _): mean
    case .uniform(let lower, let upper): lower + 0.5 * (upper - lower)
    case .fixed(let value): value
    }
  }

  /// The bounds between which the prior keeps the coordinate; `nil` if there are none, or if the value is known.
  @inline(__always)
  package var bounds: (lower: Double, upper: Double)? {
    if case .uniform(let lower, let upper) = self { (lower, upper) } else { nil }
  }

  /// The prior sd where it does not depend on other parameters; otherwise `nil`.
  package var sd: Double? {
    switch self {
    case .normal(_, let sd): sd
    case .uniform(let lower, let upper): (upper - lower) / 12.0.squareRoot()
    case .scaledNormal, .fixed: nil
    }
  }

  /// Whether the value is known.
  @inline(__always)
  package var isFixed: Bool { if case .fixed = self { true } else { false } }

  /// The number of observations that the prior mean is worth, if the prior is scaled by the spread; otherwise `nil`.
  @inline(__always)
  package var kappa: Double? { if case .scaledNormal(_, let kappa) = self { kappa } else { nil } }
}
