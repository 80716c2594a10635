import CGMMSwift
import GMMDiagnostics
import GMMModel

/// Checks that an output buffer holds `count` elements.
func output<Element>(
  _ buffer: UnsafeMutablePointer<Element>?, _ name: String, needs counts: [Int], capacity: Int64,
  named capacityName: String = "capacity"
) throws(CallError) -> UnsafeMutablePointer<Element> {
  var count = 1
  for factor in counts {
    let product = count.multipliedReportingOverflow(by: factor)
    guard !product.overflow else { throw .invalid(capacityName, "must be at least 2^63", got: capacity) }
    count = product.partialValue
  }
  guard capacity >= count else {
    throw CallError(GMM_ERROR_BUFFER_TOO_SMALL, capacityName, "must be at least \(count)", got: capacity)
  }
  if let buffer { return buffer }
  guard count == 0 else { throw .null(name) }
  // SAFETY: the pointer is never written through, because the buffer has no elements.
  return UnsafeMutablePointer(bitPattern: MemoryLayout<Element>.alignment).unsafelyUnwrapped
}

/// Checks a caller's series of numbers and returns a view of it.
///
/// - Throws: ``CallError`` for counts and strides out of range.
func series(
  _ values: UnsafePointer<Double>?, _ count: Int64, _ stride: Int64
) throws(CallError) -> ChainView {
  guard count >= 1 else { throw .invalid("num_values", "must be at least 1", got: count) }
  guard stride >= 1 || count == 1 else { throw .invalid("stride", "must be at least 1", got: stride) }
  let span = count.multipliedReportingOverflow(by: max(stride, 1))
  guard !span.overflow, span.partialValue <= Int64.max / 16 else {
    throw .invalid("num_values", "times `stride` must fit in memory", got: "\(count) x \(stride)")
  }
  guard let values else { throw .null("values") }
  return ChainView(base: values, chains: 1, draws: Int(count), chainStride: 0, drawStride: Int(stride))
}

/// Returns `count` numbers that start at `base`, or `nil` for NULL.
func array(_ base: UnsafePointer<Double>?, _ count: Int) -> [Double]? {
  base.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
}

/// Checks the axes of draws of several quantities, whose product fits in memory.
///
/// - Throws: ``CallError`` for counts out of range.
func drawSizes(
  _ chains: Int64, _ draws: Int64, _ quantities: Int64
) throws(CallError) -> (chains: Int, draws: Int, quantities: Int) {
  guard chains >= 1 else { throw .invalid("num_chains", "must be at least 1", got: chains) }
  guard draws >= 1 else { throw .invalid("num_draws", "must be at least 1", got: draws) }
  guard quantities >= 1, quantities <= Int64(Int32.max) else {
    throw .invalid("num_quantities", "must be between 1 and 2^31 - 1", got: quantities)
  }
  let total = chains.multipliedReportingOverflow(by: draws)
  let numbers = total.partialValue.multipliedReportingOverflow(by: quantities)
  guard !total.overflow, !numbers.overflow, numbers.partialValue <= Int64.max / 16 else {
    throw .invalid("num_draws", "times `num_chains` and `num_quantities` must fit in memory", got: draws)
  }
  return (Int(chains), Int(draws), Int(quantities))
}

/// Checks that an output buffer has `count` elements, if there is one.
func optionalOutput<Element>(
  _ buffer: UnsafeMutablePointer<Element>?, _ name: String, _ count: Int, _ capacity: Int64, _ capacityName: String
) throws(CallError) -> UnsafeMutablePointer<Element>? {
  guard buffer != nil else { return nil }
  return try output(buffer, name, needs: [count], capacity: capacity, named: capacityName)
}
