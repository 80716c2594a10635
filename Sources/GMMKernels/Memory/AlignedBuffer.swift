/// Memory of a fixed length that is aligned for vectors and freed with its owner.
///
/// A failed allocation is visible, unlike that of an array, because a caller's sizes must never end the process.
package final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element; aligned to 64 bytes.
  package let base: UnsafeMutablePointer<Element>

  /// The number of elements.
  package let count: Int

  /// Allocates `count` elements, or returns `nil` if there is not enough memory.
  ///
  /// - Parameters:
  ///   - count: the number of elements, not negative.
  ///   - padding: further elements after the last, so that whole vectors can be read.
  ///   - zeroed: whether the elements start at 0. If not, untouched pages take no memory.
  package init?(count: Int, padding: Int = 0, zeroed: Bool = true) {
    let alignment = 64
    let (elements, overflow) = max(count, 0).addingReportingOverflow(padding)
    let (bytes, product) = elements.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard count >= 0, !overflow, !product, bytes <= Int.max - alignment else { return nil }
    var memory: UnsafeMutableRawPointer?
    let rounded = (max(bytes, 1) + alignment - 1) / alignment * alignment
    guard posix_memalign(&memory, alignment, rounded) == 0, let memory else { return nil }
    if zeroed { memset(memory, 0, rounded) }
    // SAFETY: `rounded` bytes, aligned beyond the element's need, owned by this object until `deinit`.
    base = memory.bindMemory(to: Element.self, capacity: elements)
    self.count = count
  }

  deinit { free(base) }

  /// The elements, valid while this object lives.
  package var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: base, count: count) }
}
