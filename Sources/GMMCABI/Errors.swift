// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift

/// The object behind a `gmm_error`.
final class ErrorObject: HandleObject {
  static let handleKind = HandleKind.error
  let status: gmm_status
  let message: CText
  let argument: CText
  let rule: CText
  let value: CText
  let indices: [Int64]
  let systemCode: Int32

  init(_ error: CallError) {
    status = error.status
    message = CText(error.message)
    argument = CText(error.argument)
    rule = CText(error.rule)
    value = CText(error.value ?? "")
    indices = error.indices
    systemCode = error.systemCode
  }
}

@_cdecl("gmm_status_name") @implementation
public func gmm_status_name(_ status: gmm_status) -> UnsafePointer<CChar>! {
  switch status {
  case GMM_OK: constant("GMM_OK")
  case GMM_ERROR_NULL_ARGUMENT: constant("GMM_ERROR_NULL_ARGUMENT")
  case GMM_ERROR_WRONG_HANDLE: constant("GMM_ERROR_WRONG_HANDLE")
  case GMM_ERROR_INVALID_ARGUMENT: constant("GMM_ERROR_INVALID_ARGUMENT")
  case GMM_ERROR_INVALID_DATA: constant("GMM_ERROR_INVALID_DATA")
  case GMM_ERROR_BUFFER_TOO_SMALL: constant("GMM_ERROR_BUFFER_TOO_SMALL")
  case GMM_ERROR_UNSUPPORTED: constant("GMM_ERROR_UNSUPPORTED")
  case GMM_ERROR_STRUCT_SIZE: constant("GMM_ERROR_STRUCT_SIZE")
  case GMM_ERROR_INVALID_MODEL: constant("GMM_ERROR_INVALID_MODEL")
  case GMM_ERROR_DEGENERATE: constant("GMM_ERROR_DEGENERATE")
  case GMM_ERROR_OUT_OF_MEMORY: constant("GMM_ERROR_OUT_OF_MEMORY")
  case GMM_ERROR_FILE: constant("GMM_ERROR_FILE")
  case GMM_ERROR_FILE_FORMAT: constant("GMM_ERROR_FILE_FORMAT")
  case GMM_ERROR_FILE_MISMATCH: constant("GMM_ERROR_FILE_MISMATCH")
  case GMM_CANCELLED: constant("GMM_CANCELLED")
  case GMM_IMPROPER: constant("GMM_IMPROPER")
  case GMM_ERROR_INTERNAL: constant("GMM_ERROR_INTERNAL")
  default: constant("GMM_UNKNOWN_STATUS")
  }
}

@_cdecl("gmm_error_status") @implementation
public func gmm_error_status(_ error: OpaquePointer?) -> gmm_status {
  if let error = object(error, ErrorObject.self) { return error.status }
  return gmm_status(error == nil ? GMM_ERROR_NULL_ARGUMENT : GMM_ERROR_WRONG_HANDLE)
}

@_cdecl("gmm_error_message") @implementation
public func gmm_error_message(_ error: OpaquePointer?) -> UnsafePointer<CChar>! {
  object(error, ErrorObject.self)?.message.pointer ?? constant("")
}

@_cdecl("gmm_error_argument") @implementation
public func gmm_error_argument(_ error: OpaquePointer?) -> UnsafePointer<CChar>! {
  object(error, ErrorObject.self)?.argument.pointer ?? constant("")
}

@_cdecl("gmm_error_num_indices") @implementation
public func gmm_error_num_indices(_ error: OpaquePointer?) -> Int32 {
  Int32(clamping: object(error, ErrorObject.self)?.indices.count ?? 0)
}

@_cdecl("gmm_error_index") @implementation
public func gmm_error_index(_ error: OpaquePointer?, _ position: Int32) -> Int64 {
  guard let indices = object(error, ErrorObject.self)?.indices, indices.indices.contains(Int(position)) else {
    return -1
  }
  return indices[Int(position)]
}

@_cdecl("gmm_error_rule") @implementation
public func gmm_error_rule(_ error: OpaquePointer?) -> UnsafePointer<CChar>! {
  object(error, ErrorObject.self)?.rule.pointer ?? constant("")
}

@_cdecl("gmm_error_value") @implementation
public func gmm_error_value(_ error: OpaquePointer?) -> UnsafePointer<CChar>! {
  object(error, ErrorObject.self)?.value.pointer ?? constant("")
}

@_cdecl("gmm_error_system_code") @implementation
public func gmm_error_system_code(_ error: OpaquePointer?) -> Int32 {
  object(error, ErrorObject.self)?.systemCode ?? 0
}

@_cdecl("gmm_error_destroy") @implementation
public func gmm_error_destroy(_ error: OpaquePointer?) {
  destroyHandle(error, ErrorObject.self)
}
