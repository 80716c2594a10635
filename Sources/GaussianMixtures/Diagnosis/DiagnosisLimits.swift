/// The numbers from which on a diagnosis speaks up.
enum DiagnosisLimits {
  /// R-hat up to which chains agree (Vehtari, Gelman, Simpson, Carpenter, Bürkner 2021, section 4).
  static let rHat = 1.01
  /// R-hat beyond which numbers are not to be relied on.
  static let badRHat = 1.05
  /// The effective sample size that estimates, and R-hat itself, need (same source). With fewer draws nothing is judged.
  static let ess = 400.0
  /// The effective sample size below which a mean has a Monte-Carlo error of more than a tenth of the sd.
  static let badESS = 100.0
  /// The difference of mean log posteriors, in nats, beyond which the lower mode counts as one without mass.
  static let nats = 20.0
  /// The share of the draws in which a component is nearest to its own label, below which labels are uncertain.
  static let confidence = 0.9
  /// The sensitivity from which on a prior is informative (Kallioinen, Paananen, Bürkner, Vehtari 2024, section 3).
  static let sensitivity = 0.05
  /// The distance from the prior, in its sds, beyond which data and prior are at odds.
  static let priorDistance = 4.0
  /// The share of draws with the largest number of components from which on its prior is cut off too early, and beyond
  /// which numbers are not to be relied on.
  static let (largestCount, badLargestCount) = (0.05, 0.5)
  /// The rates at which Metropolis proposals ought to be accepted.
  static let acceptance = 0.1...0.75
}
