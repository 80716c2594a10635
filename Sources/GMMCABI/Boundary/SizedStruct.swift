// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift

/// A C struct that begins with its size, so that it can grow.
///
/// Its fields are plain numbers and pointers of at most 8 bytes each. Later versions only append fields.
protocol SizedStruct {
  init()
  var struct_size: UInt32 { get set }
}

extension gmm_data_options: SizedStruct {}
extension gmm_model_options: SizedStruct {}
extension gmm_background: SizedStruct {}
extension gmm_progress: SizedStruct {}
extension gmm_control: SizedStruct {}
extension gmm_checkpoint: SizedStruct {}
extension gmm_sample_options: SizedStruct {}
extension gmm_until: SizedStruct {}
extension gmm_run_info: SizedStruct {}
extension gmm_until_result: SizedStruct {}
extension gmm_part: SizedStruct {}
extension gmm_posterior_info: SizedStruct {}
extension gmm_label_options: SizedStruct {}
extension gmm_summary_options: SizedStruct {}
extension gmm_loo: SizedStruct {}
extension gmm_evidence_options: SizedStruct {}
extension gmm_evidence: SizedStruct {}
extension gmm_chain_moves: SizedStruct {}
extension gmm_chain_tempering: SizedStruct {}
extension gmm_mode_options: SizedStruct {}
extension gmm_mode_result: SizedStruct {}
extension gmm_partition_options: SizedStruct {}
extension gmm_partition_result: SizedStruct {}
extension gmm_kde_options: SizedStruct {}
extension gmm_em_options: SizedStruct {}
extension gmm_em_result: SizedStruct {}
extension gmm_mixture: SizedStruct {}
extension gmm_variational_options: SizedStruct {}
extension gmm_variational_result: SizedStruct {}

/// The largest struct_size that the library accepts.
private let largestStruct = 4096

/// Returns the options that a caller passed, with defaults for fields that its version of the struct does not have.
///
/// - Throws: ``CallError`` with GMM_ERROR_STRUCT_SIZE when the size is impossible or unknown trailing fields are set.
func read<Options: SizedStruct>(
  _ pointer: UnsafePointer<Options>?, _ name: String, defaults: Options
) throws(CallError) -> Options {
  guard let pointer else { return defaults }
  let size = try checkedSize(Int(pointer.pointee.struct_size), name)
  let known = MemoryLayout<Options>.size
  var result = defaults
  // SAFETY: the caller's struct says that it has `size` bytes, and only the common part is copied.
  let bytes = UnsafeRawPointer(pointer)
  withUnsafeMutableBytes(of: &result) { target in
    target.baseAddress?.copyMemory(from: bytes, byteCount: min(size, known) & ~7)
  }
  for offset in stride(from: known, to: max(size, known), by: 1)
  where bytes.load(fromByteOffset: offset, as: UInt8.self) != 0 {
    throw CallError(
      GMM_ERROR_STRUCT_SIZE, "\(name).struct_size",
      "must be at most \(known) unless the fields beyond are zero", got: size)
  }
  result.struct_size = UInt32(known)
  return result
}

/// Writes as much of `value` as the caller's struct has room for, and zeros beyond. The struct keeps its size.
func write<Result: SizedStruct>(
  _ value: Result, to pointer: UnsafeMutablePointer<Result>?, size: Int, _ name: String
) throws(CallError) {
  guard let pointer else { throw .null(name) }
  let size = try checkedSize(size, name)
  var value = value
  value.struct_size = UInt32(size)
  let known = MemoryLayout<Result>.size
  // SAFETY: the caller's struct says that it has `size` bytes.
  let target = UnsafeMutableRawPointer(pointer)
  withUnsafeBytes(of: &value) { source in
    if let base = source.baseAddress { target.copyMemory(from: base, byteCount: min(size, known)) }
  }
  if size > known { (target + known).initializeMemory(as: UInt8.self, repeating: 0, count: size - known) }
}

/// Refuses a struct to be filled whose size is impossible, before the work whose result it is to receive.
func requireSize<Result: SizedStruct>(of pointer: UnsafePointer<Result>, _ name: String) throws(CallError) {
  _ = try checkedSize(Int(pointer.pointee.struct_size), name)
}

private func checkedSize(_ size: Int, _ name: String) throws(CallError) -> Int {
  guard size >= 8, size <= largestStruct else {
    throw CallError(
      GMM_ERROR_STRUCT_SIZE, "\(name).struct_size", "must be the size of the struct", got: size)
  }
  return size
}

/// Runs an `_init` function: writes defaults into a struct of the caller's size.
func initialize<Options: SizedStruct>(
  _ pointer: UnsafeMutablePointer<Options>?, _ size: Int, _ defaults: Options
) -> gmm_status {
  call(nil) { try write(defaults, to: pointer, size: size, "options") }
}
