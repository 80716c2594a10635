import GMMKernels

/// The memory that a piece of work will take: a sum of products, counted without overflow.
package struct MemoryNeed: Sendable {
  /// The number of bytes; `nil` beyond 63 bits.
  package private(set) var bytes: Int? = 0

  package init() {}

  /// Adds the product of `factors` in bytes; no factor may be negative.
  package mutating func add(_ factors: Int...) { add(factors) }

  /// Adds the product of `factors` in bytes; no factor may be negative.
  package mutating func add(_ factors: [Int]) {
    var product = 1
    for factor in factors {
      let next = product.multipliedReportingOverflow(by: factor)
      guard !next.overflow else {
        bytes = nil
        return
      }
      product = next.partialValue
    }
    let sum = bytes?.addingReportingOverflow(product)
    bytes = sum.flatMap { $0.overflow ? nil : $0.partialValue }
  }

  /// Refuses work for which there is not enough memory.
  ///
  /// - Parameter what: completes "not enough memory for".
  /// - Throws: ``ModelError`` of kind `outOfMemory` with the number of bytes.
  package func require(for what: @autoclosure () -> String) throws(ModelError) {
    guard let bytes, MemoryCheck.isAvailable(bytes: bytes) else {
      throw .outOfMemory("\(what()), which takes \(bytes.map { "\($0)" } ?? "more than 2^63") bytes")
    }
  }
}
