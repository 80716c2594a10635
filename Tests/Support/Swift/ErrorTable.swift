import Foundation

/// The wrong values of Tests/Hostile/errors.json, and the words with which they are refused.
public struct ErrorTable: Decodable, Sendable {
  /// One field of a call's options, or one parameter of a prior, with values that are refused for one reason.
  public struct Row: Decodable, Sendable {
    /// The field of the options; `nil` for priors.
    public let field: String?
    /// The family of a prior, and its parameters, in which `*` stands for the value.
    public let family: String?
    public let parameters: [[String]]?
    public let values: [String]
    public let rule: String
    /// The status, but for its prefix, where it is another than `INVALID_ARGUMENT`.
    public let status: String?
    /// The argument of the error, where it is another than the field.
    public let argument: String?
    /// The value of the error, where it is another than what was set.
    public let got: String?
    /// The languages that can say such a thing, where not all can.
    public let only: [String]?

    /// Whether Swift can make such a call.
    public var isForSwift: Bool { only?.contains("swift") ?? true }
  }

  public struct Call: Decodable, Sendable {
    public let rows: [Row]
  }

  /// The calls by the names of the C interface.
  public let calls: [String: Call]
  public let priors: [Row]

  public static func load() throws -> ErrorTable {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.deletingLastPathComponent().appendingPathComponent("Hostile/errors.json")
    return try JSONDecoder().decode(ErrorTable.self, from: Data(contentsOf: file))
  }
}
