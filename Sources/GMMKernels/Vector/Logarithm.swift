/// Returns log(x) in every lane, for normal positive x.
///
/// x = 2^n m with m in [√½, √2), f = m - 1, s = f / (2 + f), and log m = f - (f²/2 - s (f²/2 + R(s²))) with the minimax
/// polynomial R of degree 7 in s² of Ng (FreeBSD's e_log.c), ln 2 in two parts.
///
/// - Returns: log(x) within 1 unit in the last place; exactly 0 for 1.
@inline(__always)
func naturalLogarithm(_ x: Vector) -> Vector {
  let bits = unsafeBitCast(x, to: Words.self)
  // A significand at or above √2 goes to the next power of two.
  let offset = bits &+ (0x3FF0_0000_0000_0000 - 0x3FE6_A09E_667F_3BCD)
  // 2^52 plus a small integer has that integer in its low bits.
  let magic = unsafeBitCast(offset &>> 52 | 0x4330_0000_0000_0000, to: Vector.self)
  let n = magic - (4_503_599_627_370_496.0 + 1_023.0)
  let significand = offset & 0x000F_FFFF_FFFF_FFFF &+ 0x3FE6_A09E_667F_3BCD
  let f = unsafeBitCast(significand, to: Vector.self) - 1.0
  let s = f / (f + 2.0)
  let z = s * s
  var r = z.multiplied(
    by: Vector(repeating: 1.479819860511658591e-01), adding: Vector(repeating: 1.531383769920937332e-01))
  r = r.multiplied(by: z, adding: Vector(repeating: 1.818357216161805012e-01))
  r = r.multiplied(by: z, adding: Vector(repeating: 2.222219843214978396e-01))
  r = r.multiplied(by: z, adding: Vector(repeating: 2.857142874366239149e-01))
  r = r.multiplied(by: z, adding: Vector(repeating: 3.999999999940941908e-01))
  r = r.multiplied(by: z, adding: Vector(repeating: 6.666666666666735130e-01))
  r *= z
  let half = f * f * 0.5
  let low = n.multiplied(by: Vector(repeating: 1.908_214_929_270_587_7e-10), adding: s * (half + r))
  return n.multiplied(by: Vector(repeating: 6.931_471_803_691_238_2e-01), adding: f - (half - low))
}
