/// The progress of reading or writing a file, and the question whether to go on.
///
/// ``AtomicFile`` and ``StoredFile`` ask after at most ``pieceSize`` bytes, on the thread that writes or reads.
package final class FileProgress {
  /// The number of bytes that have been written or read; bytes that are read twice count twice.
  package private(set) var bytesDone = 0
  /// The number of bytes in all; 0 until it is known.
  package internal(set) var bytesTotal: Int
  private let isWanted: () -> Bool
  private let reason: () -> String

  /// The largest number of bytes between two questions.
  package static let pieceSize = 1 << 20

  /// - Parameters:
  ///   - bytesTotal: the number of bytes that will be written; a file that is read knows its own number.
  ///   - reason: says in words why the work has ended.
  ///   - isWanted: `false` ends the work.
  package init(
    bytesTotal: Int = 0, reason: @escaping () -> String = { "the caller cancelled" },
    while isWanted: @escaping () -> Bool
  ) {
    self.bytesTotal = bytesTotal
    self.isWanted = isWanted
    self.reason = reason
  }

  /// Counts bytes, and asks whether to go on.
  ///
  /// - Throws: ``StorageError`` of kind `cancelled`.
  package func pass(_ bytes: Int, of path: String) throws(StorageError) {
    bytesDone += bytes
    guard isWanted() else { throw StorageError(.cancelled, path, reason()) }
  }
}
