import GMMStorage

extension Checksum {
  /// Returns the checksum of numbers by their bytes in memory.
  static func of(_ values: UnsafeBufferPointer<Double>) -> UInt64 {
    var checksum = Checksum()
    checksum.update(UnsafeRawBufferPointer(values))
    return checksum.value
  }
}
