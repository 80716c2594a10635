import GMMStorage
import Testing

/// Numbers, arrays and texts as bytes, and wrong bytes.
@Suite struct ByteTests {
  static let numbers: [Double] = [
    0, -0.0, 1, -1.5, .pi, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
  ]

  static var sample: ByteWriter {
    var writer = ByteWriter()
    writer.write(UInt8(200))
    writer.write(UInt16(0x1234))
    writer.write(UInt32(0x8765_4321))
    writer.write(UInt64.max)
    writer.write(-7)
    writer.write(numbers)
    writer.write("σ² of component k")
    writer.write(true)
    writer.write(optional: [2.5]) { $0.write($1) }
    writer.write(optional: [Double]?.none) { $0.write($1) }
    writer.write(Double.nan)
    return writer
  }

  static func readSample(_ reader: inout ByteReader) throws(StorageError) {
    _ = try reader.read(UInt8.self)
    _ = try reader.read(UInt16.self)
    _ = try reader.read(UInt32.self)
    _ = try reader.read(UInt64.self)
    _ = try reader.readInt()
    _ = try reader.readDoubles()
    _ = try reader.readString()
    _ = try reader.readBool()
    _ = try reader.readOptional { reader throws(StorageError) in try reader.readDoubles(count: 1) }
    _ = try reader.readOptional { reader throws(StorageError) in try reader.readDoubles() }
    _ = try reader.readDouble()
    try reader.finish()
  }

  @Test func whatIsWrittenIsRead() throws {
    var reader = ByteReader(Self.sample.bytes)
    #expect(try reader.read(UInt8.self) == 200)
    #expect(try reader.read(UInt16.self) == 0x1234)
    #expect(try reader.read(UInt32.self) == 0x8765_4321)
    #expect(try reader.read(UInt64.self) == .max)
    #expect(try reader.readInt() == -7)
    #expect(try reader.readDoubles().map(\.bitPattern) == Self.numbers.map(\.bitPattern))
    #expect(try reader.readString() == "σ² of component k")
    #expect(try reader.readBool())
    #expect(try reader.readOptional { reader throws(StorageError) in try reader.readDoubles(count: 1) } == [2.5])
    #expect(try reader.readOptional { reader throws(StorageError) in try reader.readDoubles() } == nil)
    #expect(try reader.readDouble().isNaN)
    try reader.finish()
  }

  @Test func bytesAreLittleEndian() {
    var writer = ByteWriter()
    writer.write(UInt32(0x0102_0304))
    writer.write(-2)
    writer.write(1.0)
    #expect(
      writer.bytes == [4, 3, 2, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
  }

  @Test func everyPrefixIsAnError() {
    let bytes = Self.sample.bytes
    for length in 0..<bytes.count {
      var reader = ByteReader(Array(bytes.prefix(length)))
      #expect(throws: StorageError.self, "\(length) bytes") { try Self.readSample(&reader) }
    }
  }

  @Test func bytesBeyondTheEndAreAnError() {
    var reader = ByteReader(Self.sample.bytes + [0])
    #expect(throws: StorageError.format("1 bytes follow the end")) { try Self.readSample(&reader) }
  }

  @Test(arguments: [Int.max, Int.max / 8, 1 << 40, 4, -1, .min])
  func countsBeyondTheBytesAreRefused(_ count: Int) {
    // Three numbers follow. So only counts up to 3 can be right, and no wrong count may lead to an allocation.
    var writer = ByteWriter()
    writer.write(count)
    for _ in 0..<3 { writer.write(1.0) }
    var reader = ByteReader(writer.bytes)
    #expect(throws: StorageError.format("\(count) elements of 8 bytes are announced where 24 bytes are left")) {
      try reader.readDoubles()
    }
    var texts = ByteReader(writer.bytes)
    if count != 4 { #expect(throws: StorageError.self) { try texts.readString() } }
  }

  @Test func valuesOutOfRangeAreRefused() throws {
    var flag = ByteReader([2])
    #expect(throws: StorageError.format("a flag must be 0 or 1, got 2")) { try flag.readBool() }
    var text = ByteReader([1, 0, 0, 0, 0, 0, 0, 0, 0xFF])
    #expect(throws: StorageError.format("a text must be UTF-8")) { try text.readString() }
    var number = ByteReader([9, 0, 0, 0, 0, 0, 0, 0])
    #expect(throws: StorageError.format("chains must be between 1 and 8, got 9")) {
      try number.readInt("chains", in: 1...8)
    }
    var array = ByteReader([0, 0, 0, 0, 0, 0, 0, 0])
    #expect(throws: StorageError.format("an array must have 2 numbers, got 0")) { try array.readDoubles(count: 2) }
  }
}
