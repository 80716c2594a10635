/// The ranges in which parameters may be given.
package enum ParameterLimits {
  /// Of means, in magnitude, as of data: any number of squared distances can then be summed.
  package static let mean = DataSet.largestMagnitude
  /// Of standard deviations: those that draws may have, so that chains can start where others ended.
  package static let sds = 1e-150...1e150
  /// Of variances.
  package static let variances = 1e-290...1e290
  /// How far a sum of weights may be from 1.
  static let weightSum = 1e-8
}
