import GMMModel

/// The layout of a draw's row. No other type knows the number and the order of its columns.
///
/// If the number of components has a prior, K is the largest number, a row has a column for the number of its draw, and
/// the places of components that the draw does not have are NaN. Components with rows come first.
public struct DrawLayout: Sendable, Equatable {
  /// The numbers of components and dimensions, and the form of the covariances.
  public let shape: MixtureShape
  /// Whether the number of components varies between draws.
  public let varies: Bool
  /// Columns of the hyperparameters, which follow the covariances.
  public let hyperparameters: HyperparameterPlaces
  /// The column of the weight of a background, which follows the hyperparameters; empty if there is none.
  public let background: Range<Int>

  init(_ shape: MixtureShape, varies: Bool = false, hyperparameters: HyperparameterPlaces = .none) {
    self.shape = shape
    self.varies = varies
    let count =
      shape.componentCount + shape.meanCount + shape.sdCount
      + shape.matrixCount * shape.dimensionCount * shape.dimensionCount
    self.hyperparameters = hyperparameters.moved(by: count)
    let end = self.hyperparameters.all.upperBound
    background = end..<end + (shape.hasBackground ? 1 : 0)
  }

  init(_ model: MixtureModel) {
    self.init(model.shape, varies: model.count != nil, hyperparameters: model.hyperparameterPlaces)
  }

  /// K.
  public var componentCount: Int { shape.componentCount }
  /// The number of standard deviations.
  public var sdCount: Int { shape.sdCount }

  /// Columns of the weights, (K).
  public var weights: Range<Int> { 0..<componentCount }
  /// Columns of the means, (K, D).
  public var means: Range<Int> { componentCount..<componentCount + shape.meanCount }
  /// Columns of the standard deviations; empty if the spread is covariance matrices.
  public var sds: Range<Int> { means.upperBound..<means.upperBound + shape.sdCount }
  /// Columns of the covariances: whole D x D matrices, row after row; empty if the spread is standard deviations.
  public var covariances: Range<Int> {
    sds.upperBound..<sds.upperBound + shape.matrixCount * shape.dimensionCount * shape.dimensionCount
  }
  /// The column of log p(data | parameters), with the assignments summed out.
  public var logLikelihood: Int { parameterCount }
  /// The column of the log likelihood plus the log prior.
  public var logPosterior: Int { parameterCount + 1 }
  /// The column of the mean acceptance probability of the proposals since the last draw; 1 if no proposal was made.
  public var acceptance: Int { parameterCount + 2 }
  /// The column of the number of occupied components: those to which at least one row of positive weight is assigned.
  /// 0 for draws without data; NaN in files from before it was recorded.
  public var clusterCount: Int { parameterCount + 3 }

  /// The column of the number of components; `nil` if it is K in all draws.
  public var count: Int? { varies ? parameterCount + 4 : nil }
  /// Columns of the rows of each component, (K), a row of sample weight w as w; empty unless the number of components
  /// varies.
  public var sizes: Range<Int> { parameterCount + 5..<parameterCount + 5 + (varies ? componentCount : 0) }

  /// Returns the number of components of a draw.
  @inline(__always)
  package func componentCount(of row: UnsafePointer<Double>) -> Int {
    varies ? Int(row[parameterCount + 4]) : componentCount
  }

  /// Returns the weight of a component, 0 if the draw does not have it.
  @inline(__always)
  package func weight(_ k: Int, of row: UnsafePointer<Double>) -> Double {
    k < componentCount(of: row) ? row[weights.lowerBound + k] : 0
  }

  /// The number of scalar parameters, which stand first. Symmetric entries of a matrix count twice.
  public var parameterCount: Int { background.upperBound }

  /// The length of a row.
  package var width: Int { parameterCount + 4 + (varies ? 1 + componentCount : 0) }

  /// Returns the first place of a number with a property, among those of the components that a draw has and of
  /// hyperparameters.
  @inline(__always)
  func firstOfParameters(of row: UnsafePointer<Double>, where isFound: (Double) -> Bool) -> Int? {
    let present = varies ? shape.withComponents(componentCount(of: row)) : shape
    func first(_ places: Range<Int>) -> Int? { places.first { isFound(row[$0]) } }
    let size = shape.dimensionCount * shape.dimensionCount
    return first(weights.prefix(present.componentCount)) ?? first(means.prefix(present.meanCount))
      ?? first(sds.prefix(present.sdCount)) ?? first(covariances.prefix(present.matrixCount * size))
      ?? first(hyperparameters.all) ?? first(background)
  }

  /// Returns the component to which a parameter belongs; `nil` for a spread that the components share, for
  /// hyperparameters and for the weight of a background.
  package func component(ofColumn index: Int) -> Int? {
    if weights.contains(index) { return index }
    if means.contains(index) { return (index - means.lowerBound) / shape.dimensionCount }
    guard !shape.sharedSpread, index < covariances.upperBound else { return nil }
    if sds.contains(index) { return (index - sds.lowerBound) / (sdCount / componentCount) }
    return (index - covariances.lowerBound) / (shape.dimensionCount * shape.dimensionCount)
  }

  /// A scalar parameter that a summary shows: its name and its column.
  public struct Column: Sendable, Equatable {
    /// The name, such as `means[2]`.
    public let name: String
    /// Its place in a row.
    public let index: Int
  }

  /// The scalar parameters by name. A symmetric matrix has the entries of its lower triangle.
  ///
  /// In one dimension: `weights[0]`, ..., `means[0]`, ..., `sd` when it is shared, else `sd[0]`, .... In more:
  /// `means[k, d]`; `sd[k, d]` for `diag`, `sd[k]` for `spherical` (without k where shared); `covariances[k, i, j]`, i
  /// ≥ j, for `full`, `covariance[i, j]` for `tied`. Hyperparameters: `concentration`; `center`, `means_sd`, `rate` and
  /// `scale`, with `[d]` where there is one for each coordinate; `scale[i, j]`, i ≥ j. The weight of a
  /// background: `background_weight`.
  public var columns: [Column] { columns(named: []) }

  /// Returns the scalar parameters by name, with the names of the data's columns in place of their numbers.
  ///
  /// - Parameter names: D names, or none. In one dimension they are left out.
  public func columns(named names: [String]) -> [Column] {
    let (components, dimensions) = (componentCount, shape.dimensionCount)
    func coordinate(_ d: Int) -> String { names.isEmpty ? "\(d)" : names[d] }
    func named(_ names: [String], _ range: Range<Int>) -> [Column] {
      zip(names, range).map { Column(name: $0, index: $1) }
    }
    func pairs(_ name: String, _ first: Int) -> [String] {
      (0..<first).flatMap { k in (0..<dimensions).map { "\(name)[\(k), \(coordinate($0))]" } }
    }
    var result = named((0..<components).map { "weights[\($0)]" }, weights)
    result += named(dimensions == 1 ? (0..<components).map { "means[\($0)]" } : pairs("means", components), means)
    let isByCoordinate = shape.structure == .diag && shape.sharedSpread
    let spreads = (0..<sdCount).map { "sd[\(isByCoordinate ? coordinate($0) : "\($0)")]" }
    switch (shape.structure, shape.sharedSpread) {
    case (.diag, true) where dimensions == 1, (.spherical, true): result += named(["sd"], sds)
    case (.diag, false) where dimensions > 1: result += named(pairs("sd", components), sds)
    default: result += named(spreads, sds)
    }
    for k in 0..<shape.matrixCount {
      for i in 0..<dimensions {
        for j in 0...i {
          let name =
            (shape.sharedSpread ? "covariance[" : "covariances[\(k), ") + "\(coordinate(i)), \(coordinate(j))]"
          result.append(Column(name: name, index: covariances.lowerBound + (k * dimensions + i) * dimensions + j))
        }
      }
    }
    return result + hyperparameterColumns(coordinate) + named(["background_weight"], background)
  }

  private func hyperparameterColumns(_ coordinate: (Int) -> String) -> [Column] {
    let (places, dimensions) = (hyperparameters, shape.dimensionCount)
    func named(_ name: String, _ range: Range<Int>) -> [Column] {
      range.enumerated().map { Column(name: range.count == 1 ? name : "\(name)[\(coordinate($0))]", index: $1) }
    }
    var result = named("concentration", places.concentration) + named("center", places.centers)
    result += named("means_sd", places.meansSDs)
    result += named(places.areRates ? "rate" : "scale", places.rates)
    guard !places.scale.isEmpty else { return result }
    for i in 0..<dimensions {
      for j in 0...i {
        let name = "scale[\(coordinate(i)), \(coordinate(j))]"
        result.append(Column(name: name, index: places.scale.lowerBound + i * dimensions + j))
      }
    }
    return result
  }
}
