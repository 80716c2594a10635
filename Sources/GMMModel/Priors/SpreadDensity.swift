import GMMKernels

/// The prior density of one standard deviation: a ``SpreadPrior`` with its numbers for one component.
package enum SpreadDensity: Sendable, Equatable {
  case uniform(lower: Double, upper: Double)
  case halfCauchy(scale: Double)
  case halfNormal(scale: Double)
  /// The Normal distribution of log sd.
  case logNormal(mu: Double, sigma: Double)
  case halfStudentT(dof: Double, scale: Double)
  case inverseGamma(shape: Double, scale: Double)
  case gamma(shape: Double, rate: Double)
  case fixed(Double)

  /// Whether the standard deviation is known.
  @inline(__always)
  package var isFixed: Bool { if case .fixed = self { true } else { false } }

  /// The shape of a conjugate prior; otherwise `nil`.
  package var conjugateShape: Double? {
    switch self {
    case .inverseGamma(let shape, _), .gamma(let shape, _): shape
    default: nil
    }
  }

  /// The standard deviations that the prior allows.
  package var support: (lower: Double, upper: Double) {
    switch self {
    case .uniform(let lower, let upper): (lower, upper)
    case .fixed(let sd): (sd, sd)
    default: (0, .infinity)
    }
  }

  /// Whether the density of the sd stays positive as the sd goes to 0. Ties in the data can then make the posterior
  /// improper.
  package var reachesZero: Bool { scaleAtZero != nil }

  /// The scale of a prior under which the density of the sd stays positive as the sd goes to 0; otherwise `nil`.
  package var scaleAtZero: Double? {
    switch self {
    case .uniform(let lower, let upper): lower == 0 ? upper : nil
    case .halfCauchy(let scale), .halfNormal(let scale): scale
    // The density is flat up to about scale √dof where that is below the scale.
    case .halfStudentT(let dof, let scale): scale * min(1, dof.squareRoot())
    case .logNormal, .inverseGamma, .gamma, .fixed: nil
    }
  }

  /// Returns the normalised log density of the variable that the prior is stated for, at standard deviation `sd`.
  ///
  /// The log density of a known sd is 0. Outside the support it is -infinity.
  package func logDensity(sd: Double) -> Double {
    guard sd > 0, sd < .infinity else { return -.infinity }
    switch self {
    case .uniform(let lower, let upper):
      return sd >= lower && sd <= upper ? -log(upper - lower) : -.infinity
    case .halfCauchy(let scale):
      let ratio = sd / scale
      // For large ratios the 1 is lost in rounding, and the square may overflow.
      return log(2 / Double.pi) - log(scale) - (ratio < 1e100 ? log1p(ratio * ratio) : 2 * log(ratio))
    case .halfNormal(let scale):
      let ratio = sd / scale
      return 0.5 * log(2 / Double.pi) - log(scale) - 0.5 * ratio * ratio
    case .logNormal(let mu, let sigma):
      let logSD = log(sd)
      let distance = (logSD - mu) / sigma
      return -halfLogTwoPi - log(sigma) - logSD - 0.5 * distance * distance
    case .halfStudentT(let dof, let scale):
      let constant = log(2) + logGammaHalfStep(0.5 * dof) - 0.5 * (log(dof) + log(Double.pi)) - log(scale)
      return constant - 0.5 * (dof + 1) * log1pExp(2 * (log(sd) - log(scale)) - log(dof))
    case .inverseGamma(let shape, let scale):
      let variance = sd * sd
      return shape * log(scale) - logGammaFunction(shape) - 2 * (shape + 1) * log(sd) - scale / variance
    case .gamma(let shape, let rate):
      return shape * log(rate) - logGammaFunction(shape) - 2 * (shape - 1) * log(sd) - rate / (sd * sd)
    case .fixed(let value):
      return sd == value ? 0 : -.infinity
    }
  }

  /// Returns log |d(variable) / d(log sd)|, the term that the log density gains when it is taken in log sd.
  package func logJacobian(sd: Double) -> Double {
    switch self {
    case .uniform, .halfCauchy, .halfNormal, .logNormal, .halfStudentT: log(sd)
    case .inverseGamma: log(2) + 2 * log(sd)
    case .gamma: log(2) - 2 * log(sd)
    case .fixed: 0
    }
  }
}

/// Returns log(1 + exp(x)) without overflow.
@inline(__always)
package func log1pExp(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
