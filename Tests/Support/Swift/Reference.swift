import Foundation
import GMMModel

/// A posterior that other programs computed, with the errors of their numbers; see Reference/README.md.
public struct Reference: Decodable, Sendable {
  /// The posterior of one parameter.
  public struct Scalar: Decodable, Sendable {
    /// The name in ``Posterior/parameterNames``.
    public let name: String
    public let mean: Double
    public let meanError: Double
    public let sd: Double
    public let sdError: Double
    /// At ``Reference/probabilities``.
    public let quantiles: [Double]
    public let quantileErrors: [Double]
    /// The ends of the shortest 95 % interval.
    public let hdi95: [Double]
    public let hdi95Errors: [Double]
  }

  /// A fit by maximum likelihood.
  public struct Fit: Decodable, Sendable {
    public let sharedSpread: Bool
    public let weights: [Double]
    public let means: [Double]
    public let sds: [Double]
    public let logLikelihood: Double
  }

  /// One row of a printed summary table.
  public struct PublishedRow: Decodable, Sendable {
    public let name: String
    public let parameter: String
    public let mcError: Double
    public let mean: Double
    public let sd: Double
    public let hpdLower: Double
    public let hpdUpper: Double
  }

  public struct Moments: Decodable, Sendable {
    public let mean: Double
    public let sd: Double
  }

  private struct Prior: Decodable, Sendable {
    let family: String
    let first: [Double]
    let second: [Double]?
  }

  private struct Model: Decodable, Sendable {
    let componentCount: Int
    let concentration: [Double]
    let minimumWeight: Double
    let orderedMeans: Bool
    let means: Prior
    let spread: Prior
    let sharedSpread: Bool
  }

  public let name: String
  private let model: Model
  public let data: [Double]
  public let probabilities: [Double]
  public let scalars: [Scalar]
  /// (N, K).
  public let responsibilities: [[Double]]
  /// The largest Monte-Carlo standard error among them.
  public let responsibilityError: Double
  public let logLikelihood: Moments
  public let maximumLikelihood: Fit
  public let published: [PublishedRow]?

  public static let names = ["notebook1", "notebook2", "book_kg", "book_ug", "book_table"]

  /// Reads the posterior `name`.
  public static func load(_ name: String) throws -> Reference { try read(Reference.self, name) }

  /// Reads the fit of `notebook1` that was run until the likelihood stops to change.
  public static func convergedFit() throws -> Fit { try read(Fit.self, "maximum_likelihood") }

  /// Reads rows x, exp(x), exp(x) less that double.
  public static func exponentials() throws -> [[Double]] { try read([[Double]].self, "exponential") }

  /// Reads a file of `Tests/Truth/Reference`.
  public static func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.deletingLastPathComponent().appendingPathComponent("Truth/Reference/\(name).json")
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }

  /// Creates the model of the posterior.
  public func mixtureModel() throws -> MixtureModel {
    let means: MeansPrior =
      model.means.family == "fixed"
      ? .fixed(model.means.first) : .normal(mean: model.means.first, sd: model.means.second ?? [])
    let spread: SpreadPrior =
      switch model.spread.family {
      case "uniform": .uniform(lower: model.spread.first, upper: model.spread.second ?? [])
      case "halfCauchy": .halfCauchy(scale: model.spread.first)
      default: .fixed(model.spread.first)
      }
    return try MixtureModel(
      componentCount: model.componentCount, weights: .dirichlet(concentration: model.concentration),
      minimumWeight: model.minimumWeight, means: means, orderedMeans: model.orderedMeans, spread: spread,
      sharedSpread: model.sharedSpread)
  }
}
