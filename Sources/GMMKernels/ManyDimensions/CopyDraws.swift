/// Draws the number of copies of each weighted point that go to each component.
///
/// The point's label is the component of the first whole copy. The components of the other whole copies are one
/// multinomial draw, by conditional binomials. The fraction f of the weight is a copy that counts f. It goes to
/// component k with a probability in proportion to (exp q_k)^f, because that is its factor in the joint density of
/// points and components.
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

  /// Draws the components of the fractions from the log shares in the rows of a panel, in the order of the points.
  @inline(never)
  mutating func drawFractions(_ groups: Range<Int>, chunk: Int) {
    let start = scratch.shares(0)
    let stride = scratch.shareStride
    for group in groups {
      for pass in 0..<passCount {
        let first = group * laneCount + pass * vectorWidth
        var fractions = Vector.zero
        var uniforms = Vector.zero
        for lane in 0..<vectorWidth where first + lane < points.count {
          let weight = weights[first + lane]
          fractions[lane] = weight - weight.rounded(.down)
          if fractions[lane] > 0 { uniforms[lane] = stream.uniform() }
        }
        guard fractions != .zero else { continue }
        let row = start + (group - chunk) * passCount + pass
        let labels = fractionLabels(row, stride, fractions, uniforms)
        for lane in 0..<vectorWidth { scratch.order[first + lane] = UInt16(truncatingIfNeeded: labels[lane]) }
      }
    }
  }

  /// Returns components for one vector of points, drawn with probabilities in proportion to (exp q_k)^f from the log
  /// shares in a row.
  @inline(__always)
  private func fractionLabels(
    _ row: UnsafePointer<Vector>, _ stride: Int, _ fractions: Vector, _ uniforms: Vector
  ) -> Words {
    var largest = row[0]
    for k in 1..<max(components, 1) { largest.replace(with: row[k &* stride], where: row[k &* stride] .> largest) }
    var total = Vector.zero
    for k in 0..<components { total += exponential(fractions * (row[k &* stride] - largest)) }
    // The loop takes the same sum again, which passes the target at the latest when it reaches the total.
    let target = uniforms * total
    var sum = Vector.zero
    var label = Words.zero
    for k in 0..<components - 1 {
      sum += exponential(fractions * (row[k &* stride] - largest))
      label.replace(with: Words(repeating: UInt64(k) + 1), where: sum .<= target)
    }
    return label
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
        let weight = weights[i]
        let whole = weight.rounded(.down)
        if whole > 0 {
          copies[Int(labels[i])] = 1
          drawWhole(whole - 1, column, stride, copies)
        }
        if weight > whole {
          let component = scratch.order[i]
          copies[Int(component)] += weight - whole
          // Without a whole copy, the label is the component of the fraction.
          if whole == 0 { labels[i] = UInt8(truncatingIfNeeded: component) }
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
  private mutating func drawWhole(
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
