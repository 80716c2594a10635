import GMMModel
import GMMStorage

extension RunMonitor {
  /// Runs work on a file, reports the bytes, and finishes.
  ///
  /// - Parameters:
  ///   - bytes: the number of bytes that will be written; 0 for a file that is read.
  ///   - body: the work, which passes the progress on to the file.
  /// - Throws: the errors of `body`, and a ``StorageError`` of kind `cancelled` if the caller cancels before `body`
  ///   begins.
  func watchFile<Result>(
    _ path: String, bytes: Int = 0, _ body: (FileProgress) throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    let file = FileProgress(bytesTotal: bytes, reason: { self.cancellationReason }, while: { !self.pollForStop() })
    progressSoFar = { RunProgress(done: file.bytesDone, of: file.bytesTotal) }
    defer { finish() }
    try file.pass(0, of: path)
    return try body(file)
  }
}
