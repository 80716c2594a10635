/// A payload that is written into memory of its size, behind a ``FileHeader``. The bytes are those of a file.
package final class MemorySink: PayloadSink {
  private let memory: UnsafeMutableRawBufferPointer
  private let progress: FileProgress?
  private var checksum = Checksum()
  private var length = 0

  /// - Parameters:
  ///   - memory: room for the header and for the payload, at least a header's. It lives as long as this object.
  ///   - progress: counts the bytes of the payload, and may end the work.
  package init(_ memory: UnsafeMutableRawBufferPointer, _ progress: FileProgress? = nil) {
    self.memory = memory
    self.progress = progress
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    for start in stride(from: 0, to: bytes.count, by: FileProgress.pieceSize) {
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + FileProgress.pieceSize, bytes.count)])
      let place = FileHeader.size + length
      guard piece.count <= memory.count - place else { throw .format("does not fit its \(memory.count) bytes") }
      UnsafeMutableRawBufferPointer(rebasing: memory[place..<place + piece.count]).copyMemory(from: piece)
      checksum.update(piece)
      length += piece.count
      try progress?.pass(piece.count, of: "")
    }
  }

  /// Writes the header.
  package func commit(_ kind: FileHeader.Kind, version: UInt32) {
    let header = FileHeader(kind, version: version, payloadLength: length, payloadChecksum: checksum.value)
    memory.copyBytes(from: header.bytes)
  }
}

/// A payload in memory behind a ``FileHeader``.
package final class MemorySource: PayloadSource {
  package let path = ""
  package let header: FileHeader
  private var rest: UnsafeRawBufferPointer
  private let progress: FileProgress?

  /// Checks header and checksum.
  ///
  /// - Parameters:
  ///   - bytes: the header and the payload, which live as long as this object and do not change.
  ///   - newest: the newest version of the format that can be read.
  ///   - progress: counts the bytes of the payload, which are read twice, and may end the work.
  /// - Throws: ``StorageError`` of kind `format`.
  package init(
    _ bytes: UnsafeRawBufferPointer, _ kind: FileHeader.Kind, newest: UInt32, _ progress: FileProgress? = nil
  ) throws(StorageError) {
    header = try FileHeader(Array(bytes.prefix(FileHeader.size)), length: bytes.count, kind: kind, newest: newest)
    rest = UnsafeRawBufferPointer(rebasing: bytes[FileHeader.size...])
    self.progress = progress
    progress?.bytesTotal = 2 * rest.count
    var checksum = Checksum()
    for start in stride(from: 0, to: rest.count, by: FileProgress.pieceSize) {
      let piece = UnsafeRawBufferPointer(rebasing: rest[start..<min(start + FileProgress.pieceSize, rest.count)])
      checksum.update(piece)
      try progress?.pass(piece.count, of: "")
    }
    guard checksum.value == header.payloadChecksum else { throw .format("is damaged: its checksum is wrong") }
  }

  package var remaining: Int { rest.count }

  package func read(into memory: UnsafeMutableRawBufferPointer) throws(StorageError) {
    try require(memory.count)
    for start in stride(from: 0, to: memory.count, by: FileProgress.pieceSize) {
      let count = min(FileProgress.pieceSize, memory.count - start)
      let piece = UnsafeRawBufferPointer(rebasing: rest[..<count])
      UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count]).copyMemory(from: piece)
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      try progress?.pass(count, of: "")
    }
  }
}
