/// Bytes that grow by numbers, arrays and texts, little-endian and without padding.
///
/// ``ByteReader`` reads them back in the same order. Integers are written as 64 bits unless a smaller type is named.
/// Arrays and texts follow the number of their elements.
package struct ByteWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Appends an integer of a fixed width.
  package mutating func write<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends an integer as 64 bits, two's complement.
  package mutating func write(_ value: Int) { write(UInt64(bitPattern: Int64(value))) }

  /// Appends the 64 bits of a number, NaN and infinities included.
  package mutating func write(_ value: Double) { write(value.bitPattern) }

  /// Appends one byte, 0 or 1.
  package mutating func write(_ value: Bool) { write(UInt8(value ? 1 : 0)) }

  /// Appends the number of elements, then each.
  package mutating func write(_ values: [Double]) {
    write(values.count)
    bytes.reserveCapacity(bytes.count + 8 * values.count)
    for value in values { write(value) }
  }

  /// Appends the number of bytes, then the text as UTF-8.
  package mutating func write(_ text: String) {
    let encoded = Array(text.utf8)
    write(encoded.count)
    bytes += encoded
  }

  /// Appends bytes as they are.
  package mutating func append(_ other: [UInt8]) { bytes += other }

  /// Appends one byte, 0 or 1, and the value where there is one.
  package mutating func write<Value>(optional value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
    write(value != nil)
    if let value { body(&self, value) }
  }
}
