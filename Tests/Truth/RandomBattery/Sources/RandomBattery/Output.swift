import GMMKernels

/// Words of 32 bits on their way to standard output.
struct Output {
  /// Whether the reader is still there.
  private(set) var isOpen = true
  private var words: [UInt32] = []
  private let capacity = 1 << 14

  init() { words.reserveCapacity(capacity) }

  /// Appends a word; writes when there are many.
  mutating func append(_ word: UInt32) {
    words.append(word)
    if words.count == capacity { flush() }
  }

  private mutating func flush() {
    words.withUnsafeBytes { bytes in
      var start = 0
      while isOpen, start < bytes.count {
        // SAFETY: `start` is below the count, so the pointer and the length stay within the array's bytes.
        let written = write(STDOUT_FILENO, bytes.baseAddress! + start, bytes.count - start)
        if written > 0 { start += written } else if written == 0 || errno != EINTR { isOpen = false }
      }
    }
    words.removeAll(keepingCapacity: true)
  }
}
