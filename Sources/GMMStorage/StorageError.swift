/// The error of bytes that cannot be written, read or understood.
public struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of fault.
  public enum Kind: Sendable, Equatable {
    /// The system refuses to read or write, with its own reason.
    case system
    /// The bytes are not this library's, or they were cut or changed.
    case format
    /// The bytes are intact but belong to another run, or to a value of another kind.
    case mismatch
    /// There is not enough memory.
    case outOfMemory
    /// The caller cancelled; a file that was to be replaced is unchanged.
    case cancelled
  }

  public let kind: Kind
  /// The file at fault; empty for bytes in memory.
  public let path: String
  public let reason: String
  /// The system's error number, such as ENOENT; 0 for faults of other kinds.
  public let systemCode: Int32

  package init(_ kind: Kind, _ path: String, _ reason: String, systemCode: Int32 = 0) {
    self.kind = kind
    self.path = path
    self.reason = reason
    self.systemCode = systemCode
  }

  /// Returns the error for bytes in memory that are not as they should be.
  package static func format(_ reason: String) -> StorageError { StorageError(.format, "", reason) }

  /// Returns the error of a system call that has just failed, with the system's reason.
  ///
  /// - Parameter action: the name of the failed action, such as `write`.
  static func system(_ path: String, _ action: String, code: Int32 = systemError) -> StorageError {
    StorageError(.system, path, "cannot \(action): \(systemReason(code))", systemCode: code)
  }

  /// Returns the same error with the path of its file.
  package func at(_ path: String) -> StorageError { StorageError(kind, path, reason, systemCode: systemCode) }

  /// The text `'path': reason`.
  public var description: String { path.isEmpty ? reason : "'\(path)': \(reason)" }
}

/// Returns the system's text for an error number.
func systemReason(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}
