/// The prior of the mixture weights. Arrays hold one value for all components, or one for each.
public enum WeightsPrior: Sendable, Equatable {
  /// Dirichlet(`concentration`), each positive.
  case dirichlet(concentration: [Double])
  /// Known weights, which sum to 1.
  case fixed([Double])
}

/// The prior of the component means, independent between components. Arrays hold one value for all, or one for each.
public enum MeansPrior: Sendable, Equatable {
  /// Normal(`mean`, `sd`) with `sd` the standard deviation.
  case normal(mean: [Double], sd: [Double])
  /// Known means.
  case fixed([Double])
}

/// The prior of the components' spread, stated for the standard deviation, the variance or the precision.
///
/// Arrays hold one value for all components, or one for each; a shared spread has one.
public enum SpreadPrior: Sendable, Equatable {
  /// sd ~ Uniform(`lower`, `upper`), 0 ≤ lower < upper.
  case uniform(lower: [Double], upper: [Double])
  /// sd ~ HalfCauchy(`scale`).
  case halfCauchy(scale: [Double])
  /// sd ~ HalfNormal(`scale`), with `scale` the sd of the Normal that is folded.
  case halfNormal(scale: [Double])
  /// sd² ~ InverseGamma(`shape`, `scale`): density ∝ v^(-shape-1) exp(-scale / v).
  case inverseGamma(shape: [Double], scale: [Double])
  /// 1 / sd² ~ Gamma(`shape`, `rate`): density ∝ τ^(shape-1) exp(-rate τ).
  case gamma(shape: [Double], rate: [Double])
  /// Known standard deviations.
  case fixed([Double])
}
