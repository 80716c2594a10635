import Foundation
import GMMModel

/// The posterior of a mixture of three components with full covariances on Fisher's iris data, from another program;
/// see Reference/README.md.
public struct IrisReference: Decodable, Sendable {
  /// A number with its Monte-Carlo error.
  public struct Moments: Decodable, Sendable {
    public let mean: Double
    public let meanError: Double
    public let sd: Double
    public let sdError: Double
  }

  public struct Tail: Decodable, Sendable {
    public let limit: Double
    public let probability: Double
    public let error: Double
  }

  public struct Pair: Decodable, Sendable {
    public let pair: [Int]
    public let probability: Double
  }

  /// Quantiles by probability, each with its error, of a parameter whose components are ordered by coordinate 0.
  public struct Scalar: Decodable, Sendable {
    public let name: String
    public let quantiles: [String: [Double]]
  }

  /// 150 rows.
  public let data: [[Double]]
  public let center: [Double]
  public let kappa: Double
  public let dof: Double
  public let scale: [[Double]]
  public let logLikelihood: Reference.Moments
  /// The largest weight of a draw first.
  public let sortedWeights: [Moments]
  public let smallestWeightBelow: [Tail]
  /// Probabilities that two observations belong to one component.
  public let coclustering: [Pair]
  public let means: [Scalar]
  /// Lower triangles, components in the same order. They have no moments, because those of second order do not exist.
  public let covariances: [Scalar]
  /// P(component | data) of each row, components in the same order.
  public let responsibilities: [[Double]]
  /// The largest Monte-Carlo error of a responsibility.
  public let responsibilitiesError: Double

  public static func load() throws -> IrisReference { try Reference.read(IrisReference.self, "iris_full") }

  /// Creates the model of the posterior.
  public func mixtureModel() throws -> MixtureModel {
    try MixtureModel(
      MixtureShape(componentCount: 3, dimensionCount: 4, structure: .full),
      means: .scaledNormal(mean: center, kappa: [kappa]),
      spread: .inverseWishart(dof: [dof], scale: scale.flatMap { $0 }))
  }
}
