// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMStorage

@_cdecl("gmm_posterior_save") @implementation
public func gmm_posterior_save(
  _ posterior: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ control: UnsafePointer<gmm_control>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let path = try filePath(path, "path")
    let control = try runControl(control)
    try naming("path") { () throws(StorageError) in try posterior.save(to: path, control) }
  }
}

@_cdecl("gmm_posterior_load") @implementation
public func gmm_posterior_load(
  _ path: UnsafePointer<CChar>?, _ control: UnsafePointer<gmm_control>?,
  _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let path = try filePath(path, "path")
    let control = try runControl(control)
    let posterior = try naming("path") { () throws(StorageError) in try Posterior.load(path, control) }
    out.pointee = makeHandle(PosteriorObject(posterior))
  }
}

@_cdecl("gmm_posterior_size") @implementation
public func gmm_posterior_size(_ posterior: OpaquePointer?) -> Int64 {
  Int64((try? object(posterior, PosteriorObject.self)?.posterior.storedSize) ?? 0)
}

@_cdecl("gmm_posterior_write") @implementation
public func gmm_posterior_write(
  _ posterior: OpaquePointer?, _ control: UnsafePointer<gmm_control>?, _ out_bytes: UnsafeMutablePointer<UInt8>?,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let control = try runControl(control)
    let size = try posterior.storedSize
    let out = try output(out_bytes, "out_bytes", needs: [size], capacity: capacity)
    try naming("out_bytes") { () throws(StorageError) in
      try posterior.write(to: UnsafeMutableRawBufferPointer(start: out, count: size), control)
    }
  }
}

@_cdecl("gmm_posterior_read") @implementation
public func gmm_posterior_read(
  _ bytes: UnsafePointer<UInt8>?, _ num_bytes: Int64, _ control: UnsafePointer<gmm_control>?,
  _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let out = try required(out_posterior, "out_posterior")
    let control = try runControl(control)
    let posterior = try reading(bytes, num_bytes, writtenBy: "gmm_posterior_write") { (memory) throws(StorageError) in
      try Posterior.read(memory, control)
    }
    out.pointee = makeHandle(PosteriorObject(posterior))
  }
}

@_cdecl("gmm_posterior_export_csv") @implementation
public func gmm_posterior_export_csv(
  _ posterior: OpaquePointer?, _ chain: Int64, _ path: UnsafePointer<CChar>?, _ control: UnsafePointer<gmm_control>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let object = try require(posterior, "posterior", PosteriorObject.self)
    guard chain >= 0, chain < object.posterior.chainCount else {
      throw CallError.invalid("chain", "must be between 0 and \(object.posterior.chainCount - 1)", got: chain)
    }
    let path = try filePath(path, "path")
    let control = try runControl(control)
    let posterior = try object.shown(control)
    try naming("path") { () throws(StorageError) in try posterior.exportCSV(chain: Int(chain), to: path, control) }
  }
}

/// Returns a caller's path.
func filePath(_ path: UnsafePointer<CChar>?, _ name: String) throws(CallError) -> String {
  guard let path else { throw .null(name) }
  guard path.pointee != 0 else { throw .invalid(name, "must not be empty", got: "''") }
  guard let text = String(validatingCString: path) else {
    throw .invalid(name, "must be UTF-8", got: "'\(String(cString: path))'")
  }
  return text
}

/// Runs `body` and reports its errors as faults of the argument `name`.
func naming<Result>(_ name: String, _ body: () throws(StorageError) -> Result) throws(CallError) -> Result {
  do throws(StorageError) {
    return try body()
  } catch {
    throw CallError(error, name)
  }
}

extension CallError {
  init(_ error: StorageError, _ argument: String) {
    let status =
      switch error.kind {
      case .system: GMM_ERROR_FILE
      case .format: GMM_ERROR_FILE_FORMAT
      case .mismatch: GMM_ERROR_FILE_MISMATCH
      case .outOfMemory: GMM_ERROR_OUT_OF_MEMORY
      case .cancelled: GMM_CANCELLED
      }
    // A call that was cancelled has no argument at fault.
    let isCancelled = error.kind == .cancelled
    self.init(
      status, isCancelled ? "" : argument, isCancelled ? error.reason : error.description,
      systemCode: error.systemCode)
  }
}
