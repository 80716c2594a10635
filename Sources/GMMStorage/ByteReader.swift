/// A reader of the values that a ``ByteWriter`` wrote, from bytes that are not trusted.
///
/// Every read is checked against the bytes that are left, and a count is refused when its elements cannot follow. So no
/// input makes the reader trap, or allocate more bytes than the input has.
package struct ByteReader: Sendable {
  private let bytes: [UInt8]
  private var offset: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    offset = 0
  }

  /// Copies bytes.
  package init(copying bytes: UnsafeRawBufferPointer) { self.init(Array(bytes)) }

  /// The number of bytes not read yet.
  package var remaining: Int { bytes.count - offset }

  /// Reads an integer of a fixed width.
  package mutating func read<Value: FixedWidthInteger & UnsignedInteger>(_: Value.Type) throws(StorageError) -> Value {
    let size = MemoryLayout<Value>.size
    guard size <= remaining else { throw ended }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    offset += size
    return Value(littleEndian: value)
  }

  /// Reads an integer of 64 bits.
  package mutating func readInt() throws(StorageError) -> Int { Int(Int64(bitPattern: try read(UInt64.self))) }

  /// Reads an integer of 64 bits within `range`.
  ///
  /// - Parameter name: the name of the integer in the message.
  package mutating func readInt(_ name: String, in range: ClosedRange<Int>) throws(StorageError) -> Int {
    let value = try readInt()
    guard range.contains(value) else {
      throw .format("\(name) must be between \(range.lowerBound) and \(range.upperBound), got \(value)")
    }
    return value
  }

  /// Reads a number, which may be NaN or infinite.
  package mutating func readDouble() throws(StorageError) -> Double { Double(bitPattern: try read(UInt64.self)) }

  /// Reads one byte that is 0 or 1.
  package mutating func readBool() throws(StorageError) -> Bool {
    let value = try read(UInt8.self)
    guard value <= 1 else { throw .format("a flag must be 0 or 1, got \(value)") }
    return value == 1
  }

  /// Reads the number of elements that must follow, each of at least `size` bytes.
  package mutating func readCount(elementSize size: Int) throws(StorageError) -> Int {
    let count = try readInt()
    guard count >= 0, count <= remaining / max(size, 1) else {
      throw .format("\(count) elements of \(size) bytes are announced where \(remaining) bytes are left")
    }
    return count
  }

  /// Reads an array.
  ///
  /// - Parameter expected: the required number of elements; `nil` allows any.
  package mutating func readDoubles(count expected: Int? = nil) throws(StorageError) -> [Double] {
    let count = try readCount(elementSize: 8)
    if let expected, count != expected { throw .format("an array must have \(expected) numbers, got \(count)") }
    var values: [Double] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try readDouble()) }
    return values
  }

  /// Reads a text.
  package mutating func readString() throws(StorageError) -> String {
    let encoded = try readBytes(try readCount(elementSize: 1))
    guard let text = String(validating: encoded, as: UTF8.self) else { throw .format("a text must be UTF-8") }
    return text
  }

  /// Reads bytes as they are.
  package mutating func readBytes(_ count: Int) throws(StorageError) -> [UInt8] {
    guard count >= 0, count <= remaining else { throw ended }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  /// Reads what ``ByteWriter/write(optional:_:)`` wrote.
  package mutating func readOptional<Value>(
    _ body: (inout ByteReader) throws(StorageError) -> Value
  ) throws(StorageError) -> Value? {
    try readBool() ? try body(&self) : nil
  }

  /// Refuses bytes that have not been read.
  package func finish() throws(StorageError) {
    guard remaining == 0 else { throw .format("\(remaining) bytes follow the end") }
  }

  private var ended: StorageError { .format("the bytes end too early") }
}
