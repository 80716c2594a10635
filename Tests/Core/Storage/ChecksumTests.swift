import GMMStorage
import Testing

/// XXH64 agrees with the reference implementation (xxHash 0.8, through its Python binding).
@Suite struct ChecksumTests {
  /// (bytes, XXH64 with seed 0, with seed 0x9E3779B97F4A7C15) of byte i = i² + 7 i + 3.
  static let vectors: [(Int, UInt64, UInt64)] = [
    (0, 0xEF46_DB37_51D8_E999, 0xC434_9FC9_3C01_0000),
    (1, 0x1F25_C8D0_BC1F_4BB6, 0x7982_6BCD_749D_267A),
    (3, 0x0392_5F88_1277_ED8A, 0x74F8_5F91_A7D5_6E72),
    (4, 0xBB19_9537_CF42_FA2D, 0xA268_8B6C_B7B4_046D),
    (7, 0xF9CA_F656_1DC2_F2CC, 0xBD44_984B_3198_3412),
    (8, 0xF1FA_9F9C_6F97_69C9, 0xB52A_6A20_EB3C_6840),
    (31, 0xAB0F_2550_D70D_4AF5, 0x5CEC_B6B8_0867_53DF),
    (32, 0x6E11_0801_EEEA_F7C8, 0x5B52_542C_1294_9EFE),
    (33, 0xC297_56A3_5D78_DF17, 0x4E41_6175_B778_BEB6),
    (63, 0xC80F_552C_40DD_FD81, 0x7206_243A_0730_778B),
    (64, 0xA410_2A8C_8C51_E2B4, 0x603A_1393_4522_DDD3),
    (100, 0x958B_C87A_8531_9D2A, 0x36EC_C0F7_E37D_060A),
    (1000, 0xD1FA_83CB_03A9_542A, 0x2BF7_D4A5_F64F_87EE),
  ]

  static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 + 7 * $0 + 3) } }

  @Test(arguments: vectors)
  func checksumEqualsTheReferenceImplementation(_ vector: (count: Int, plain: UInt64, seeded: UInt64)) {
    let bytes = Self.bytes(vector.count)
    #expect(Checksum.of(bytes) == vector.plain)
    var seeded = Checksum(seed: 0x9E37_79B9_7F4A_7C15)
    bytes.withUnsafeBytes { seeded.update($0) }
    #expect(seeded.value == vector.seeded)
  }

  @Test func checksumOfPartsEqualsThatOfTheWhole() {
    let bytes = Self.bytes(150)
    for first in 0...70 {
      for second in [0, 1, 5, 31, 32, 33, 64] where first + second <= bytes.count {
        var checksum = Checksum()
        bytes.withUnsafeBytes { all in
          checksum.update(UnsafeRawBufferPointer(rebasing: all[..<first]))
          checksum.update(UnsafeRawBufferPointer(rebasing: all[first..<first + second]))
          checksum.update(UnsafeRawBufferPointer(rebasing: all[(first + second)...]))
        }
        #expect(checksum.value == Checksum.of(bytes), "cut at \(first) and \(first + second)")
      }
    }
  }

  @Test func everyBitChangesTheChecksum() {
    var bytes = Self.bytes(200)
    let original = Checksum.of(bytes)
    for bit in 0..<8 * bytes.count {
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(Checksum.of(bytes) != original, "bit \(bit)")
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }
}
