extension Parameters {
  /// Creates the parameters of a mixture, with factors of its covariances.
  ///
  /// - Throws: the component and the pivot at which a covariance fails to be positive definite.
  package init(_ given: MixtureParameters) throws(NotPositiveDefinite) {
    let shape = given.shape
    self.init(shape, weights: given.weights, means: given.means)
    if shape.hasBackground { background = BackgroundWeight(given.backgroundWeight) }
    guard shape.hasMatrices else {
      for (j, variance) in given.covariances.enumerated() {
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
        factors += try given.covariance(m).cholesky().packed
      } catch {
        throw NotPositiveDefinite(component: m, pivot: error)
      }
    }
  }
}
