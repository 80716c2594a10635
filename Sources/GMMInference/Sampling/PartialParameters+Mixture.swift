import GMMModel

extension PartialParameters {
  /// The least weight at which a chain starts from a mixture, because 0 has no logarithm.
  private static let leastWeight = 1e-12

  /// Creates the values at which chains of a model start from a mixture, such as a fit.
  ///
  /// Components are put into the model's order. Covariances take the model's form: they are pooled by weight for a
  /// shared spread, and reduced to their diagonals for sds. Weights below the model's minimum move to the minimum, and
  /// means and sds outside the support of their prior move to its edge. Values that the model knows are left out.
  ///
  /// - Throws: ``ModelError`` for another number of components or dimensions, and for impossible parameters.
  public init(_ mixture: MixtureParameters, for model: MixtureModel) throws(ModelError) {
    let shape = model.shape
    guard mixture.componentCount == shape.componentCount else {
      throw ModelError(
        "initial_mixture", "must have \(shape.componentCount) components", got: mixture.componentCount)
    }
    guard mixture.dimensionCount == shape.dimensionCount else {
      throw ModelError(
        "initial_mixture", "must be in \(shape.dimensionCount) dimensions", got: mixture.dimensionCount)
    }
    try mixture.check()
    var order = Array(0..<shape.componentCount)
    if let coordinate = model.orderCoordinate {
      func place(_ k: Int) -> (Double, Int) { (mixture.means[k * shape.dimensionCount + coordinate], k) }
      order.sort { place($0) < place($1) }
    }
    let scaled = WeightSum.scaled(mixture.weights)
    let weights = order.map { scaled[$0] }
    var matrices = order.map { mixture.covariance($0) }
    if shape.sharedSpread {
      var pooled = SymmetricMatrix(dimension: shape.dimensionCount)
      for (weight, matrix) in zip(weights, matrices) {
        for i in pooled.packed.indices { pooled.packed[i] += weight * matrix.packed[i] }
      }
      matrices = [pooled]
    }
    self.init()
    if !model.hasFixedWeights { self.weights = Self.lifted(weights, least: max(Self.leastWeight, model.minimumWeight)) }
    means = model.unknownMeans(order.flatMap { mixture.mean($0) })
    if var moved = means {
      model.admitBounds(&moved)
      means = moved
    }
    guard !model.knowsSpread else { return }
    if shape.hasMatrices {
      covariances = matrices.flatMap { $0.packed }
    } else {
      sds = model.spreadDensities.enumerated().map { j, density in
        let (components, coordinates) = shape.members(ofSD: j)
        let matrix = matrices[shape.sharedSpread ? 0 : components.lowerBound]
        let variance = coordinates.reduce(0) { $0 + matrix[$1, $1] } / Double(coordinates.count)
        return Self.supported(variance.squareRoot(), density)
      }
    }
  }

  /// Returns the values at which the chains of a model start from the last draws of a posterior's chains, in turn.
  ///
  /// - Parameter chains: the number of chains.
  /// - Throws: ``ModelError`` for a posterior with other numbers of components, dimensions or spreads.
  public static func lastDraws(
    of posterior: Posterior, for model: MixtureModel, chains: Int
  ) throws(ModelError) -> [PartialParameters] {
    let layout = posterior.layout
    guard layout.shape == model.shape else {
      throw ModelError(
        .invalidArgument, "initial_posterior", "must have the model's components, dimensions and spreads", got: "others"
      )
    }
    var need = MemoryNeed()
    need.add(layout.width, 8 * 2, chains)
    try need.require(for: "the starts of \(chains) chains")
    return (0..<chains).map { chain in
      // Chains start from draws as drawn, whatever labels the posterior shows.
      let row = UnsafeBufferPointer(
        start: posterior.drawnRow(chain: chain % posterior.chainCount, draw: posterior.drawCount - 1),
        count: layout.width)
      return PartialParameters(
        weights: model.hasFixedWeights ? nil : Array(row[layout.weights]),
        means: model.unknownMeans(Array(row[layout.means])),
        sds: model.knowsSpread || model.shape.hasMatrices ? nil : Array(row[layout.sds]),
        covariances: model.knowsSpread || !model.shape.hasMatrices
          ? nil : packed(Array(row[layout.covariances])[...], model.shape))
    }
  }

  /// Returns the lower triangles of D x D matrices that follow each other.
  private static func packed(_ full: ArraySlice<Double>, _ shape: MixtureShape) -> [Double] {
    let (dimensions, size) = (shape.dimensionCount, shape.dimensionCount * shape.dimensionCount)
    let numbers = Array(full)
    return (0..<shape.matrixCount).flatMap {
      SymmetricMatrix(dimension: dimensions, full: Array(numbers[$0 * size..<($0 + 1) * size])).packed
    }
  }

  /// Returns weights of at least `least`. Their excess over `least` is scaled so that the sum is 1.
  private static func lifted(_ weights: [Double], least: Double) -> [Double] {
    guard weights.contains(where: { $0 < least }) else { return weights }
    let excess = weights.map { max($0 - least, 0) }
    let total = excess.reduce(0, +)
    let room = 1 - least * Double(weights.count)
    return excess.map { least + (total > 0 ? $0 * room / total : 0) }
  }

  /// Returns an sd within the support of a prior, a little away from the ends of a bounded support.
  private static func supported(_ sd: Double, _ density: SpreadDensity) -> Double {
    let (lower, upper) = density.support
    guard upper.isFinite else { return sd }
    let margin = 1e-3 * (upper - lower)
    return min(max(sd, lower + margin), upper - margin)
  }
}

extension MixtureModel {
  /// Whether all standard deviations, or covariance matrices, are known.
  fileprivate var knowsSpread: Bool {
    spreadDensities.allSatisfy(\.isFixed) && covarianceDensities.allSatisfy(\.isFixed)
  }

  /// Returns means, (K, D), with the model's known means in their places, or `nil` if all means are known.
  fileprivate func unknownMeans(_ means: [Double]) -> [Double]? {
    guard !meanDensities.allSatisfy(\.isFixed) else { return nil }
    var means = means
    setKnownMeans(&means)
    return means
  }
}
