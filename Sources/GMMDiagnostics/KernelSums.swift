#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The sum Σᵢ exp(−(x − xᵢ)²/(2 h²)) at any x, prepared in time proportional to the number of values.
///
/// Values are spread over nodes δ = h/10 apart (``NodeWeights``), the nodes are convolved with the Gaussian (``NodeSums``), and
/// the sum at x is interpolated from twelve nodes. Spreading and interpolating make an error of 5.7 · 10⁻¹³ of a
/// Gaussian's maximum each. Kernels are cut at 8 h, where they are 10⁻¹⁴. The largest errors of a kernel at distances of 0 to
/// 1, 1 to 2, … bandwidths are 1.1 · 10⁻¹², 0.8 · 10⁻¹², 0.3 · 10⁻¹², 0.1 · 10⁻¹² and less, over all places of value and point
/// between nodes, and sum to 2.3 · 10⁻¹².
///
/// Let N be the largest number of values in an interval of length h. The largest sum is at least N exp(−1/8), taken in the
/// middle of that interval. At any point the errors of all values add up to at most 2 N · 2.3 · 10⁻¹². So the error is below
/// 5.3 · 10⁻¹² of the largest sum, however many values there are.
///
/// A position in units of δ is rounded to 10⁻¹⁶ of itself, twice for a value and twice for x, and the slope of a Gaussian
/// in these units is 0.06. One segment of nodes takes all values only where it has at most 2 n + 65,536 nodes, and at most
/// 2²¹, so that the error stays below 10⁻¹⁰. Otherwise values are sorted and cut into short segments, and those of few
/// values are summed term by term.
struct KernelSums: Sendable {
  /// The number of nodes in a bandwidth.
  static let nodesPerBandwidth = 10
  /// The number of nodes within reach of a kernel on either side.
  static let reach = 8 * nodesPerBandwidth
  /// The length of a segment of sorted values, in bandwidths.
  private static let segmentLength = 32.0
  /// The number of values below which a segment is summed term by term.
  private static let leastSpread = 64

  /// The values of a part of the line, in ascending order of the parts.
  private struct Segment: Sendable {
    /// The smallest and the largest value.
    let range: ClosedRange<Double>
    /// The place of the sums at its nodes; `nil` where terms are summed.
    let nodes: Int?
    /// The places of its values.
    let values: Range<Int>
  }

  private let segments: [Segment]
  /// Ascending where there are several segments.
  private let values: [Double]
  private let nodes: SharedNumbers
  private let inverse: Double

  /// - Parameters:
  ///   - values: not empty.
  ///   - range: the smallest and the largest value.
  ///   - bandwidth: positive, with a finite inverse.
  init(of values: [Double], range: ClosedRange<Double>, bandwidth: Double, _ watch: Watch) throws(Stopped) {
    inverse = 1 / bandwidth
    let density = Double(Self.nodesPerBandwidth) * inverse
    if (range.upperBound - range.lowerBound) * density <= Double(min(2 * values.count + 65_536, 1 << 21)) {
      self.values = values
      segments = [Segment(range: range, nodes: 0, values: values.indices)]
      nodes = try SharedNumbers(zeros: NodeSums.count(range, density), watch)
      try NodeSums.add(values, values.indices, range, density, to: nodes.base, watch)
      return
    }
    let sorted = try SortedDraws(sorting: values, watch).values
    let (segments, nodeCount) = try Self.cut(sorted, length: Self.segmentLength * bandwidth, density, watch)
    let nodes = try SharedNumbers(zeros: nodeCount, watch)
    let perBlock = 64
    try watch.share(
      blocks: (segments.count + perBlock - 1) / perBlock, microsecondsPerBlock: 10 * Double(perBlock)
    ) { (block, watch) throws(Stopped) in
      for segment in segments[block * perBlock..<min((block + 1) * perBlock, segments.count)] {
        guard let first = segment.nodes else { continue }
        try NodeSums.add(sorted, segment.values, segment.range, density, to: nodes.base + first, watch)
      }
    }
    self.values = sorted
    self.segments = segments
    self.nodes = nodes
  }

  /// Cuts ascending values into segments that are at most `length` long, and counts the nodes of all.
  private static func cut(
    _ sorted: [Double], length: Double, _ density: Double, _ watch: Watch
  ) throws(Stopped) -> (segments: [Segment], nodeCount: Int) {
    var segments: [Segment] = []
    var nodeCount = 0
    func append(_ values: Range<Int>) {
      let range = sorted[values.lowerBound]...sorted[values.upperBound - 1]
      let hasNodes = values.count >= leastSpread
      segments.append(Segment(range: range, nodes: hasNodes ? nodeCount : nil, values: values))
      if hasNodes { nodeCount += NodeSums.count(range, density) }
    }
    var start = 0
    for piece in Pieces(of: sorted.count) {
      try watch.pass(piece.count)
      for index in piece where sorted[index] - sorted[start] > length {
        append(start..<index)
        start = index
      }
    }
    append(start..<sorted.count)
    return (segments, nodeCount)
  }

  /// Calls `body` with a function that returns the sum at a place, which is 0 beyond the reach of all values.
  func withSum(_ body: (_ sum: (_ place: Double) -> Double) -> Void) {
    // The arrays are entered once for many places.
    segments.withUnsafeBufferPointer { segments in
      values.withUnsafeBufferPointer { values in
        let (nodes, inverse) = (nodes.base, inverse)
        body { place in Self.sum(at: place, segments, values, nodes, inverse) }
      }
    }
  }

  @inline(__always)
  private static func sum(
    at place: Double, _ segments: UnsafeBufferPointer<Segment>, _ values: UnsafeBufferPointer<Double>,
    _ nodes: UnsafeMutablePointer<Double>, _ inverse: Double
  ) -> Double {
    let reach = Double(reach / nodesPerBandwidth) / inverse
    // The first segment whose largest value is within reach.
    var (index, end) = (0, segments.count)
    while index < end {
      let middle = (index + end) / 2
      if segments[middle].range.upperBound >= place - reach { end = middle } else { index = middle + 1 }
    }
    var total = 0.0
    while index < segments.count, segments[index].range.lowerBound <= place + reach {
      let segment = segments[index]
      if let first = segment.nodes {
        total += NodeSums.sum(at: place, segment.range, inverse * Double(nodesPerBandwidth), nodes + first)
      } else {
        for index in segment.values {
          let u = (place - values[index]) * inverse
          total += exp(-0.5 * u * u)
        }
      }
      index += 1
    }
    return total
  }
}

/// Numbers that the threads of a computation write at different places.
final class SharedNumbers: @unchecked Sendable {
  let base: UnsafeMutablePointer<Double>

  init(zeros count: Int, _ watch: Watch) throws(Stopped) {
    base = .allocate(capacity: count)
    for piece in Pieces(of: count) {
      try watch.pass(piece.count)
      (base + piece.lowerBound).initialize(repeating: 0, count: piece.count)
    }
  }

  deinit { base.deallocate() }
}
