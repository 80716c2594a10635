import GMMKernels

/// Sums of doubles that do not depend on the order or the grouping of the terms.
///
/// A term is an integer on a grid of digits of 32 bits, which is the same for all doubles. Each sum keeps the four
/// highest digits that any of its terms reaches, added up as integers of 64 bits without carries. Lower digits are
/// dropped. A digit that is kept at the end was kept at all times before, so it holds the exact sum over all terms,
/// whatever the order (the argument of Demmel and Nguyen 2015, with integers in place of doubles). The dropped part of
/// each term is below 2⁻⁸⁴ of the largest term, which is far below the rounding of the terms themselves.
///
/// Up to 2³¹ terms fit in a sum. A term that is not finite makes its sum NaN.
package struct ReproducibleSums: Sendable, Equatable {
  /// The number of sums.
  package let count: Int
  /// Four digits for each sum, the lowest first.
  private var digits: [Int64]
  /// The place of each sum's highest digit, 2 … 65; 0 before the first term.
  private var tops: [UInt8]

  private static let depth = 4
  private static let poisoned: UInt8 = 255

  /// Creates `count` empty sums.
  package init(count: Int) {
    self.count = count
    digits = [Int64](repeating: 0, count: Self.depth * count)
    tops = [UInt8](repeating: 0, count: count)
  }

  /// Creates sums from the integers that ``integers`` gave.
  ///
  /// Returns `nil` for integers that no sums have, those of sums with a term that is not finite among them.
  package init?(_ integers: (tops: [UInt8], digits: [Int64])) {
    guard integers.digits.count == Self.depth * integers.tops.count else { return nil }
    for (i, top) in integers.tops.enumerated() {
      let isEmpty = top == 0
      guard isEmpty || (2...65).contains(top) else { return nil }
      if isEmpty, !integers.digits[Self.depth * i..<Self.depth * (i + 1)].allSatisfy({ $0 == 0 }) { return nil }
    }
    count = integers.tops.count
    tops = integers.tops
    digits = integers.digits
  }

  /// The sums as integers, for storage: the place of each sum's highest digit, and four digits of each sum, the lowest
  /// first.
  package var integers: (tops: [UInt8], digits: [Int64]) { (tops, digits) }

  /// Forgets all terms.
  package mutating func clear() {
    for i in digits.indices { digits[i] = 0 }
    for i in tops.indices { tops[i] = 0 }
  }

  /// Adds one term to each sum from `first` on.
  package mutating func add(_ terms: UnsafeBufferPointer<Double>, first: Int = 0) {
    precondition(first >= 0 && first + terms.count <= count)
    digits.withUnsafeMutableBufferPointer { digits in
      tops.withUnsafeMutableBufferPointer { tops in
        for i in terms.indices {
          Self.add(
            terms[i], &tops[first + i], UnsafeMutableBufferPointer(rebasing: digits[(Self.depth * (first + i))...]))
        }
      }
    }
  }

  /// Adds all terms of other sums, of which there are as many.
  package mutating func merge(_ other: ReproducibleSums) {
    precondition(other.count == count)
    for i in 0..<count {
      guard other.tops[i] != 0 else { continue }
      guard other.tops[i] != Self.poisoned, tops[i] != Self.poisoned else {
        tops[i] = Self.poisoned
        continue
      }
      raise(i, to: other.tops[i])
      // Digits of the other that lie below the ones kept here are dropped.
      let shift = Int(tops[i] - other.tops[i])
      for d in min(shift, Self.depth)..<Self.depth {
        digits[Self.depth * i + d - shift] &+= other.digits[Self.depth * i + d]
      }
    }
  }

  /// Returns sum `i`, rounded once.
  package subscript(_ i: Int) -> Double {
    guard tops[i] != 0 else { return 0 }
    guard tops[i] != Self.poisoned else { return .nan }
    // Carries upwards leave digits in 0 ..< 2³² below a signed highest one.
    var carried = (0..<Self.depth).map { digits[Self.depth * i + $0] }
    for d in 0..<(Self.depth - 1) {
      carried[d + 1] &+= carried[d] >> 32
      carried[d] &= 0xFFFF_FFFF
    }
    let lowest = Int(tops[i]) - (Self.depth - 1)
    let high = Int128(carried[3]) << 64 | Int128(UInt64(bitPattern: carried[2] << 32 | carried[1]))
    // The lowest digit counts in full if the higher digits have few bits. Otherwise it only breaks ties.
    let isShort = high.magnitude < 1 << 90
    let whole = isShort ? high << 32 | Int128(carried[0]) : (carried[0] == 0 ? high : high | 1)
    return scalbn(Double(whole), 32 * (isShort ? lowest : lowest + 1) - Self.bias)
  }

  /// The sums, rounded once.
  package var rounded: [Double] { (0..<count).map { self[$0] } }

  /// The exponent of the smallest double, with the opposite sign.
  private static let bias = 1074

  @inline(__always)
  private static func add(_ term: Double, _ top: inout UInt8, _ digits: UnsafeMutableBufferPointer<Int64>) {
    let bits = term.bitPattern
    let exponent = Int(truncatingIfNeeded: bits >> 52) & 0x7FF
    let fraction = bits & 0xF_FFFF_FFFF_FFFF
    guard exponent != 0x7FF, top != poisoned else {
      top = poisoned
      return
    }
    guard exponent != 0 || fraction != 0 else { return }
    let integer = exponent == 0 ? fraction : fraction | 1 << 52
    let place = max(exponent - 1, 0)
    let shift = UInt64(truncatingIfNeeded: place & 31)
    let low = integer << shift
    let high = shift == 0 ? 0 : integer >> (64 - shift)
    let reached = UInt8(truncatingIfNeeded: place >> 5 + 2)
    if reached > top {
      let rise = top == 0 ? depth : Int(reached - top)
      for d in 0..<depth { digits[d] = d + rise < depth ? digits[d + rise] : 0 }
      top = reached
    }
    let sign: Int64 = term < 0 ? -1 : 1
    // The highest digit of the term lies `depth - 1 - gap` places up from the lowest one kept.
    let gap = Int(top - reached)
    if gap <= 3 { digits[3 - gap] &+= sign &* Int64(truncatingIfNeeded: high) }
    if gap <= 2 { digits[2 - gap] &+= sign &* Int64(truncatingIfNeeded: low >> 32) }
    if gap <= 1 { digits[1 - gap] &+= sign &* Int64(truncatingIfNeeded: low & 0xFFFF_FFFF) }
  }

  private mutating func raise(_ i: Int, to top: UInt8) {
    guard top > tops[i] else { return }
    let rise = tops[i] == 0 ? Self.depth : Int(top - tops[i])
    for d in 0..<Self.depth {
      digits[Self.depth * i + d] = d + rise < Self.depth ? digits[Self.depth * i + d + rise] : 0
    }
    tops[i] = top
  }
}
