/// The words of ``KeyedNumbers/parameters`` with a flaw, which shows that the battery sees such flaws: xoshiro256++
/// started from seed, chain and iteration themselves, instead of from a key that mixes them.
struct UnmixedWords {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  init(seed: UInt64, chain: UInt64, iteration: UInt64) { (s0, s1, s2, s3) = (seed, chain, iteration, 1) }

  mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = (sum &<< 23 | sum &>> 41) &+ s0
    let t = s1 &<< 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = s3 &<< 45 | s3 &>> 19
    return result
  }
}
