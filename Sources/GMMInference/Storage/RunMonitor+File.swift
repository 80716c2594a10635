import GMMModel
import GMMStorage

extension RunMonitor {
  /// Runs work on a file, whose bytes are what is reported, and finishes.
  ///
  /// - Parameters:
  ///   - bytes: the bytes that will be written; 0 for a file that is read.
  ///   - body: hands the progress on to the file.
  /// - Throws: what `body` throws, and a ``StorageError`` of kind `cancelled` where the caller cancels before it begins.
  func watchFile<Result>(
    _ path: String, bytes: Int = 0, _ body: (FileProgress) throws(StorageError) -> Result
  ) throws(StorageError) -> Result {
    let file = FileProgress(bytesTotal: bytes) { !self.pollForStop() }
    progressSoFar = { RunProgress(done: file.bytesDone, of: file.bytesTotal) }
    defer { finish() }
    try file.pass(0, of: path)
    return try body(file)
  }
}
