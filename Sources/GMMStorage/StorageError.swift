/// Bytes that cannot be written, read or understood.
public struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of fault.
  public enum Kind: Sendable, Equatable {
    /// The system refuses to read or write; the reason is its own.
    case system
    /// Bytes that this library did not write, or that were cut or changed since.
    case format
    /// Bytes that are intact but belong to something else than what they are read for.
    case mismatch
    /// Not enough memory.
    case outOfMemory
    /// The caller cancelled; the file, where one was written, is as it was.
    case cancelled
  }

  public let kind: Kind
  /// The file at fault; empty for bytes in memory.
  public let path: String
  public let reason: String
  /// The system's number for why it refused, such as ENOENT; 0 for faults of other kinds.
  public let systemCode: Int32

  package init(_ kind: Kind, _ path: String, _ reason: String, systemCode: Int32 = 0) {
    self.kind = kind
    self.path = path
    self.reason = reason
    self.systemCode = systemCode
  }

  /// The error for bytes in memory that are not what they should be.
  package static func format(_ reason: String) -> StorageError { StorageError(.format, "", reason) }

  /// The error of a system call that has just failed, with the system's reason.
  ///
  /// - Parameter action: what was tried, such as `write`.
  static func system(_ path: String, _ action: String, code: Int32 = systemError) -> StorageError {
    StorageError(.system, path, "cannot \(action): \(systemReason(code))", systemCode: code)
  }

  /// Returns the same error with the file it is about.
  package func at(_ path: String) -> StorageError { StorageError(kind, path, reason, systemCode: systemCode) }

  /// The text `'path': reason`.
  public var description: String { path.isEmpty ? reason : "'\(path)': \(reason)" }
}

/// Returns the system's text for an error number.
func systemReason(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}
