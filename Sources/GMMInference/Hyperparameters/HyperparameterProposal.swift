import GMMKernels
import GMMModel

/// The distributions of the hyperparameters given the parameters of a draw, independent of each other, with their
/// densities.
///
/// Centers, rates and the scale matrix have their conditional distributions (of the matrix without a bound), the
/// concentration and the sds of the means histograms of theirs.
struct HyperparameterProposal {
  private let places: HyperparameterPlaces
  private let concentration: HistogramDensity?
  private let centers: [(mean: Double, precision: Double)]
  private let meansSDs: [HistogramDensity]
  private let rates: [GammaDensity]
  private let scale: WishartDensity?

  /// - Parameter model: the model with the hyperparameters of the draw.
  init(_ conditional: inout HyperparameterConditional, _ parameters: Parameters, _ model: MixtureModel) {
    let components = Array(0..<model.componentCount)
    let (densities, values) = (conditional.densities, parameters.hyperparameters)
    places = densities.places
    concentration = conditional.concentration(parameters, [], sumsOut: false).map { density in
      HistogramDensity(near: log(values[densities.places.concentration.lowerBound])) { density($0) }
    }
    var (centers, meansSDs, rates): ([(mean: Double, precision: Double)], [HistogramDensity], [GammaDensity]) = (
      [], [], []
    )
    for d in 0..<places.centers.count { centers.append(conditional.center(d, parameters, model, components)) }
    for (d, place) in places.meansSDs.enumerated() {
      let density = conditional.meansSD(d, parameters, model, components)
      meansSDs.append(HistogramDensity(near: log(values[place])) { density($0) })
    }
    for (d, prior) in densities.rates.enumerated() {
      let (shape, rate) = conditional.rate(d, parameters, model, components)
      rates.append(GammaDensity(shape: shape, rate: rate, lower: prior.lower))
    }
    (self.centers, self.meansSDs, self.rates) = (centers, meansSDs, rates)
    scale = conditional.scale(parameters, model, components)
  }

  /// Draws all hyperparameters.
  func draw(into values: inout [Double], _ stream: inout RandomStream) {
    if let concentration { values[places.concentration.lowerBound] = concentration.draw(&stream) }
    for (center, place) in zip(centers, places.centers) {
      values[place] = center.mean + stream.normal() / center.precision.squareRoot()
    }
    for (density, place) in zip(meansSDs, places.meansSDs) { values[place] = density.draw(&stream) }
    for (density, place) in zip(rates, places.rates) {
      values[place] = stream.boundedScale(shape: density.shape, rate: density.rate, lower: density.lower)
    }
    guard let scale else { return }
    var draw = LowerTriangle(dimension: scale.factor.dimension)
    stream.wishart(dof: scale.dof, factor: scale.factor, into: &draw)
    let full = SymmetricMatrix(dimension: draw.dimension, packed: draw.packed).full
    for (place, value) in zip(places.scale, full) { values[place] = value }
  }

  /// Returns the log density of all hyperparameters; -infinity for a scale matrix that is not positive definite.
  func logDensity(of values: [Double]) -> Double {
    guard let scale else { return logDensity(values, nil, logDeterminant: 0) }
    let matrix = SymmetricMatrix(dimension: scale.factor.dimension, full: Array(values[places.scale]))
    guard let root = try? matrix.cholesky() else { return -.infinity }
    return logDensity(values, matrix, logDeterminant: root.logDeterminantOfSquare)
  }

  /// Returns the log density of all hyperparameters.
  ///
  /// - Parameters:
  ///   - matrix: the scale matrix among them.
  ///   - logDeterminant: that of its determinant.
  func logDensity(_ values: [Double], _ matrix: SymmetricMatrix?, logDeterminant: Double) -> Double {
    var sum = 0.0
    if let concentration { sum += concentration.logDensity(values[places.concentration.lowerBound]) }
    for (center, place) in zip(centers, places.centers) {
      let distance = values[place] - center.mean
      sum += 0.5 * (log(center.precision) - center.precision * distance * distance) - halfLogTwoPi
    }
    for (density, place) in zip(meansSDs, places.meansSDs) { sum += density.logDensity(values[place]) }
    for (density, place) in zip(rates, places.rates) { sum += density.logDensity(values[place]) }
    if let matrix {
      guard let scale else { return -.infinity }
      sum += scale.logDensity(of: matrix, logDeterminant: logDeterminant)
    }
    return sum
  }
}
