import GMMModel

/// Returns an array that `write` fills.
///
/// - Parameters:
///   - sizes: the axes of the array, not negative. Their product is the number of elements.
///   - what: completes "not enough memory for".
///   - write: writes every element, or throws an error.
/// - Throws: ``ModelError`` of kind `outOfMemory` if there is not enough memory for the array, and the errors of
///   `write`.
func makeArray<Element: BitwiseCopyable>(
  _ sizes: [Int], _ what: String, _ write: (UnsafeMutablePointer<Element>) throws(ModelError) -> Void
) throws(ModelError) -> [Element] {
  var need = MemoryNeed()
  need.add(sizes + [MemoryLayout<Element>.stride])
  try need.require(for: what)
  let count = sizes.reduce(1, *)
  guard count > 0 else { return [] }
  var failure: ModelError?
  let result = [Element](unsafeUninitializedCapacity: count) { memory, written in
    // SAFETY: the memory holds `count` elements, and all are written unless an error is thrown.
    guard let base = memory.baseAddress else { return }
    do throws(ModelError) {
      try write(base)
      written = count
    } catch {
      failure = error
    }
  }
  if let failure { throw failure }
  return result
}
