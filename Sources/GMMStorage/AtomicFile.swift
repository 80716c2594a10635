import CGMMFiles

/// A file that appears whole or not at all: it is written beside its place, synced, and renamed.
///
/// The bytes go to `path` + ``suffix`` in the same folder, so that the rename stays within one file system. The file at
/// `path` is untouched until ``commit(_:version:)`` has brought everything to the disk. The temporary file is locked
/// while it is written, so a second writer of the same path is refused. It is always a new file: that of a killed
/// process is removed first, so at most one such file remains, and where the name belongs to somebody else a number is
/// added to it. So no file that was planted there is written to or put in the place of `path`. An object that is
/// released without a commit removes its temporary file.
package final class AtomicFile: PayloadSink {
  /// The ending of the temporary file's name.
  package static let suffix = ".gmmtmp"

  /// The given path, for messages.
  package let path: String
  /// The final path of the file: `path`, or the file that this link points to.
  private let target: String
  private let temporary: String
  /// The number of names that are tried for the temporary file.
  private static let mostNames = 16
  private var descriptor: Int32
  private let progress: FileProgress?
  private var checksum = Checksum()
  private var length = 0
  /// Bytes that are not written yet because the buffer is not full.
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 16

  /// Opens the temporary file and leaves room for the header if the file has one.
  ///
  /// - Parameter progress: counts the bytes of the payload, and may end the work before the rename.
  /// - Throws: ``StorageError`` of kind `system` for an empty path, a folder that is missing or read-only, a path that
  ///   is a folder, a device or a pipe, and a path that somebody else is writing.
  package init(_ path: String, hasHeader: Bool = true, _ progress: FileProgress? = nil) throws(StorageError) {
    self.path = path
    self.progress = progress
    target = try Self.resolve(path)
    (temporary, descriptor) = try Self.openLocked(beside: target, path)
    buffer.reserveCapacity(Self.bufferSize)
    do throws(StorageError) {
      // The mode is set before the first byte, so that at no time more people can read the new file than the old one.
      // The owner may write, because the file of a killed process could not be taken over otherwise.
      keepMode(adding: 0o200)
      if ftruncate(descriptor, 0) != 0 { throw .system(path, "write") }
      if hasHeader { try writeAll([UInt8](repeating: 0, count: FileHeader.size)) }
    } catch {
      discard()
      throw error
    }
  }

  deinit { discard() }

  /// Refuses a path that is not a file, and follows a link to its target.
  private static func resolve(_ path: String) throws(StorageError) -> String {
    guard !path.isEmpty else { throw StorageError(.system, path, "must not be empty") }
    var status = stat()
    guard stat(path, &status) == 0 else {
      // A missing file is the usual case. Opening the temporary file shows whether its folder can be written to.
      if systemError == ENOENT, !isLink(path) { return path }
      throw .system(path, "open")
    }
    if gmm_files_is_folder(&status) { throw .system(path, "write", code: EISDIR) }
    guard gmm_files_is_regular(&status) else {
      throw StorageError(.system, path, "cannot write: Not a regular file")
    }
    guard isLink(path) else { return path }
    guard let real = realpath(path, nil) else { throw .system(path, "open") }
    defer { free(real) }
    return String(cString: real)
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && gmm_files_is_link(&status)
  }

  /// Makes and locks a temporary file, under the first name that does not belong to somebody else.
  private static func openLocked(beside target: String, _ path: String) throws(StorageError) -> (String, Int32) {
    for number in 0..<mostNames {
      let temporary = target + suffix + (number == 0 ? "" : "\(number)")
      if let descriptor = try openLocked(temporary, path) { return (temporary, descriptor) }
    }
    throw .system(path, "write", code: EEXIST)
  }

  /// Makes and locks a file that did not exist, and makes sure that the locked file still has this name.
  ///
  /// - Returns: `nil` where what has this name is not ours to remove.
  private static func openLocked(_ temporary: String, _ path: String) throws(StorageError) -> Int32? {
    while true {
      let descriptor = openFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode: 0o666)
      if descriptor < 0 {
        guard systemError == EEXIST else { throw .system(path, "write") }
        guard try clear(temporary, path) else { return nil }
        continue
      }
      // On file systems without locks the file stays unlocked. Between making and locking, another writer may have
      // removed it.
      try lock(descriptor, path)
      if hasName(descriptor, temporary) { return descriptor }
      close(descriptor)
    }
  }

  /// Removes the temporary file of a writer that has ended.
  ///
  /// - Returns: whether the name may be tried again: `false` for what is not a file of this user.
  private static func clear(_ temporary: String, _ path: String) throws(StorageError) -> Bool {
    let old = openFile(temporary, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard old >= 0 else { return systemError == ENOENT }
    var status = stat()
    guard fstat(old, &status) == 0, gmm_files_is_regular(&status), status.st_uid == geteuid() else {
      close(old)
      return false
    }
    try lock(old, path)
    defer { close(old) }
    // Nothing is written to it, so another name of the file keeps its contents.
    return !hasName(old, temporary) || unlink(temporary) == 0
  }

  /// Locks a file, or closes it and throws where another writer has the lock.
  private static func lock(_ descriptor: Int32, _ path: String) throws(StorageError) {
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, systemError == EWOULDBLOCK else { return }
    close(descriptor)
    throw StorageError(.system, path, "cannot write: another call or process is writing it")
  }

  /// Returns whether an open file has this name.
  private static func hasName(_ descriptor: Int32, _ name: String) -> Bool {
    var mine = stat()
    var named = stat()
    return fstat(descriptor, &mine) == 0 && lstat(name, &named) == 0 && mine.st_dev == named.st_dev
      && mine.st_ino == named.st_ino
  }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    guard bytes.count > FileProgress.pieceSize else { return try appendPiece(bytes) }
    for start in stride(from: 0, to: bytes.count, by: FileProgress.pieceSize) {
      let end = start + min(FileProgress.pieceSize, bytes.count - start)
      try appendPiece(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }
  }

  private func appendPiece(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    checksum.update(bytes)
    length += bytes.count
    if buffer.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count >= Self.bufferSize {
      try writeAll(bytes)
      try progress?.pass(bytes.count, of: path)
      return
    }
    buffer.append(contentsOf: bytes)
  }

  /// Writes the header, brings everything to the disk, and puts the file in its place.
  ///
  /// - Throws: ``StorageError``. The old file is then unchanged, unless only the folder could not be synced.
  package func commit(_ kind: FileHeader.Kind, version: UInt32) throws(StorageError) {
    try flush()
    let header = FileHeader(kind, version: version, payloadLength: length, payloadChecksum: checksum.value)
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .system(path, "write") }
    try writeAll(header.bytes)
    try commit()
  }

  /// Brings everything to the disk, and puts a file without a header in its place.
  ///
  /// - Throws: as ``commit(_:version:)``.
  package func commit() throws(StorageError) {
    try flush()
    keepMode()
    guard fsync(descriptor) == 0 else { throw .system(path, "sync") }
    // Writing the last bytes may have taken long, so the caller is asked once more.
    try progress?.pass(0, of: path)
    guard rename(temporary, target) == 0 else { throw .system(path, "rename to") }
    close(descriptor)
    descriptor = -1
    try syncFolder()
  }

  /// Removes the temporary file, unless the file has been committed.
  package func discard() {
    guard descriptor >= 0 else { return }
    // The file is removed before closing the descriptor releases the lock, so that it cannot be another writer's file.
    unlink(temporary)
    close(descriptor)
    descriptor = -1
  }

  /// Gives the new file the permissions of the one whose place it takes.
  private func keepMode(adding more: mode_t = 0) {
    var status = stat()
    if stat(target, &status) == 0 { _ = fchmod(descriptor, status.st_mode & 0o7777 | more) }
  }

  /// Brings the folder's new entry to the disk.
  private func syncFolder() throws(StorageError) {
    let parts = target.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let name = parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
    let folder = openFile(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder may be writable but not readable, and some file systems sync no folders. The system then decides when
    // the entry reaches the disk.
    guard folder >= 0 else { return }
    defer { close(folder) }
    if fsync(folder) != 0, systemError != EINVAL, systemError != EROFS { throw .system(path, "sync the folder of") }
  }

  private func flush() throws(StorageError) {
    guard !buffer.isEmpty else { return }
    try writeAll(buffer)
    try progress?.pass(buffer.count, of: path)
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeAll(_ bytes: [UInt8]) throws(StorageError) {
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(StorageError) in try writeAll(bytes) } }
    try result.get()
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    var offset = 0
    while offset < bytes.count {
      let written = write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
      if written > 0 {
        offset += written
      } else if written == 0 || systemError != EINTR {
        throw .system(path, "write", code: written == 0 ? ENOSPC : systemError)
      }
    }
  }
}
