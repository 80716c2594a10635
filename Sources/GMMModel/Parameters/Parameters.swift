import GMMKernels

/// One value of the parameters of a mixture: weights, means and spread.
package struct Parameters: Sendable, Equatable {
  /// The shape of the mixture.
  package let shape: MixtureShape
  /// Mixture weights, (K), sum 1. May underflow to 0 where ``logWeights`` does not.
  package var weights: [Double]
  /// Logarithms of the weights, (K).
  package var logWeights: [Double]
  /// Component means, (K, D).
  package var means: [Double]
  /// Standard deviations, ``MixtureShape/sdCount`` numbers.
  package var sds: [Double]
  /// Cholesky factors of the covariance matrices, packed (``PackedTriangle``), ``MixtureShape/matrixCount`` triangles.
  package var factors: [Double]
  /// The hyperparameters, at ``HyperparameterPlaces``; empty if the model has none, or before they are chosen.
  package var hyperparameters: [Double] = []
  /// The weight of a background, of which the components have the rest.
  package var background = BackgroundWeight.none

  /// Creates parameters of a given shape.
  package init(_ shape: MixtureShape, weights: [Double], means: [Double], sds: [Double] = [], factors: [Double] = []) {
    self.shape = shape
    self.weights = weights
    logWeights = weights.map { log($0) }
    self.means = means
    self.sds = sds
    self.factors = factors
  }

  /// Creates memory for parameters, all of which are 0.
  package init(zerosOf shape: MixtureShape) {
    func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }
    self.init(
      shape, weights: zeros(shape.componentCount), means: zeros(shape.meanCount), sds: zeros(shape.sdCount),
      factors: zeros(shape.matrixCount * shape.triangleSize))
  }

  /// Creates parameters from the spread as callers see it: standard deviations, or covariance matrices, D x D each, of
  /// which the lower triangles are read.
  ///
  /// Returns `nil` when a matrix is not positive definite.
  package init?(_ shape: MixtureShape, weights: [Double], means: [Double], spread: [Double]) {
    self.init(shape, weights: weights, means: means, sds: shape.hasMatrices ? [] : spread)
    let size = shape.dimensionCount * shape.dimensionCount
    for k in 0..<shape.matrixCount {
      let full = Array(spread[k * size..<(k + 1) * size])
      guard let factor = try? SymmetricMatrix(dimension: shape.dimensionCount, full: full).cholesky() else {
        return nil
      }
      factors += factor.packed
    }
  }

  /// Creates the parameters of a mixture in one dimension. If there is one sd, several components share it.
  package init(weights: [Double], means: [Double], sds: [Double]) {
    self.init(
      MixtureShape(componentCount: means.count, sharedSpread: sds.count == 1 && means.count > 1), weights: weights,
      means: means, sds: sds)
  }

  /// The number of components.
  @inline(__always)
  @inlinable
  package var componentCount: Int { shape.componentCount }

  /// Copies the values of `other`, which has the same shape, into the memory that is already there.
  package mutating func assign(_ other: Parameters) {
    precondition(shape == other.shape, "parameters of one shape take the place of each other")
    for k in weights.indices {
      weights[k] = other.weights[k]
      logWeights[k] = other.logWeights[k]
    }
    for j in means.indices { means[j] = other.means[j] }
    for j in sds.indices { sds[j] = other.sds[j] }
    for j in factors.indices { factors[j] = other.factors[j] }
    if hyperparameters.count != other.hyperparameters.count { hyperparameters = other.hyperparameters }
    for j in hyperparameters.indices { hyperparameters[j] = other.hyperparameters[j] }
    background = other.background
  }

  /// Returns the sd of component `k` in coordinate `d`.
  @inline(__always)
  @inlinable
  package func sd(_ k: Int, _ d: Int = 0) -> Double { sds[shape.sd(k, d)] }

  /// Returns the mean of component `k`, (D).
  package func mean(_ k: Int) -> ArraySlice<Double> { means[shape.mean(k)] }

  /// Returns the Cholesky factor of component `k`'s covariance.
  package func factor(_ k: Int) -> LowerTriangle {
    let start = shape.matrix(k) * shape.triangleSize
    return LowerTriangle(
      dimension: shape.dimensionCount, packed: Array(factors[start..<start + shape.triangleSize]))
  }

  /// Copies the Cholesky factor of component `k`'s covariance to a triangle of the same size.
  package func copyFactor(_ k: Int, to target: inout LowerTriangle) {
    let start = shape.matrix(k) * shape.triangleSize
    for i in target.packed.indices { target.packed[i] = factors[start + i] }
  }

  /// Runs `body` on the Cholesky factor of component `k`'s covariance, packed, and memory for a vector, (D).
  ///
  /// The memory is on the stack up to D = 128.
  func withFactor(_ k: Int, _ body: (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void) {
    factors.withUnsafeBufferPointer { factors in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: shape.dimensionCount) { scratch in
        // SAFETY: a triangle follows from its place on. The scratch memory has D ≥ 1 numbers, which `body` sets before
        // it reads them.
        guard let base = factors.baseAddress, let scratch = scratch.baseAddress else { return }
        body(base + shape.matrix(k) * shape.triangleSize, scratch)
      }
    }
  }

  /// Renumbers the components so that coordinate `coordinate` of the means increases.
  ///
  /// This is an insertion sort, because draws are nearly always in order already.
  ///
  /// - Parameter count: the number of components that are renumbered, the first ones; `nil` for all.
  package mutating func sortByMean(coordinate: Int = 0, first count: Int? = nil) {
    let dimensions = shape.dimensionCount
    for k in 1..<max(1, count ?? componentCount) {
      var j = k
      while j > 0, means[j * dimensions + coordinate] < means[(j - 1) * dimensions + coordinate] {
        swapComponents(j, j - 1)
        j -= 1
      }
    }
  }

  /// Returns the parameters of the first components, or with more of them, of weight 0, that repeat the mean and the
  /// spread of the first one.
  package func withComponents(_ count: Int) -> Parameters {
    let components = componentCount
    func resized(_ values: [Double], _ size: Int) -> [Double] {
      guard size > 0 else { return values }
      return count <= components
        ? Array(values[0..<count * size])
        : values + (components..<count).flatMap { _ in values[0..<size] }
    }
    let own = shape.sharedSpread ? 0 : 1
    var result = Parameters(
      shape.withComponents(count), weights: [], means: resized(means, shape.dimensionCount),
      sds: resized(sds, own * shape.sdCount / components),
      factors: resized(factors, own * (shape.hasMatrices ? shape.triangleSize : 0)))
    result.hyperparameters = hyperparameters
    result.background = background
    let added = max(0, count - components)
    result.weights = Array(weights.prefix(count)) + [Double](repeating: 0, count: added)
    result.logWeights = Array(logWeights.prefix(count)) + [Double](repeating: -.infinity, count: added)
    return result
  }

  /// Gives component `k` the mean of a single component, and its spread unless the components share one.
  package mutating func setComponent(_ k: Int, from one: Parameters) {
    means.replaceSubrange(shape.mean(k), with: one.means)
    guard !shape.sharedSpread else { return }
    let size = shape.sdCount / componentCount
    sds.replaceSubrange(k * size..<(k + 1) * size, with: one.sds)
    guard shape.hasMatrices else { return }
    factors.replaceSubrange(k * shape.triangleSize..<(k + 1) * shape.triangleSize, with: one.factors)
  }

  /// Exchanges the numbers of two components.
  package mutating func swapComponents(_ a: Int, _ b: Int) {
    weights.swapAt(a, b)
    logWeights.swapAt(a, b)
    means.swapStretches(a, b, size: shape.dimensionCount)
    guard !shape.sharedSpread else { return }
    sds.swapStretches(a, b, size: shape.sdCount / componentCount)
    if shape.hasMatrices { factors.swapStretches(a, b, size: shape.triangleSize) }
  }
}
