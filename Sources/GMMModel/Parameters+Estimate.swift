extension Parameters {
  /// Creates the parameters that an estimate says.
  ///
  /// - Throws: the component and the pivot at which a covariance turns out not to be positive definite.
  public init(_ estimate: MixtureEstimate) throws(NotPositiveDefinite) {
    let shape = MixtureShape(
      componentCount: estimate.componentCount, dimensionCount: estimate.dimensionCount, structure: estimate.structure)
    self.init(shape, weights: estimate.weights, means: estimate.means)
    guard shape.hasMatrices else {
      for (j, variance) in estimate.covariances.enumerated() {
        guard variance > 0, variance < .infinity else {
          let columns = shape.structure == .spherical ? 1 : shape.dimensionCount
          throw NotPositiveDefinite(component: j / columns, pivot: FailedPivot(index: j % columns, value: variance))
        }
        sds.append(variance.squareRoot())
      }
      return
    }
    for m in 0..<shape.matrixCount {
      do throws(FailedPivot) {
        factors += try estimate.covariance(m).cholesky().packed
      } catch {
        throw NotPositiveDefinite(component: m, pivot: error)
      }
    }
  }
}
