/// The prior density of one coordinate of one component's mean: a ``MeansPrior`` with its numbers for that coordinate.
package enum MeanDensity: Sendable, Equatable {
  /// Normal(`mean`, `sd`).
  case normal(mean: Double, sd: Double)
  /// Normal(`mean`, covariance of the component / `kappa`), jointly with the component's other coordinates.
  case scaledNormal(mean: Double, kappa: Double)
  /// The known value.
  case fixed(Double)

  /// The prior mean, or the known value.
  @inline(__always)
  package var center: Double {
    switch self {
    case .normal(let mean, _), .scaledNormal(let mean, _): mean
    case .fixed(let value): value
    }
  }

  /// Whether the value is known.
  @inline(__always)
  package var isFixed: Bool { if case .fixed = self { true } else { false } }

  /// The number of observations that the prior mean is worth, if the prior is scaled by the spread; otherwise `nil`.
  @inline(__always)
  package var kappa: Double? { if case .scaledNormal(_, let kappa) = self { kappa } else { nil } }
}
