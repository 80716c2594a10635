/// XXH64 (Collet, "xxHash fast digest algorithm", specification 0.1.1): 64 bits over bytes that come in parts.
///
/// It guards against accidents, not against forgers: a change goes unseen with probability 2⁻⁶⁴. It is chosen over
/// CRC-32C for two reasons. 32 bits are few for files of gigabytes. XXH64 needs no instruction beyond multiplication,
/// so plain Swift hashes several gigabytes per second on any processor.
package struct Checksum: Sendable {
  private var lanes: SIMD4<UInt64>
  private let seed: UInt64
  private var length: UInt64 = 0
  /// Up to 31 bytes that do not fill a stripe yet.
  private var pending: [UInt8] = []

  private static let stripe = 32
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  package init(seed: UInt64 = 0) {
    self.seed = seed
    lanes = SIMD4(
      seed &+ Self.prime1 &+ Self.prime2, seed &+ Self.prime2, seed, seed &- Self.prime1)
  }

  /// Returns the checksum of bytes.
  package static func of(_ bytes: [UInt8]) -> UInt64 {
    var checksum = Checksum()
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.value
  }

  /// Adds bytes to the checksum.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var start = 0
    if !pending.isEmpty {
      start = min(Self.stripe - pending.count, bytes.count)
      pending.append(contentsOf: bytes[..<start])
      guard pending.count == Self.stripe else { return }
      pending.withUnsafeBytes { consume($0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = (bytes.count - start) / Self.stripe * Self.stripe
    consume(UnsafeRawBufferPointer(rebasing: bytes[start..<start + whole]))
    pending.append(contentsOf: bytes[(start + whole)...])
  }

  /// Adds bytes that fill whole stripes.
  private mutating func consume(_ bytes: UnsafeRawBufferPointer) {
    var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
    var offset = 0
    while offset < bytes.count {
      a = Self.round(a, Self.word(bytes, offset))
      b = Self.round(b, Self.word(bytes, offset + 8))
      c = Self.round(c, Self.word(bytes, offset + 16))
      d = Self.round(d, Self.word(bytes, offset + 24))
      offset += Self.stripe
    }
    lanes = SIMD4(a, b, c, d)
  }

  /// The checksum of all bytes so far.
  package var value: UInt64 {
    var hash: UInt64
    if length >= UInt64(Self.stripe) {
      hash = rotated(lanes[0], 1) &+ rotated(lanes[1], 7) &+ rotated(lanes[2], 12) &+ rotated(lanes[3], 18)
      for i in 0..<4 { hash = (hash ^ Self.round(0, lanes[i])) &* Self.prime1 &+ Self.prime4 }
    } else {
      hash = seed &+ Self.prime5
    }
    hash &+= length
    pending.withUnsafeBytes { rest in
      var offset = 0
      while offset + 8 <= rest.count {
        hash = rotated(hash ^ Self.round(0, Self.word(rest, offset)), 27) &* Self.prime1 &+ Self.prime4
        offset += 8
      }
      if offset + 4 <= rest.count {
        let half = UInt64(UInt32(littleEndian: rest.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        hash = rotated(hash ^ half &* Self.prime1, 23) &* Self.prime2 &+ Self.prime3
        offset += 4
      }
      while offset < rest.count {
        hash = rotated(hash ^ UInt64(rest[offset]) &* Self.prime5, 11) &* Self.prime1
        offset += 1
      }
    }
    hash = (hash ^ hash &>> 33) &* Self.prime2
    hash = (hash ^ hash &>> 29) &* Self.prime3
    return hash ^ hash &>> 32
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotated(lane &+ word &* prime2, 31) &* prime1
  }
}

@inline(__always)
private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word &<< bits | word &>> (64 &- bits) }
