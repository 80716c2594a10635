/// How far the bytes of a file have come, and whether they are to go on.
///
/// ``AtomicFile`` and ``StoredFile`` ask after at most ``pieceSize`` bytes, on the thread that writes or reads.
package final class FileProgress {
  /// Bytes that have been written or read, those read twice counted twice.
  package private(set) var bytesDone = 0
  /// Bytes in all; 0 until it is known.
  package internal(set) var bytesTotal: Int
  private let isWanted: () -> Bool

  /// The most bytes between two questions.
  package static let pieceSize = 1 << 20

  /// - Parameters:
  ///   - bytesTotal: the bytes that will be written; what is read says so itself.
  ///   - isWanted: `false` ends the work.
  package init(bytesTotal: Int = 0, while isWanted: @escaping () -> Bool) {
    self.bytesTotal = bytesTotal
    self.isWanted = isWanted
  }

  /// Counts bytes, and asks whether to go on.
  ///
  /// - Throws: ``StorageError`` of kind `cancelled`.
  package func pass(_ bytes: Int, of path: String) throws(StorageError) {
    bytesDone += bytes
    guard isWanted() else { throw StorageError(.cancelled, path, "the caller cancelled") }
  }
}
