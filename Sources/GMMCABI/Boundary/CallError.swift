import CGMMCallbacks
import CGMMSwift
import GMMInference
import GMMModel
import GMMStorage

/// The error that a C function reports to its caller.
struct CallError: Error {
  let status: gmm_status
  let argument: String
  let rule: String
  let value: String?
  /// The system's error number; 0 if the system did not refuse anything.
  let systemCode: Int32

  init(_ status: gmm_status_code, _ argument: String, _ rule: String, value: String? = nil, systemCode: Int32 = 0) {
    self.status = gmm_status(status)
    self.argument = argument
    self.rule = rule
    self.value = value
    self.systemCode = systemCode
  }

  init<Value>(_ status: gmm_status_code, _ argument: String, _ rule: String, got value: Value) {
    self.init(status, argument, rule, value: "\(value)")
  }

  /// Returns the error for a NULL where a pointer is required.
  static func null(_ argument: String) -> CallError {
    CallError(GMM_ERROR_NULL_ARGUMENT, argument, "must not be NULL", got: "NULL")
  }

  /// Returns the error for a value outside its range.
  static func invalid<Value>(_ argument: String, _ rule: String, got value: Value) -> CallError {
    CallError(GMM_ERROR_INVALID_ARGUMENT, argument, rule, got: value)
  }

  /// The text `argument: rule, got value`.
  var message: String {
    (argument.isEmpty ? "" : "\(argument): ") + rule + (value.map { ", got \($0)" } ?? "")
  }

  /// The numbers between the brackets of the argument, from left to right: 1 and 0 for `means[1].sd[0]`.
  var indices: [Int64] {
    argument.split(separator: "[").dropFirst().flatMap { part in
      part.prefix { $0 != "]" }.split(separator: ",").compactMap { Int64($0.drop { $0 == " " }) }
    }
  }

  init(_ error: ModelError) {
    let status =
      switch error.kind {
      case .invalidArgument: GMM_ERROR_INVALID_ARGUMENT
      case .invalidData: GMM_ERROR_INVALID_DATA
      case .invalidModel: GMM_ERROR_INVALID_MODEL
      case .degenerate: GMM_ERROR_DEGENERATE
      case .improper: GMM_IMPROPER
      case .unsupported: GMM_ERROR_UNSUPPORTED
      case .outOfMemory: GMM_ERROR_OUT_OF_MEMORY
      case .cancelled: GMM_CANCELLED
      }
    self.init(status, error.argument, error.rule, value: error.value)
  }
}

extension CallError {
  init(_ run: CancelledRun) {
    let draws = run.posterior?.drawCount ?? 0
    let lost = run.checkpointError.map { "; the checkpoint is an older one: \($0)" } ?? ""
    self.init(GMM_CANCELLED, "", "cancelled after \(draws) draws of each chain\(lost)")
  }
}

/// Runs the body of a C function. It clears the error object, catches the errors of the body, and returns the status.
///
/// Every fallible function runs its body through this function. If a callback of the host has thrown an exception, it
/// does not return: the exception goes on to the function's caller.
func call(_ outError: UnsafeMutablePointer<OpaquePointer?>?, _ body: () throws -> Void) -> gmm_status {
  let status = outcome(outError, body)
  // The exception passes this frame and that of the function, which hold nothing any more.
  gmm_callback_raise()
  return status
}

@inline(never)
private func outcome(_ outError: UnsafeMutablePointer<OpaquePointer?>?, _ body: () throws -> Void) -> gmm_status {
  outError?.pointee = nil
  do {
    try body()
    return gmm_status(GMM_OK)
  } catch {
    let error = callError(error)
    outError?.pointee = makeHandle(ErrorObject(error))
    return error.status
  }
}

/// Returns the error of a C function for an error of any kind.
func callError(_ error: any Error) -> CallError {
  switch error {
  case let error as CallError: error
  case let error as ModelError: CallError(error)
  case let error as StorageError: CallError(error, "checkpoint.path")
  case let run as CancelledRun: CallError(run)
  case let run as CollapsedRun: CallError(run.error)
  case let run as UnsavedRun: CallError(run.error, "checkpoint.path")
  default: CallError(GMM_ERROR_INTERNAL, "", "unexpected error: \(error)")
  }
}

/// Clears an out parameter on entry and returns its pointer.
func required<Value>(
  _ out: UnsafeMutablePointer<Value>?, _ name: String
) throws(CallError) -> UnsafeMutablePointer<Value> {
  guard let out else { throw .null(name) }
  return out
}
