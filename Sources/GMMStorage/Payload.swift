/// A place that takes the bytes of a payload in order: a file, or memory.
package protocol PayloadSink: AnyObject {
  /// Appends bytes to the payload.
  func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError)
}

extension PayloadSink {
  /// Appends bytes to the payload.
  package func append(_ bytes: [UInt8]) throws(StorageError) {
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(StorageError) in try append(bytes) } }
    try result.get()
  }

  /// Appends numbers to the payload, little-endian.
  package func append(_ values: UnsafeBufferPointer<Double>) throws(StorageError) {
    #if _endian(little)
      try append(UnsafeRawBufferPointer(values))
    #else
      for value in values { try append(Array(withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) })) }
    #endif
  }
}

/// A payload of a file or of memory, which is read in order. Its header and its checksum are right.
package protocol PayloadSource: AnyObject {
  /// The path of the file, for messages; empty for memory.
  var path: String { get }
  var header: FileHeader { get }
  /// The number of bytes of the payload that are not read yet.
  var remaining: Int { get }
  /// Fills memory with the next bytes of the payload.
  func read(into memory: UnsafeMutableRawBufferPointer) throws(StorageError)
}

extension PayloadSource {
  /// Reads the next bytes of the payload into an array.
  package func read(_ count: Int) throws(StorageError) -> [UInt8] {
    // The bytes are counted before memory for them is allocated.
    try require(count)
    var bytes = [UInt8](repeating: 0, count: count)
    let result = bytes.withUnsafeMutableBytes { bytes in
      Result { () throws(StorageError) in try read(into: bytes) }
    }
    try result.get()
    return bytes
  }

  /// Fills memory with the next numbers of the payload.
  package func read(into values: UnsafeMutableBufferPointer<Double>) throws(StorageError) {
    try read(into: UnsafeMutableRawBufferPointer(values))
    #if _endian(big)
      for i in values.indices { values[i] = Double(bitPattern: UInt64(littleEndian: values[i].bitPattern)) }
    #endif
  }

  /// Refuses bytes that have not been read.
  package func finish() throws(StorageError) {
    guard remaining == 0 else { throw StorageError(.format, path, "\(remaining) bytes follow the end") }
  }

  /// Refuses to read more bytes than there are.
  func require(_ count: Int) throws(StorageError) {
    guard count >= 0, count <= remaining else {
      throw StorageError(.format, path, "\(count) bytes are announced where \(remaining) are left")
    }
  }
}
