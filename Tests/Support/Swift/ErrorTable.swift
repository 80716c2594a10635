import Foundation

/// The wrong values of Tests/Hostile/errors.json and their error messages.
public struct ErrorTable: Decodable, Sendable {
  /// One field of a call's options, or one parameter of a prior, with values that are refused for one reason.
  public struct Row: Decodable, Sendable {
    /// The field of the options; `nil` for priors.
    public let field: String?
    /// The family of a prior. In its parameters, `*` stands for the value.
    public let family: String?
    public let parameters: [[String]]?
    public let values: [String]
    public let rule: String
    /// The status without its prefix; `nil` for `INVALID_ARGUMENT`.
    public let status: String?
    /// The argument of the error; `nil` if it is the field.
    public let argument: String?
    /// The value in the error; `nil` if it is the value that was set.
    public let got: String?
    /// The languages in which such a call can be written; `nil` if it can be written in all of them.
    public let only: [String]?

    /// Whether such a call can be written in Swift.
    public var isForSwift: Bool { only?.contains("swift") ?? true }
  }

  public struct Call: Decodable, Sendable {
    public let rows: [Row]
  }

  /// The calls, by their names in the C interface.
  public let calls: [String: Call]
  public let priors: [Row]

  public static func load() throws -> ErrorTable {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = tests.deletingLastPathComponent().appendingPathComponent("Hostile/errors.json")
    return try JSONDecoder().decode(ErrorTable.self, from: Data(contentsOf: file))
  }
}
