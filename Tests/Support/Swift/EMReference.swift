import Foundation

/// scikit-learn's fits of data in several dimensions from given starts; see Reference/README.md.
public struct EMReference: Decodable, Sendable {
  /// A fit.
  public struct Fit: Decodable, Sendable {
    public let iterations: Int
    public let converged: Bool
    public let lowerBound: Double
    public let weights: [Double]
    public let means: [Double]
    public let covariances: [Double]
    /// The mean log likelihood of an observation at the parameters.
    public let score: Double
    public let bic: Double
    public let aic: Double
  }

  /// A start and what it leads to.
  public struct Structure: Decodable, Sendable {
    public let weights: [Double]
    public let means: [Double]
    public let covariances: [Double]
    /// After five iterations.
    public let early: Fit
    /// After the iteration in which the lower bound changes by less than 1e-6.
    public let late: Fit
  }

  /// A data set.
  public struct Case: Decodable, Sendable {
    public let name: String
    public let dimensions: Int
    public let components: Int
    public let regularization: Double
    /// Row after row.
    public let data: [Double]
    public let structures: [String: Structure]
  }

  public let cases: [Case]

  /// A small data set that is well known.
  public struct DataSet: Decodable, Sendable {
    public let dimensions: Int
    public let data: [Double]

    /// The data of one column.
    public func column(_ d: Int) -> DataSet {
      DataSet(dimensions: 1, data: stride(from: d, to: data.count, by: dimensions).map { data[$0] })
    }
  }

  /// Reads the fits.
  public static func load() throws -> EMReference { try read("expectation_maximization") }

  /// Reads `faithful`, `galaxies` or, from the fits, `iris`.
  public static func dataSet(_ name: String) throws -> DataSet {
    guard name == "iris" else { return try read(name) }
    guard let iris = try load().cases.first(where: { $0.name == name }) else { throw CocoaError(.fileNoSuchFile) }
    return DataSet(dimensions: iris.dimensions, data: iris.data)
  }

  private static func read<Value: Decodable>(_ name: String) throws -> Value {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.deletingLastPathComponent().appendingPathComponent("Truth/Reference/\(name).json")
    return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
  }
}
