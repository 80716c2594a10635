#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The kernels of the values of one part of the line, summed at equally spaced nodes; see ``KernelSums``.
///
/// A range of values has nodes from its smallest value on, and a margin of nodes on either side. `density` is the number
/// of nodes in a unit.
enum NodeSums {
  /// The nodes on either side of the values: those in reach, and the neighbours from which they are interpolated.
  private static let margin = KernelSums.reach + NodeWeights.count

  /// The number of doubles that the sums at the nodes of a range of values take.
  static func count(_ range: ClosedRange<Double>, _ density: Double) -> Int {
    // The last vector of nodes may be half used.
    Int((range.upperBound - range.lowerBound) * density) + 1 + 2 * margin + 7
  }

  /// Sums the kernels of values at their nodes.
  ///
  /// - Parameters:
  ///   - values: holds the values.
  ///   - part: the places of the values, not empty.
  ///   - range: the smallest and the largest value.
  ///   - sums: receives ``count(_:_:)`` sums.
  static func add(
    _ values: [Double], _ part: Range<Int>, _ range: ClosedRange<Double>, _ density: Double,
    to sums: UnsafeMutablePointer<Double>, _ watch: Watch
  ) throws(Stopped) {
    let count = count(range, density)
    let rowLength = count + 2 * KernelSums.reach
    // Each slice of many values has nodes of its own, which are added in order, so threads change no bit.
    let slices = max(1, min(32, part.count / (4 * max(rowLength, 4096))))
    let spread = try SharedNumbers(zeros: slices * rowLength, watch)
    try watch.share(
      blocks: slices, microsecondsPerBlock: 0.015 * Double(part.count / slices)
    ) { (slice, watch) throws(Stopped) in
      let first = part.lowerBound + part.count * slice / slices
      let last = part.lowerBound + part.count * (slice + 1) / slices
      let row = spread.base + (slice * rowLength + KernelSums.reach + margin)
      try values.withUnsafeBufferPointer { (values) throws(Stopped) in
        // A value costs as much as several of other loops.
        let size = Pieces.size / 4
        for start in stride(from: first, to: last, by: size) {
          try watch.pass(4 * size)
          let piece = values[start..<min(start + size, last)]
          Self.spread(UnsafeBufferPointer(rebasing: piece), origin: range.lowerBound, density: density, over: row)
        }
      }
    }
    for slice in stride(from: 1, to: slices, by: 1) {
      try watch.pass(rowLength)
      for node in 0..<rowLength { spread.base[node] += spread.base[slice * rowLength + node] }
    }

    let kernel = (0...KernelSums.reach).map { step in
      let u = Double(step) / Double(KernelSums.nodesPerBandwidth)
      return exp(-0.5 * u * u)
    }
    // SAFETY: the sums outlive the call, which returns when all threads have.
    nonisolated(unsafe) let sums = sums
    let blockSize = 1024
    try watch.share(
      blocks: (count + blockSize - 1) / blockSize, microsecondsPerBlock: 20
    ) { (block, watch) throws(Stopped) in
      let nodes = block * blockSize..<min((block + 1) * blockSize, count)
      try watch.pass(32 * nodes.count)
      convolve(spread.base + KernelSums.reach, with: kernel, into: sums, nodes)
    }
  }

  /// Spreads values over the nodes around them.
  ///
  /// - Parameters:
  ///   - origin: the place of the first node.
  ///   - nodes: the first node, with a margin of nodes on either side of all values.
  private static func spread(
    _ values: UnsafeBufferPointer<Double>, origin: Double, density: Double, over nodes: UnsafeMutablePointer<Double>
  ) {
    let factors = NodeWeights.factors
    guard let base = values.baseAddress else { return }
    withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: NodeWeights.count) { weights in
      // SAFETY: the allocation has room for the weights, and is read as the scalars that it consists of.
      guard let weights = weights.baseAddress else { return }
      let lanes = UnsafeRawPointer(weights).assumingMemoryBound(to: Double.self)
      for start in stride(from: 0, to: values.count, by: 8) {
        let filled = min(8, values.count - start)
        var position = SIMD8<Double>(repeating: origin)
        if filled == 8 {
          position = Reductions.load(base + start)
        } else {
          for lane in 0..<filled { position[lane] = base[start + lane] }
        }
        position = (position - origin) * density
        // Positions are not negative. Truncation is an instruction of every processor, unlike rounding down.
        var whole = SIMD8<Double>.zero
        for lane in 0..<8 { whole[lane] = Double(Int(position[lane])) }
        NodeWeights.compute(position - whole, factors, into: weights)
        for lane in 0..<filled {
          // SAFETY: a value lies between the first and the last node, and the margin holds the nodes around it.
          let node = nodes + (Int(position[lane]) - NodeWeights.before)
          for j in 0..<NodeWeights.count { node[j] += lanes[8 * j + lane] }
        }
      }
    }
  }

  /// Computes Σ_k g(|k|) a(i + k) for the given nodes i.
  private static func convolve(
    _ source: UnsafeMutablePointer<Double>, with kernel: [Double], into result: UnsafeMutablePointer<Double>,
    _ nodes: Range<Int>
  ) {
    for node in stride(from: nodes.lowerBound, to: nodes.upperBound, by: 8) {
      // The last vector is moved back to end with the last node, whose sums are then formed twice, to the same bits.
      let node = min(node, nodes.upperBound - 8)
      // SAFETY: the source has the nodes in reach before and behind all nodes, of which there are more than eight.
      let center = source + node
      var sum = Reductions.load(center) * kernel[0]
      for step in 1..<kernel.count {
        sum += (Reductions.load(center + step) + Reductions.load(center - step)) * kernel[step]
      }
      UnsafeMutableRawPointer(result + node).storeBytes(of: sum, as: SIMD8<Double>.self)
    }
  }

  /// Returns the sum at a place from the sums at the nodes; 0 beyond the reach of all values.
  @inline(__always)
  static func sum(
    at place: Double, _ range: ClosedRange<Double>, _ density: Double, _ sums: UnsafePointer<Double>
  ) -> Double {
    let position = (place - range.lowerBound) * density
    let reach = Double(KernelSums.reach)
    guard position >= -reach, position <= (range.upperBound - range.lowerBound) * density + reach else { return 0 }
    // The shifted position is positive.
    let shifted = position + Double(margin)
    let whole = Int(shifted)
    let first = whole - NodeWeights.before
    return NodeWeights.sum(sums + first, shifted - Double(whole))
  }
}
