extension MixtureModel {
  /// The number of parameters that the model does not know: weights (one less than components, because they sum to 1, and that of a
  /// background),
  /// coordinates of means, and sds or entries of covariance matrices.
  ///
  /// A known parameter counts for nothing, also beside free ones. Constraints leave the number as it is.
  public var freeParameterCount: Int {
    let weights = hasFixedWeights ? 0 : componentCount - 1
    let ofBackground = background.map { $0.hasFixedWeight ? 0 : 1 } ?? 0
    let means = meanDensities.count { !$0.isFixed }
    let sds = spreadDensities.count { !$0.isFixed }
    let matrices = covarianceDensities.count { !$0.isFixed }
    return weights + ofBackground + means + sds + matrices * shape.triangleSize
  }
}
