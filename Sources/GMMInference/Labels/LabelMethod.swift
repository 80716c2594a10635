import GMMModel

/// The ways to give components their labels.
public enum LabelMethod: Sendable {
  /// The draws' own reference: labels of least mean Kullback-Leibler divergence, numbered by the first coordinate of the
  /// reference's means.
  case automatic
  /// Means increase in a coordinate with the label.
  case means(coordinate: Int = 0)
  /// Standard deviations in a coordinate increase with the label, or determinants of covariances for `nil`.
  case sds(coordinate: Int? = nil)
  /// Weights increase with the label.
  case weights
  /// Labels are those of rows whose components the caller knows: a component for each row, or -1 where it is unknown.
  case rows([Int])
  /// Labels are those of a mixture's components, such as a fit.
  case mixture(Mixture)
  /// Labels are those of another posterior.
  case posterior(Posterior)

  /// The rule of these labels.
  var rule: LabelRule {
    switch self {
    case .automatic: .divergence
    case .means(let coordinate): .means(coordinate: coordinate)
    case .sds(let coordinate): .sds(coordinate: coordinate)
    case .weights: .weights
    case .rows: .rows
    case .mixture: .mixture
    case .posterior: .posterior
    }
  }

  /// Refuses a method that a posterior cannot have.
  func check(for posterior: Posterior) throws(ModelError) {
    guard posterior.hasLabelsToLearn else {
      throw ModelError(
        .unsupported, "posterior", "must have draws given data for its components to have labels",
        got: posterior.isPrior ? "prior draws" : "draws without data")
    }
    try posterior.requireComponents()
    let shape = posterior.layout.shape
    switch self {
    case .automatic, .weights: break
    case .means(let coordinate): try Self.check(coordinate, shape)
    case .sds(let coordinate):
      guard !shape.sharedSpread else {
        throw ModelError(.unsupported, "method", "must not be an order by a spread that components share", got: "sds")
      }
      if let coordinate { try Self.check(coordinate, shape) }
    case .rows(let labels):
      guard labels.count == posterior.data.count else {
        throw ModelError(
          "labels", "must have \(posterior.data.count) values, one for each observation", got: labels.count)
      }
      for (i, label) in labels.enumerated() where label < -1 || label >= shape.componentCount {
        throw ModelError("labels[\(i)]", "must be between -1 and \(shape.componentCount - 1)", got: label)
      }
      guard labels.contains(where: { $0 >= 0 }) else {
        throw ModelError("labels", "must name the component of at least one row", got: "-1 for all")
      }
    case .mixture(let mixture): try Self.check(mixture.shape, "mixture", shape)
    case .posterior(let other):
      try Self.check(other.layout.shape, "reference", shape)
      guard other.hasLabelsToLearn else {
        throw ModelError(
          .unsupported, "reference", "must have draws given data",
          got: other.isPrior ? "prior draws" : "draws without data")
      }
    }
  }

  private static func check(_ coordinate: Int, _ shape: MixtureShape) throws(ModelError) {
    guard coordinate >= 0, coordinate < shape.dimensionCount else {
      throw ModelError("coordinate", "must be between 0 and \(shape.dimensionCount - 1)", got: coordinate)
    }
  }

  private static func check(_ given: MixtureShape, _ name: String, _ shape: MixtureShape) throws(ModelError) {
    guard given.componentCount == shape.componentCount, given.dimensionCount == shape.dimensionCount else {
      throw ModelError(
        name, "must have the posterior's \(shape.componentCount) components and \(shape.dimensionCount) dimensions",
        got: "\(given.componentCount) and \(given.dimensionCount)")
    }
  }
}
