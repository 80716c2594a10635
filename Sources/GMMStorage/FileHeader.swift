/// The 64 bytes with which everything that this library stores begins.
///
///     offset  bytes  what
///          0      8  0x89 'G' 'M' 'M' '\r' '\n' 0x1A '\n'
///          8      4  kind (``Kind``)
///         12      4  version of the kind's format, from 1
///         16      6  version of the library that wrote it: major, minor, patch, 2 bytes each
///         22      2  0
///         24      8  length of the payload, which follows, in bytes
///         32      8  XXH64 of the payload
///         40     16  0
///         56      8  XXH64 of the 56 bytes before
///
/// As in PNG, the magic bytes reveal transfers that change line ends or the eighth bit.
package struct FileHeader: Sendable, Equatable {
  /// The kinds of payloads.
  package enum Kind: UInt32, Sendable, CaseIterable {
    /// Draws with their model and data.
    case posterior = 1
    /// The snapshots and the draws of a run.
    case checkpoint = 2
    /// Sufficient statistics of expectation-maximisation.
    case statistics = 3
    /// The state of a stepwise fit.
    case stepwise = 4

    /// The kind with its article.
    var name: String {
      switch self {
      case .posterior: "a posterior"
      case .checkpoint: "a checkpoint"
      case .statistics: "statistics"
      case .stepwise: "a stepwise fit"
      }
    }
  }

  package var kind: Kind
  /// Version of the kind's format.
  package var version: UInt32
  /// The library that wrote it.
  package var library = LibraryVersion.current
  package var payloadLength: Int
  package var payloadChecksum: UInt64

  package static let size = 64
  private static let magic: [UInt8] = [0x89, 0x47, 0x4D, 0x4D, 0x0D, 0x0A, 0x1A, 0x0A]

  package init(_ kind: Kind, version: UInt32, payloadLength: Int, payloadChecksum: UInt64) {
    self.kind = kind
    self.version = version
    self.payloadLength = payloadLength
    self.payloadChecksum = payloadChecksum
  }

  /// The header as 64 bytes.
  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append(Self.magic)
    writer.write(kind.rawValue)
    writer.write(version)
    writer.write(library.major)
    writer.write(library.minor)
    writer.write(library.patch)
    writer.write(UInt16(0))
    writer.write(payloadLength)
    writer.write(payloadChecksum)
    writer.write(0)
    writer.write(0)
    writer.write(Checksum.of(writer.bytes))
    return writer.bytes
  }

  /// Reads and checks a header.
  ///
  /// - Parameters:
  ///   - bytes: the first 64 bytes, or as many as there are.
  ///   - length: how many bytes there are in all.
  ///   - kind: what the payload must be.
  ///   - newest: the newest version of the kind's format that can be read.
  /// - Throws: ``StorageError`` for other bytes, another kind, a later version and a wrong length.
  package init(_ bytes: [UInt8], length: Int, kind: Kind, newest: UInt32) throws(StorageError) {
    guard bytes.prefix(8).elementsEqual(Self.magic.prefix(bytes.count)), !bytes.isEmpty else {
      throw .format("is not a file of libgmmswift: its first bytes are others")
    }
    guard bytes.count >= Self.size else { throw .format("is cut: \(bytes.count) bytes of a header of \(Self.size)") }
    var reader = ByteReader(Array(bytes[8..<Self.size]))
    let code = try reader.read(UInt32.self)
    version = try reader.read(UInt32.self)
    library = LibraryVersion(
      major: try reader.read(UInt16.self), minor: try reader.read(UInt16.self), patch: try reader.read(UInt16.self))
    let zero = try reader.read(UInt16.self)
    payloadLength = try reader.readInt()
    payloadChecksum = try reader.read(UInt64.self)
    let zeros = try reader.readBytes(16)
    guard try reader.read(UInt64.self) == Checksum.of(Array(bytes[..<56])) else {
      throw .format("is damaged: the checksum of its header is wrong")
    }
    // The message can name only the kinds that this version knows; a later version may have more.
    guard let found = Kind(rawValue: code) else {
      throw .format("must be \(kind.name), got kind \(code), written by version \(library)")
    }
    guard found == kind else { throw .format("must be \(kind.name), got \(found.name)") }
    self.kind = found
    guard version >= 1, version <= newest, zero == 0, zeros.allSatisfy({ $0 == 0 }) else {
      throw .format(
        "has format \(version), written by version \(library); this is version \(LibraryVersion.current), "
          + "which reads formats 1 to \(newest)")
    }
    guard payloadLength >= 0, payloadLength == length - Self.size else {
      throw .format(
        "is \(length < Self.size || payloadLength > length - Self.size ? "cut" : "too long"): "
          + "\(length - Self.size) bytes follow its header, which announces \(payloadLength)")
    }
  }
}

/// The version of this library: major, minor, patch.
package struct LibraryVersion: Sendable, Equatable, CustomStringConvertible {
  package let major: UInt16
  package let minor: UInt16
  package let patch: UInt16

  package init(major: UInt16, minor: UInt16, patch: UInt16) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// The version in the file VERSION and in GMM_VERSION_STRING; a test compares them.
  package static let current = LibraryVersion(major: 0, minor: 1, patch: 0)

  package var description: String { "\(major).\(minor).\(patch)" }
}
