/// Draws the number of copies of each weighted point that go to each component.
///
/// The point's label is the component of its first copy. The components of the other copies are one multinomial draw,
/// by conditional binomials.
struct CopyDraws {
  let points: BlockPoints
  let components: Int
  let scratch: BlockScratch
  let weights: UnsafePointer<Double>
  private var stream: RandomStream

  init(
    points: BlockPoints, components: Int, scratch: BlockScratch, weights: UnsafePointer<Double>, _ key: StreamKey
  ) {
    self.points = points
    self.components = components
    self.scratch = scratch
    self.weights = weights
    // The stream has a key of its own, which is two words longer. So it shares no numbers with the first copies.
    stream = RandomStream(key.at(iteration: 0, block: 0))
  }

  /// Replaces the running sums of shares in the rows of a panel by the copies' counts, which are 0 in lanes without a
  /// point.
  @inline(never)
  mutating func draw(_ groups: Range<Int>, chunk: Int, _ labels: UnsafeMutablePointer<UInt8>) {
    let stride = scratch.plan.rowStride
    // SAFETY: a vector consists of doubles.
    let rows = UnsafeMutableRawPointer(scratch.shares(0)).assumingMemoryBound(to: Double.self)
    let copies = scratch.numbers
    for i in groups.lowerBound * laneCount..<groups.upperBound * laneCount {
      let column = rows + (i - chunk * laneCount)
      for k in 0..<components { copies[k] = 0 }
      if i < points.count {
        let count = weights[i]
        if count > 0 {
          copies[Int(labels[i])] = 1
          drawOthers(count - 1, column, stride, copies)
        }
      }
      for k in 0..<components { column[k * stride] = copies[k] }
    }
  }

  /// Returns a component with the probabilities whose running sums are given.
  private mutating func component(_ cumulative: UnsafePointer<Double>, _ stride: Int) -> Int {
    let last = components - 1
    // A multiple of 2^-52 below 1 stays below the total when it is multiplied by it and rounded.
    let target = min(stream.uniform(), 1 - 0x1p-52) * cumulative[last * stride]
    var k = 0
    while k < last, cumulative[k * stride] <= target { k += 1 }
    return k
  }

  /// Adds `count` copies to components with the probabilities whose running sums are given.
  private mutating func drawOthers(
    _ count: Double, _ cumulative: UnsafePointer<Double>, _ stride: Int, _ copies: UnsafeMutablePointer<Double>
  ) {
    if count <= 16 {
      for _ in 0..<Int(count) { copies[component(cumulative, stride)] += 1 }
      return
    }
    var rest = count
    var k = components - 1
    // The loop goes from the last component down. Of the copies among components 0...k, component k's fraction is 1 -
    // below / upTo.
    while k > 0, rest > 0 {
      let (upTo, below) = (cumulative[k * stride], cumulative[(k - 1) * stride])
      let drawn = stream.binomial(rest, (upTo - below) / upTo)
      copies[k] += drawn
      rest -= drawn
      // Components without a share get no copies, not even by rounding.
      if below == 0 { break }
      k -= 1
    }
    copies[k] += rest
  }
}
