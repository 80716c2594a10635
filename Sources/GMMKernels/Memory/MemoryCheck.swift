/// The check whether memory of a caller's size can be had, before it is used.
///
/// An array of Swift ends the process when there is no memory for it. Work that needs arrays of a caller's size
/// therefore asks here first: a refusal is an error, not the end of the host. The answer holds for the moment. Other
/// threads of the host may take the memory before the work does. The largest objects (draws, labels and observations)
/// live in ``AlignedBuffer``s, whose failure can be seen at any time.
package enum MemoryCheck {
  /// A reserve for small objects, beside the memory that is asked for.
  static let margin = 4 << 20

  /// The machine's memory in bytes; `Int.max` if it is not known.
  static let physicalBytes: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let size = sysconf(Int32(_SC_PAGESIZE))
    let product = pages.multipliedReportingOverflow(by: size)
    return pages > 0 && size > 0 && !product.overflow ? product.partialValue : Int.max
  }()

  /// Returns whether the machine has so much memory, and whether the process can have it now.
  ///
  /// - Complexity: two system calls, whatever the size. The memory is asked for, not touched, and given back.
  package static func isAvailable(bytes: Int) -> Bool {
    let (wanted, overflow) = max(bytes, 0).addingReportingOverflow(margin)
    // The compiler may leave out an allocation that nobody uses, but not one whose address is seen from outside.
    guard !overflow, bytes <= physicalBytes, let memory = malloc(wanted) else { return false }
    keepAllocation(memory)
    free(memory)
    return true
  }

  @inline(never)
  @_optimize(none)
  private static func keepAllocation(_ memory: UnsafeMutableRawPointer) {}
}
