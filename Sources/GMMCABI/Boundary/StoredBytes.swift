import CGMMSwift
import GMMStorage

/// Runs `body` on the bytes that a caller passed.
///
/// - Parameter writer: the function that writes such bytes, for errors.
/// - Throws: ``CallError`` with GMM_ERROR_FILE_FORMAT for bytes that `body` refuses, and its other errors.
func reading<Value>(
  _ bytes: UnsafePointer<UInt8>?, _ count: Int64, writtenBy writer: String,
  _ body: (UnsafeRawBufferPointer) throws(StorageError) -> Value
) throws(CallError) -> Value {
  guard count >= 0 else { throw .invalid("num_bytes", "must not be negative", got: count) }
  guard let bytes else { throw .null("bytes") }
  do throws(StorageError) {
    // SAFETY: the caller promises so many bytes. They are only read, during the call.
    return try body(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
  } catch {
    // What the bytes do not decide is told as it is.
    guard error.kind == .format else { throw CallError(error, "bytes") }
    throw CallError(
      GMM_ERROR_FILE_FORMAT, "bytes", "must be what \(writer) wrote", got: "others: \(error.description)")
  }
}
