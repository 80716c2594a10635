/// The places of hyperparameters in an array of all of them, and in a draw.
public struct HyperparameterPlaces: Sendable, Equatable {
  /// The place of the concentration of the weights.
  public let concentration: Range<Int>
  /// The places of the means of the means' prior, (D).
  public let centers: Range<Int>
  /// The places of the sds of the means' prior, (D).
  public let meansSDs: Range<Int>
  /// The places of the rates or scales of the spread's prior, one or (D).
  public let rates: Range<Int>
  /// The places of the scale matrix, (D, D).
  public let scale: Range<Int>
  /// Whether ``rates`` are the rates of precisions; otherwise they are scales of variances.
  package let areRates: Bool

  /// - Parameters:
  ///   - start: the first place.
  ///   - rateCount: the number of rates, if they have a prior.
  init(_ priors: Hyperpriors, dimensions: Int, rateCount: Int, areRates: Bool, from start: Int = 0) {
    func places(_ count: Int, _ first: Int) -> Range<Int> { first..<first + count }
    concentration = places(priors.concentration == nil ? 0 : 1, start)
    centers = places(priors.center == nil ? 0 : dimensions, concentration.upperBound)
    meansSDs = places(priors.meansSD == nil ? 0 : dimensions, centers.upperBound)
    rates = places(priors.rate == nil ? 0 : rateCount, meansSDs.upperBound)
    scale = places(priors.scale == nil ? 0 : dimensions * dimensions, rates.upperBound)
    self.areRates = areRates
  }

  private init(_ other: HyperparameterPlaces, movedBy shift: Int) {
    func moved(_ range: Range<Int>) -> Range<Int> { range.lowerBound + shift..<range.upperBound + shift }
    concentration = moved(other.concentration)
    centers = moved(other.centers)
    meansSDs = moved(other.meansSDs)
    rates = moved(other.rates)
    scale = moved(other.scale)
    areRates = other.areRates
  }

  /// The places of no hyperparameters.
  package static let none = HyperparameterPlaces(Hyperpriors(), dimensions: 0, rateCount: 0, areRates: false)

  /// All places.
  public var all: Range<Int> { concentration.lowerBound..<scale.upperBound }

  /// Returns the places behind `shift` others.
  package func moved(by shift: Int) -> HyperparameterPlaces { HyperparameterPlaces(self, movedBy: shift) }
}
