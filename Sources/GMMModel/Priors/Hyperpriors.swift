/// The priors of hyperparameters: values of the other priors that are unknown, and that all components share.
///
/// Where one is stated, the other priors hold the value at which chains start.
public struct Hyperpriors: Sendable, Equatable {
  /// The prior of the concentration of the weights: that of each weight under ``WeightsPrior/dirichlet(concentration:)``,
  /// the total under ``WeightsPrior/dynamicDirichlet(total:)``.
  public var concentration: ConcentrationPrior?
  /// The prior of the mean of ``MeansPrior/normal(mean:sd:)``, in each coordinate.
  public var center: CenterPrior?
  /// The prior of the sd of ``MeansPrior/normal(mean:sd:)``, in each coordinate: uniform, half-Cauchy, half-Normal,
  /// log-Normal or half-Student-t, with one value for all coordinates or one for each (D).
  public var meansSD: SpreadPrior?
  /// The prior of the rate of ``SpreadPrior/gamma(shape:rate:)``, or of the scale of
  /// ``SpreadPrior/inverseGamma(shape:scale:)``: one number for `spherical` covariances and in one dimension, one for each
  /// coordinate for `diag`.
  public var rate: RatePrior?
  /// The prior of the scale of ``SpreadPrior/inverseWishart(dof:scale:)``.
  public var scale: ScalePrior?

  public init(
    concentration: ConcentrationPrior? = nil, center: CenterPrior? = nil, meansSD: SpreadPrior? = nil,
    rate: RatePrior? = nil, scale: ScalePrior? = nil
  ) {
    self.concentration = concentration
    self.center = center
    self.meansSD = meansSD
    self.rate = rate
    self.scale = scale
  }

  /// Whether there are none.
  public var isEmpty: Bool { self == Hyperpriors() }
}

/// The prior of a concentration. It is cut off at 1e-290 and 1e290.
public enum ConcentrationPrior: Sendable, Equatable {
  /// Gamma(`shape`, `rate`), of mean shape / rate.
  case gamma(shape: Double, rate: Double)
  /// The F distribution with `first` and `second` degrees of freedom, both positive: density
  /// ∝ x^(first / 2 - 1) (1 + first x / second)^(-(first + second) / 2).
  case f(first: Double, second: Double)
}

/// Normal(`mean`, `sd`), independent between coordinates, with one value for all coordinates or one for each (D).
public struct CenterPrior: Sendable, Equatable {
  public var mean: [Double]
  /// The standard deviations, positive.
  public var sd: [Double]

  public init(mean: [Double], sd: [Double]) {
    self.mean = mean
    self.sd = sd
  }
}

/// Gamma(`shape`, `rate`), of mean shape / rate, cut off below at `lower`; with one value for all coordinates or one for
/// each.
public struct RatePrior: Sendable, Equatable {
  public var shape: [Double]
  public var rate: [Double]
  /// The least values: 0 for none, otherwise positive.
  ///
  /// A scale of variances that cannot reach 0 keeps the variances from 0, and the posterior proper, whatever ties the
  /// rows have.
  public var lower: [Double]

  public init(shape: [Double], rate: [Double], lower: [Double] = [0]) {
    self.shape = shape
    self.rate = rate
    self.lower = lower
  }
}

/// Wishart(`dof`, `scale`): density ∝ |W|^((dof - D - 1) / 2) exp(-tr(scale⁻¹ W) / 2), of mean dof × scale; cut off where
/// W - diag(`lower`) is not positive definite.
public struct ScalePrior: Sendable, Equatable {
  /// The degrees of freedom, above D - 1.
  public var dof: Double
  /// A symmetric positive definite matrix, D x D, row after row.
  public var scale: [Double]
  /// The least variances, one for all coordinates or one for each (D): 0 for none, otherwise positive.
  ///
  /// A scale that cannot reach 0 in any direction keeps the covariances from it, and the posterior proper, whatever
  /// columns determine each other. A bound needs D + 1 degrees of freedom. With those the density is exp(-tr(scale⁻¹ W) /
  /// 2), so W - diag(`lower`) has the distribution without a bound, and the constant is known.
  public var lower: [Double]

  public init(dof: Double, scale: [Double], lower: [Double] = [0]) {
    self.dof = dof
    self.scale = scale
    self.lower = lower
  }
}
