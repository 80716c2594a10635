import GMMKernels

/// Text that C code may read for as long as this object lives.
final class CText {
  /// The text as UTF-8, ended by a zero byte.
  let pointer: UnsafePointer<CChar>

  init(_ text: String) {
    let bytes = Array(text.utf8CString)
    // SAFETY: the memory is owned by this object, freed in `deinit`, and never written again.
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    memory.update(from: bytes, count: bytes.count)
    pointer = UnsafePointer(memory)
  }

  deinit { pointer.deallocate() }
}

/// Returns the bytes of a literal, which live as long as the program.
func constant(_ text: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
