/// Words that are rotated to the left.
///
/// Without a rotating instruction, the two halves are kept apart until they are used. If they were joined at once, the
/// compiler would see a rotation and do it lane by lane.
struct Rotated {
  #if GMM_AVX512
    let value: Words
  #else
    private let high: Words
    private let low: Words

    @inline(__always)
    var value: Words { high | low }
  #endif

  @inline(__always)
  init(_ words: Words, by count: UInt64) {
    #if GMM_AVX512
      value = words &<< count | words &>> (64 - count)
    #else
      high = words &<< count
      low = words &>> (64 - count)
    #endif
  }
}
