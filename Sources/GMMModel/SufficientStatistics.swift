import GMMKernels

/// What the parameters need to know of the observations, given their assignments: counts and centred sums.
///
/// The unit of exchange between blocks, threads and machines: statistics with the same centres add up.
public struct SufficientStatistics: Sendable, Equatable {
  /// Members of each component, (K).
  public private(set) var counts: [Double]
  /// The points that the sums are centred at, (K).
  public private(set) var centers: [Double]
  /// Σ (x - center) over members, (K).
  public private(set) var sums: [Double]
  /// Σ (x - center)² over members, (K).
  public private(set) var squares: [Double]

  /// Creates the statistics of no observations.
  public init(componentCount: Int) {
    let zeros = [Double](repeating: 0, count: componentCount)
    (counts, centers, sums, squares) = (zeros, zeros, zeros, zeros)
  }

  /// Forgets all observations and moves the centres.
  public mutating func reset(centers newCenters: [Double]) {
    for k in counts.indices {
      centers[k] = newCenters[k]
      counts[k] = 0
      sums[k] = 0
      squares[k] = 0
    }
  }

  /// Adds one block, whose sums are centred at ``centers``.
  public mutating func add(_ block: BlockMoments) {
    let count = counts.count
    for k in 0..<count {
      counts[k] += block.memory[k]
      sums[k] += block.memory[count + k]
      squares[k] += block.memory[2 * count + k]
    }
  }

  /// Returns Σ (x - mean)² over the members of component `k`.
  ///
  /// Exact up to rounding while |mean - center| is at most a few sds, which holds within one iteration.
  @inline(__always)
  public func squares(of k: Int, about mean: Double) -> Double {
    let shift = mean - centers[k]
    return max(0, squares[k] - shift * (2 * sums[k] - counts[k] * shift))
  }
}
