import GMMKernels
import GMMModel
import GMMStorage

/// The sections of a stored posterior or checkpoint. Each is a name of four letters, four bytes 0, its length in bytes
/// (8 bytes), and its contents.
enum Section: String {
  case model = "MODL"
  case options = "OPTS"
  case observations = "DATA"
  case sampleWeights = "WGHT"
  case columns = "COLS"
  case details = "DETL"
  case identity = "IDEN"
  case chains = "CHNS"
  case draws = "DRAW"
  case assignments = "LABL"
  case labels = "LBLS"
  case until = "UNTL"

  /// The number of bytes before the contents.
  static let headSize = 16
  /// The number of sections of every posterior's file.
  static let posteriorCount = 9

  func head(length: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(Array(rawValue.utf8))
    writer.write(UInt32(0))
    writer.write(length)
    return writer.bytes
  }
}

extension PayloadSink {
  /// Appends a section that was built in memory.
  func append(_ section: Section, _ contents: ByteWriter) throws(StorageError) {
    try append(section.head(length: contents.bytes.count))
    try append(contents.bytes)
  }
}

extension PayloadSource {
  /// Reads the head of a section, which must be next, and returns the length of the contents that follow.
  func head(_ section: Section) throws(StorageError) -> Int {
    var reader = ByteReader(try read(Section.headSize))
    let name = try reader.readBytes(8)
    let length = try reader.readInt()
    guard name == Array(section.rawValue.utf8) + [0, 0, 0, 0], length >= 0, length <= remaining else {
      throw StorageError(.format, path, "lacks its section \(section.rawValue)")
    }
    return length
  }

  /// Reads the head of a section whose length follows from earlier sections.
  func head(_ section: Section, length: Int) throws(StorageError) {
    let found = try head(section)
    guard found == length else {
      throw StorageError(.format, path, "section \(section.rawValue) must have \(length) bytes, got \(found)")
    }
  }

  /// Reads a section into memory.
  func section(_ section: Section) throws(StorageError) -> ByteReader { ByteReader(try read(try head(section))) }

  /// Runs `body` and names this file, if it is one, in its errors.
  func naming<Result>(_ body: () throws(StorageError) -> Result) throws(StorageError) -> Result {
    do throws(StorageError) {
      return try body()
    } catch {
      throw error.path.isEmpty ? error.at(path) : error
    }
  }
}
