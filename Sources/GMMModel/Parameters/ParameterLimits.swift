/// The ranges of given parameters.
package enum ParameterLimits {
  /// The largest magnitude of means, as of data. Any number of squared distances can then be summed.
  package static let mean = DataSet.largestMagnitude
  /// The range of standard deviations. Draws have the same range, so chains can start where others ended.
  package static let sds = 1e-150...1e150
  /// The range of variances.
  package static let variances = 1e-290...1e290
}
