import GMMKernels

/// Sufficient statistics of the observations, given their assignments: counts, and sums and squares about centers.
///
/// Blocks, threads and machines exchange statistics: statistics with the same centers add up.
package struct SufficientStatistics: Sendable, Equatable {
  /// The shape of the mixture.
  package let shape: MixtureShape
  /// The count of each component, (K).
  package private(set) var counts: [Double]
  /// The points about which the sums are taken, (K, D).
  package private(set) var centers: [Double]
  /// Σ (x - center) over members, (K, D).
  package private(set) var sums: [Double]
  /// Σ (x - center)² over members for each coordinate, (K, D); or the lower triangles of Σ (x - center)(x - center)ᵀ,
  /// packed, where the covariances are matrices.
  package private(set) var squares: [Double]
  /// The count of the background; 0 if there is none.
  package var backgroundCount = 0.0

  /// Creates the statistics of no observations.
  package init(_ shape: MixtureShape) {
    self.shape = shape
    counts = [Double](repeating: 0, count: shape.componentCount)
    centers = [Double](repeating: 0, count: shape.meanCount)
    sums = centers
    squares = [Double](repeating: 0, count: shape.componentCount * shape.squareCount)
  }

  /// Exchanges the numbers of two components.
  package mutating func swapComponents(_ a: Int, _ b: Int) {
    counts.swapAt(a, b)
    centers.swapStretches(a, b, size: shape.dimensionCount)
    sums.swapStretches(a, b, size: shape.dimensionCount)
    squares.swapStretches(a, b, size: shape.squareCount)
  }

  /// Returns the statistics of the first components, or with more of them, without observations.
  package func withComponents(_ count: Int) -> SufficientStatistics {
    var result = SufficientStatistics(shape.withComponents(count))
    let kept = min(count, shape.componentCount)
    for k in 0..<kept { result.counts[k] = counts[k] }
    for j in 0..<kept * shape.dimensionCount {
      result.centers[j] = centers[j]
      result.sums[j] = sums[j]
    }
    for j in 0..<kept * shape.squareCount { result.squares[j] = squares[j] }
    result.backgroundCount = backgroundCount
    return result
  }

  /// Makes room for another number of components, if it is another, and then forgets all observations.
  @inline(__always)
  package mutating func match(_ other: MixtureShape) {
    if shape.componentCount != other.componentCount { self = SufficientStatistics(other) }
  }

  /// Creates statistics from the arrays of others of the same shape, or returns `nil` if an array has another length.
  package init?(_ shape: MixtureShape, counts: [Double], centers: [Double], sums: [Double], squares: [Double]) {
    guard counts.count == shape.componentCount, centers.count == shape.meanCount, sums.count == shape.meanCount,
      squares.count == shape.componentCount * shape.squareCount
    else { return nil }
    self.shape = shape
    (self.counts, self.centers, self.sums, self.squares) = (counts, centers, sums, squares)
  }

  /// Creates the statistics of no observations in one dimension.
  package init(componentCount: Int) { self.init(MixtureShape(componentCount: componentCount)) }

  /// The number of doubles in which a pass leaves the sums of one block: counts, sums and squares, each with those of a
  /// background behind those of the components.
  package static func momentCount(_ shape: MixtureShape) -> Int {
    shape.densityCount * (1 + shape.dimensionCount + shape.squareCount)
  }

  /// Creates statistics from sums about given centres.
  ///
  /// - Parameter sums: counts, sums and squares, as a pass leaves them for a block; more may follow.
  package init(_ shape: MixtureShape, centers: [Double], _ values: [Double]) {
    precondition(values.count >= Self.momentCount(shape))
    self.init(shape)
    reset(centers: centers)
    values.withUnsafeBufferPointer { values in
      // SAFETY: the precondition says that there are as many numbers as a block has.
      if let base = values.baseAddress { add(base) }
    }
  }

  /// The number of components to which a row of positive weight is assigned.
  package var occupiedCount: Int { counts.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }

  /// The sum of the components' counts.
  package var total: Double { counts.reduce(0, +) }

  /// The variance of each coordinate over all observations, (D).
  ///
  /// The variances are taken about the first center. So the rounding error is relative to the distances between the
  /// centers, which are at most of the order of the data's spread.
  package var variances: [Double] {
    let (dimensions, total) = (shape.dimensionCount, total)
    return (0..<dimensions).map { d in
      var mean = 0.0
      for k in counts.indices {
        mean += counts[k] * (centers[k * dimensions + d] - centers[d]) + sums[k * dimensions + d]
      }
      mean /= total
      var square = 0.0
      for k in counts.indices {
        let gap = centers[k * dimensions + d] - centers[d] - mean
        square +=
          squares[k * shape.squareCount + shape.square(d)] + gap * (2 * sums[k * dimensions + d] + counts[k] * gap)
      }
      return max(0, square / total)
    }
  }

  /// Forgets all observations and moves the centres.
  package mutating func reset(centers newCenters: [Double]) {
    for j in centers.indices {
      centers[j] = newCenters[j]
      sums[j] = 0
    }
    for k in counts.indices { counts[k] = 0 }
    for j in squares.indices { squares[j] = 0 }
    backgroundCount = 0
  }

  /// Makes these the statistics of `other`, which has the same shape, with every member counted `factor` times. The
  /// memory is reused.
  package mutating func assign(_ other: SufficientStatistics, times factor: Double) {
    precondition(shape == other.shape, "statistics of one shape take the place of each other")
    for k in counts.indices { counts[k] = factor * other.counts[k] }
    for j in sums.indices {
      centers[j] = other.centers[j]
      sums[j] = factor * other.sums[j]
    }
    for j in squares.indices { squares[j] = factor * other.squares[j] }
    backgroundCount = factor * other.backgroundCount
  }

  /// Adds one block's counts, sums and squares about ``centers``.
  ///
  /// - Parameter block: ``momentCount(_:)`` numbers.
  package mutating func add(_ block: UnsafePointer<Double>) {
    for k in counts.indices { counts[k] += block[k] }
    if shape.hasBackground { backgroundCount += block[counts.count] }
    let first = block + shape.densityCount
    for j in sums.indices { sums[j] += first[j] }
    let second = first + shape.densityCount * shape.dimensionCount
    for j in squares.indices { squares[j] += second[j] }
  }

  /// Adds the observations of `other`, which has the same shape, and takes their sums about these centers.
  package mutating func add(_ other: SufficientStatistics) {
    precondition(shape == other.shape, "statistics of one shape add up")
    let (dimensions, size) = (shape.dimensionCount, shape.squareCount)
    for k in counts.indices {
      let count = other.counts[k]
      let first = k * dimensions
      // With s = c' - c, Σ (y + s)(y + s)ᵀ = Σ y yᵀ + t sᵀ + s tᵀ + n s sᵀ for the sums t and the squares about c'.
      func shift(_ d: Int) -> Double { other.centers[first + d] - centers[first + d] }
      var entry = k * size
      for i in 0..<dimensions {
        for j in shape.hasMatrices ? 0...i : i...i {
          squares[entry] +=
            other.squares[entry] + other.sums[first + i] * shift(j) + shift(i) * other.sums[first + j]
            + count * shift(i) * shift(j)
          entry += 1
        }
      }
      for d in 0..<dimensions { sums[first + d] += other.sums[first + d] + count * shift(d) }
      counts[k] += count
    }
    backgroundCount += other.backgroundCount
  }

  /// Gives component `k` the statistics that it has in `other`, which has the same centers.
  package mutating func copyComponent(_ k: Int, from other: SufficientStatistics) {
    counts[k] = other.counts[k]
    for j in shape.mean(k) { sums[j] = other.sums[j] }
    for j in k * shape.squareCount..<(k + 1) * shape.squareCount { squares[j] = other.squares[j] }
  }

  /// Gives component `k` the statistics of some rows, about their mean.
  ///
  /// - Parameter groups: the points in groups of eight, as a data set has them.
  package mutating func replace(_ k: Int, by rows: [Int], of groups: UnsafePointer<Double>) {
    let dimensions = shape.dimensionCount
    func value(_ i: Int, _ d: Int) -> Double { groups[(i / laneCount * dimensions + d) * laneCount + i % laneCount] }
    let first = k * shape.dimensionCount
    let entry = k * shape.squareCount
    let mean = first..<first + shape.dimensionCount
    for j in mean { (centers[j], sums[j]) = (0, 0) }
    for j in entry..<entry + shape.squareCount { squares[j] = 0 }
    var count = 0.0
    var origin: Int?
    for i in rows {
      // Sums about one of the rows keep their digits.
      let base = origin ?? i
      origin = base
      for j in mean { sums[j] += value(i, j - first) - value(base, j - first) }
      count += 1
    }
    counts[k] = count
    guard let origin else { return }
    for j in mean {
      centers[j] = value(origin, j - first) + sums[j] / count
      sums[j] = 0
    }
    let hasMatrices = shape.hasMatrices
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimensions) { distances in
      // SAFETY: D numbers, which are written for each row before they are read; and the entries of component `k`.
      let distances = distances.baseAddress!
      for i in rows {
        for d in 0..<dimensions {
          distances[d] = value(i, d) - centers[first + d]
          sums[first + d] += distances[d]
        }
        squares.withUnsafeMutableBufferPointer { squares in
          let entries = squares.baseAddress! + entry
          if hasMatrices {
            PackedTriangle.addSquare(of: distances, weight: 1, to: entries, dimensions)
          } else {
            for d in 0..<dimensions { entries[d] += distances[d] * distances[d] }
          }
        }
      }
    }
  }

  /// Returns Σ (x - mean)² over the members of component `k` in coordinate `d`, where squares are kept by coordinate.
  ///
  /// The result is exact up to rounding while |mean - center| is at most a few sds, which holds within one iteration.
  @inline(__always)
  package func squares(of k: Int, _ d: Int = 0, about mean: Double) -> Double {
    let j = k * shape.dimensionCount + d
    let shift = mean - centers[j]
    return max(0, squares[j] - shift * (2 * sums[j] - counts[k] * shift))
  }

  /// Adds Σ (x - p)(x - p)ᵀ over the members of component `k`, or its diagonal if squares are kept by coordinate.
  ///
  /// - Parameters:
  ///   - point: p - center, (D).
  ///   - target: a packed triangle, or D numbers.
  package func addSquares(of k: Int, about point: [Double], to target: inout [Double]) {
    guard shape.hasMatrices else {
      for d in 0..<shape.dimensionCount {
        let j = k * shape.dimensionCount + d
        target[d] += max(0, squares[j] - point[d] * (2 * sums[j] - counts[k] * point[d]))
      }
      return
    }
    precondition(point.count == shape.dimensionCount && target.count == shape.triangleSize)
    point.withUnsafeBufferPointer { point in
      target.withUnsafeMutableBufferPointer { target in
        // SAFETY: the arrays have the lengths that the precondition states.
        if let point = point.baseAddress, let target = target.baseAddress {
          addScatter(of: k, about: point, to: target)
        }
      }
    }
  }

  /// Adds the lower triangle of Σ (x - p)(x - p)ᵀ over the members of component `k`, where squares are kept as
  /// matrices.
  ///
  /// - Parameters:
  ///   - point: p - center, (D).
  ///   - target: a packed triangle.
  private func addScatter(of k: Int, about point: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>) {
    let dimensions = shape.dimensionCount
    let count = counts[k]
    var entry = 0
    for i in 0..<dimensions {
      let sum = sums[k * dimensions + i]
      for j in 0...i {
        // Σ (y - p)(y - p)ᵀ = Σ y yᵀ - s pᵀ - p sᵀ + n p pᵀ, with y = x - center.
        target[entry] +=
          squares[k * shape.triangleSize + entry]
          - (sum * point[j] + point[i] * (sums[k * dimensions + j] - count * point[j]))
        entry += 1
      }
    }
  }
}
