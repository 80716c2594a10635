/// The error of a request that cannot be served: the argument at fault, the rule that it breaks, and its value.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of fault.
  public enum Kind: Sendable, Equatable {
    /// A value outside its documented range.
    case invalidArgument
    /// NaN or infinity among the observations.
    case invalidData
    /// Prior parameters, constraints or initial values that contradict each other.
    case invalidModel
    /// A posterior that does not exist, or a chain that collapsed.
    case degenerate
    /// A posterior that is improper, although chains may never meet the modes at fault. It is a warning.
    case improper
    /// A valid request that this version does not serve.
    case unsupported
    /// There is not enough memory.
    case outOfMemory
    /// The caller cancelled.
    case cancelled
  }

  public let kind: Kind
  /// The argument at fault, such as `means.sd[2]`; empty if no argument is at fault.
  public let argument: String
  /// The rule that it breaks. The names of other arguments stand between backquotes.
  public let rule: String
  /// The value that breaks the rule; `nil` if the rule needs no value.
  public let value: String?

  package init(_ kind: Kind, _ argument: String, _ rule: String) {
    self.kind = kind
    self.argument = argument
    self.rule = rule
    value = nil
  }

  /// Creates the error for a value that breaks a rule: `argument: rule, got value`.
  package init<Value>(_ kind: Kind, _ argument: String, _ rule: String, got value: Value) {
    self.kind = kind
    self.argument = argument
    self.rule = rule
    self.value = "\(value)"
  }

  /// Creates the error for a value outside its range.
  package init<Value>(_ argument: String, _ rule: String, got value: Value) {
    self.init(.invalidArgument, argument, rule, got: value)
  }

  /// Returns the error for memory that could not be allocated.
  package static func outOfMemory(_ what: String) -> ModelError {
    ModelError(.outOfMemory, "", "not enough memory for \(what)")
  }

  /// The text `argument: rule, got value`.
  public var description: String {
    (argument.isEmpty ? "" : "\(argument): ") + rule + (value.map { ", got \($0)" } ?? "")
  }
}
