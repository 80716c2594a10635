/// Payloads in memory behind a ``FileHeader``, for values that fit into one array.
package enum SealedBytes {
  /// Returns the header and the payload.
  package static func seal(_ payload: ByteWriter, _ kind: FileHeader.Kind, version: UInt32) -> [UInt8] {
    let header = FileHeader(
      kind, version: version, payloadLength: payload.bytes.count, payloadChecksum: Checksum.of(payload.bytes))
    return header.bytes + payload.bytes
  }

  /// Checks header and checksum, and returns the payload's version and a reader of the payload.
  ///
  /// - Parameter newest: the newest version that can be read.
  /// - Throws: ``StorageError`` of kind `format`.
  package static func open(
    _ bytes: UnsafeRawBufferPointer, _ kind: FileHeader.Kind, newest: UInt32
  ) throws(StorageError) -> (version: UInt32, reader: ByteReader) {
    let source = try MemorySource(bytes, kind, newest: newest)
    return (source.header.version, ByteReader(try source.read(source.remaining)))
  }
}
