/// The prior of the mixture weights. Its arrays hold one value for all components, or one for each.
public enum WeightsPrior: Sendable, Equatable {
  /// Dirichlet(`concentration`), with positive concentrations.
  case dirichlet(concentration: [Double])
  /// Dirichlet(`total` / K, ..., `total` / K), `total` > 0, for K components.
  case dynamicDirichlet(total: Double)
  /// Known weights, which sum to 1.
  case fixed([Double])
}

/// The prior of the component means, independent between components.
///
/// Arrays of means, sds and bounds hold one value for all components and coordinates, one for each coordinate (D), or one for
/// each component and coordinate (K, D). An array of priors gives components different families:
/// `[.fixed([0]), .normal(mean: [3], sd: [1])]`.
public indirect enum MeansPrior: Sendable, Equatable {
  /// Normal(`mean`, `sd`) with `sd` the standard deviation, independent between coordinates.
  case normal(mean: [Double], sd: [Double])
  /// Normal(`mean`, covariance of the component / `kappa`). With an inverse-Wishart or inverse-Gamma spread this is the
  /// conjugate prior. `kappa`, one or K values, is the number of observations that the prior mean is worth.
  case scaledNormal(mean: [Double], kappa: [Double])
  /// Uniform(`lower`, `upper`) with finite bounds, independent between coordinates.
  case uniform(lower: [Double], upper: [Double])
  /// Known means.
  case fixed([Double])
  /// A prior for each component (K). None of them is of this case; their arrays hold one value, or one for each
  /// coordinate (D).
  case each([MeansPrior])
}

extension MeansPrior: ExpressibleByArrayLiteral {
  /// A prior for each component.
  public init(arrayLiteral priors: MeansPrior...) { self = .each(priors) }

  /// The priors of single components; `nil` if one prior serves all.
  package var ofComponents: [MeansPrior]? { if case .each(let priors) = self { priors } else { nil } }
}

/// The prior of the components' spread, stated for the standard deviation, the variance, the precision or the
/// covariance matrix.
///
/// Arrays hold one value for all standard deviations, or one for each: K for `spherical`, (K, D) for `diag`. For
/// `diag`, D values serve all components. A shared spread counts as one component. An array of priors gives components
/// different families: `[.fixed([1]), .halfNormal(scale: [2])]`.
public indirect enum SpreadPrior: Sendable, Equatable {
  /// sd ~ Uniform(`lower`, `upper`), 0 ≤ lower < upper.
  case uniform(lower: [Double], upper: [Double])
  /// sd ~ HalfCauchy(`scale`).
  case halfCauchy(scale: [Double])
  /// sd ~ HalfNormal(`scale`), with `scale` the sd of the Normal that is folded.
  case halfNormal(scale: [Double])
  /// log sd ~ Normal(`mu`, `sigma`) with `sigma` the standard deviation.
  case logNormal(mu: [Double], sigma: [Double])
  /// sd ~ HalfStudentT(`dof`, `scale`): density ∝ (1 + (sd / scale)² / dof)^(-(dof + 1) / 2). With one degree of
  /// freedom it is HalfCauchy(`scale`).
  case halfStudentT(dof: [Double], scale: [Double])
  /// sd² ~ InverseGamma(`shape`, `scale`): density ∝ v^(-shape-1) exp(-scale / v).
  case inverseGamma(shape: [Double], scale: [Double])
  /// 1 / sd² ~ Gamma(`shape`, `rate`): density ∝ τ^(shape-1) exp(-rate τ).
  case gamma(shape: [Double], rate: [Double])
  /// Σ ~ inverse-Wishart(`dof`, `scale`): density ∝ |Σ|^(-(dof+D+1)/2) exp(-tr(scale Σ⁻¹) / 2), dof > D - 1.
  ///
  /// `dof` holds one value or one for each matrix. `scale` holds one symmetric positive definite D x D matrix or one
  /// for each. In one dimension the prior is the same as InverseGamma(dof / 2, scale / 2).
  case inverseWishart(dof: [Double], scale: [Double])
  /// Known standard deviations.
  case fixed([Double])
  /// Known covariance matrices, one D x D matrix or one for each.
  case fixedCovariances([Double])
  /// A prior for each component (K). None of them is of this case; their arrays hold the values of one component.
  case each([SpreadPrior])
}

extension SpreadPrior: ExpressibleByArrayLiteral {
  /// A prior for each component.
  public init(arrayLiteral priors: SpreadPrior...) { self = .each(priors) }

  /// The priors of single components; `nil` if one prior serves all.
  package var ofComponents: [SpreadPrior]? { if case .each(let priors) = self { priors } else { nil } }
}
