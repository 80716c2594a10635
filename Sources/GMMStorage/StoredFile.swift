import CGMMFiles

/// A file of this library that is open for reading. Its header and its checksum are right, and its payload is read in
/// order.
///
/// Nothing is allocated for more bytes than the file has. The file is read twice: once in small pieces for the
/// checksum, and once for its contents. It is not mapped, because a mapped file that another process cuts would end
/// this process.
package final class StoredFile: PayloadSource {
  package let path: String
  package let header: FileHeader
  private let descriptor: Int32
  private let progress: FileProgress?
  /// The number of bytes of the payload that are not read yet.
  package private(set) var remaining: Int

  /// Opens and checks a file.
  ///
  /// - Parameters:
  ///   - newest: the newest version of the format that can be read.
  ///   - progress: counts the bytes of the payload, which are read twice, and may end the work.
  /// - Throws: ``StorageError`` of kind `system` if the file cannot be read, and of kind `format` if it is not a file
  ///   of this kind.
  package init(
    _ path: String, _ kind: FileHeader.Kind, newest: UInt32, _ progress: FileProgress? = nil
  ) throws(StorageError) {
    self.path = path
    self.progress = progress
    // The file may be a pipe; opening it must not wait for the other end.
    let descriptor = openFile(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(path, "open") }
    do throws(StorageError) {
      header = try Self.checked(descriptor, path, kind, newest, progress)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    remaining = header.payloadLength
  }

  deinit { close(descriptor) }

  /// Returns whether there is anything at `path`.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  private static func checked(
    _ descriptor: Int32, _ path: String, _ kind: FileHeader.Kind, _ newest: UInt32, _ progress: FileProgress?
  ) throws(StorageError) -> FileHeader {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(path, "read") }
    if gmm_files_is_folder(&status) { throw .system(path, "read", code: EISDIR) }
    guard gmm_files_is_regular(&status) else {
      throw StorageError(.system, path, "cannot read: Not a regular file")
    }
    let length = Int(status.st_size)
    var bytes = [UInt8](repeating: 0, count: min(FileHeader.size, length))
    try readAll(descriptor, path, &bytes)
    let header: FileHeader
    do throws(StorageError) {
      header = try FileHeader(bytes, length: length, kind: kind, newest: newest)
    } catch {
      throw error.at(path)
    }
    progress?.bytesTotal = 2 * header.payloadLength
    var checksum = Checksum()
    var piece = [UInt8](repeating: 0, count: min(1 << 18, header.payloadLength))
    var left = header.payloadLength
    while left > 0 {
      if left < piece.count { piece.removeLast(piece.count - left) }
      try readAll(descriptor, path, &piece)
      piece.withUnsafeBytes { checksum.update($0) }
      left -= piece.count
      try progress?.pass(piece.count, of: path)
    }
    guard checksum.value == header.payloadChecksum else {
      throw StorageError(.format, path, "is damaged: its checksum is wrong")
    }
    guard lseek(descriptor, off_t(FileHeader.size), SEEK_SET) == off_t(FileHeader.size) else {
      throw .system(path, "read")
    }
    return header
  }

  package func read(into memory: UnsafeMutableRawBufferPointer) throws(StorageError) {
    try require(memory.count)
    remaining -= memory.count
    for start in stride(from: 0, to: memory.count, by: FileProgress.pieceSize) {
      let end = start + min(FileProgress.pieceSize, memory.count - start)
      try Self.readAll(descriptor, path, UnsafeMutableRawBufferPointer(rebasing: memory[start..<end]))
      try progress?.pass(end - start, of: path)
    }
  }

  private static func readAll(_ descriptor: Int32, _ path: String, _ bytes: inout [UInt8]) throws(StorageError) {
    let result = bytes.withUnsafeMutableBytes { bytes in
      Result { () throws(StorageError) in try readAll(descriptor, path, bytes) }
    }
    try result.get()
  }

  private static func readAll(
    _ descriptor: Int32, _ path: String, _ bytes: UnsafeMutableRawBufferPointer
  ) throws(StorageError) {
    var offset = 0
    while offset < bytes.count {
      let count = readBytes(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
      if count > 0 {
        offset += count
      } else if count == 0 {
        throw StorageError(.format, path, "is cut: it became shorter while it was read")
      } else if systemError != EINTR {
        throw .system(path, "read")
      }
    }
  }
}
