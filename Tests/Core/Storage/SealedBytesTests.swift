import GMMStorage
import Testing

/// Header and checksum around a payload in memory.
@Suite struct SealedBytesTests {
  static let sealed = SealedBytes.seal(ByteTests.sample, .statistics, version: 2)

  static func open(
    _ bytes: [UInt8], _ kind: FileHeader.Kind = .statistics, newest: UInt32 = 2
  ) throws(StorageError) -> (version: UInt32, reader: ByteReader) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(StorageError) in try SealedBytes.open(bytes, kind, newest: newest) }
    }
    return try result.get()
  }

  @Test func whatIsSealedOpens() throws {
    var (version, reader) = try Self.open(Self.sealed)
    #expect(version == 2)
    try ByteTests.readSample(&reader)
  }

  @Test func everyPrefixIsAnError() {
    for length in 0..<Self.sealed.count {
      #expect(throws: StorageError.self, "\(length) bytes") { try Self.open(Array(Self.sealed.prefix(length))) }
    }
    #expect(throws: StorageError.self) { try Self.open(Self.sealed + [0]) }
  }

  @Test func everyFlippedBitIsAnError() {
    var bytes = Self.sealed
    for bit in 0..<8 * bytes.count {
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: StorageError.self, "bit \(bit)") { try Self.open(bytes) }
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }

  @Test func otherKindsAndLaterFormatsAreRefusedWithTheReason() {
    #expect(throws: StorageError.format("must be a posterior, got statistics")) {
      try Self.open(Self.sealed, .posterior)
    }
    #expect(
      throws: StorageError.format(
        "has format 2, written by version \(LibraryVersion.current); this is version \(LibraryVersion.current), "
          + "which reads formats 1 to 1")
    ) { try Self.open(Self.sealed, newest: 1) }
    #expect(throws: StorageError.format("is not a file of libgmmswift: its first bytes are others")) {
      try Self.open(Array("lp__,accept_stat__".utf8))
    }
    #expect(throws: StorageError.format("is not a file of libgmmswift: its first bytes are others")) {
      try Self.open([])
    }
  }

  @Test(arguments: [Int.max, -1, Int.min, 1 << 50, 0])
  func lengthsThatAreNotTheTruthAreRefused(_ length: Int) throws {
    // The header has a right checksum, so the length is the reason for the refusal.
    let header = FileHeader(.statistics, version: 1, payloadLength: length, payloadChecksum: 0)
    #expect(throws: StorageError.self) { try Self.open(header.bytes + [1, 2, 3]) }
  }
}
