/// How a block of points is cut up so that what is worked on at once stays in the caches, and the memory for it.
///
/// A panel is the groups of points whose shares are evaluated together: its coordinates fit the first cache. A chunk is the
/// panels whose responsibilities are kept until the sums are taken, one component at a time: it fits the second. All
/// lengths depend on K, D and the shape alone, so sums are added up in the same order in all builds.
struct BlockPlan {
  let components: Int
  let dimensions: Int
  let shape: FactorShape
  /// Groups in a panel: even, at most ``LogAccumulator/capacity``.
  let panel: Int
  /// Groups in a chunk: whole panels.
  let chunk: Int
  /// Groups whose sums are taken together, tile by tile of coordinates, each of which passes over them from the first cache.
  let piece: Int

  init(components: Int, dimensions: Int, shape: FactorShape) {
    self.components = components
    self.dimensions = dimensions
    self.shape = shape
    piece = min(max(512 / dimensions, 8), 32) / 2 * 2
    panel = min(piece, max(2048 / components, 8) / 2 * 2)
    switch shape {
    case .triangular: chunk = min(max(4096 / (dimensions + components), 64), blockSize / laneCount) / panel * panel
    case .diagonal: chunk = panel
    }
  }

  /// Doubles from one component's row of shares to the next; an odd number of groups, so that rows don't share cache sets.
  var rowStride: Int { (chunk + 1) * laneCount }

  /// Doubles of the shares.
  var shareSize: Int { components * rowStride }

  /// Doubles of the lanes of one component's sums: count, D sums, the squares.
  var laneSize: Int { (1 + dimensions + shape.size(dimensions: dimensions)) * laneCount }

  /// How many components have lanes of their own: all where the sums are taken panel by panel.
  var lanesCount: Int { shape == .diagonal ? components : 1 }

  /// Whether points are sorted by the components that they are assigned to, so that each is in one component's sums only.
  ///
  /// Otherwise it is in the sums of all, most of the time with weight 0. In operations on a vector of eight points, measured
  /// with AVX-512: sorting and collecting points is some 240, and 24 for each coordinate.
  var sortsMembers: Bool {
    components * (shape.size(dimensions: dimensions) + 2 * dimensions + 6) > 240 + 24 * dimensions
  }

  /// Doubles of the distances of one piece: of all lanes, or of half of them with what ``KeptDistances`` adds.
  var distanceSize: Int { piece * laneCount * max(dimensions, (dimensions + KeptDistances.tileRows) / 2 + 1) }

  /// Doubles of the labels of a block, a byte each, and of the order of its points, two bytes each.
  var labelSize: Int { blockSize / 8 }
  var orderSize: Int { blockSize / 4 }

  /// Doubles of one number for each component, in whole vectors.
  var numberSize: Int { (components + laneCount) / laneCount * laneCount }

  /// Doubles of one component's factor, as ``FactorTiles``.
  var factorSize: Int { shape == .triangular ? FactorTiles.size(dimensions: dimensions) : 0 }

  /// Doubles of the whole scratch memory.
  var scratchSize: Int {
    shareSize + lanesCount * laneSize + distanceSize + labelSize + orderSize + 2 * numberSize + 3 * laneCount
      + components * factorSize
  }
}

/// The number of doubles of scratch memory, aligned to 64 bytes, that a kernel needs in D dimensions.
package func multivariateScratchSize(count: Int, dimensions: Int, shape: FactorShape) -> Int {
  BlockPlan(components: count, dimensions: dimensions, shape: shape).scratchSize
}
