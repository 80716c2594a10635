/// The plan by which a block of points is cut up, so that the data that are worked on at once stay in the caches; and
/// the sizes of the scratch memory.
///
/// A panel is the groups of points whose shares are evaluated together. Its coordinates fit the first cache. A chunk is
/// the panels whose responsibilities are kept until the sums are taken, one component at a time. It fits the second
/// cache. All lengths depend on K, D and the form alone, so sums are added up in the same order in all builds.
struct BlockPlan {
  let components: Int
  let dimensions: Int
  let form: FactorForm
  /// The number of groups in a panel, even, at most ``LogAccumulator/capacity``.
  let panel: Int
  /// The number of groups in a chunk, which is whole panels.
  let chunk: Int
  /// The number of groups whose sums are taken together. Each tile of coordinates reads them from the first cache.
  let piece: Int

  init(components: Int, dimensions: Int, form: FactorForm) {
    self.components = components
    self.dimensions = dimensions
    self.form = form
    piece = min(max(512 / dimensions, 8), 32) / 2 * 2
    panel = min(piece, max(2048 / components, 8) / 2 * 2)
    switch form {
    case .triangular: chunk = min(max(4096 / (dimensions + components), 64), blockSize / laneCount) / panel * panel
    case .diagonal: chunk = panel
    }
  }

  /// The number of doubles from one component's row of shares to the next. It is an odd number of groups, so that rows
  /// do not share cache sets.
  var rowStride: Int { (chunk + 1) * laneCount }

  /// The number of doubles of the shares.
  var shareSize: Int { components * rowStride }

  /// The number of doubles of one component's lane sums: the count, D sums, the squares.
  var laneSize: Int { (1 + dimensions + form.size(dimensions: dimensions)) * laneCount }

  /// The number of components with lane sums of their own: all if the sums are taken panel by panel.
  var lanesCount: Int { form == .diagonal ? components : 1 }

  /// Whether points are sorted by their components, so that each point enters the sums of one component only.
  ///
  /// Otherwise a point enters the sums of all components, most of the time with weight 0. Measured with AVX-512,
  /// sorting and collecting a vector of eight points costs as much as some 240 vector operations, and 24 for each
  /// coordinate.
  var sortsMembers: Bool {
    components * (form.size(dimensions: dimensions) + 2 * dimensions + 6) > 240 + 24 * dimensions
  }

  /// The number of doubles of the distances of one piece: those of all lanes, or those of half the lanes with the
  /// additions of ``KeptDistances``.
  var distanceSize: Int { piece * laneCount * max(dimensions, (dimensions + KeptDistances.tileRows) / 2 + 1) }

  /// The number of doubles for the labels of a block, a byte each, and for the order of its points, two bytes each.
  var labelSize: Int { blockSize / 8 }
  var orderSize: Int { blockSize / 4 }

  /// The number of doubles for one number of each component, in whole vectors.
  var numberSize: Int { (components + laneCount) / laneCount * laneCount }

  /// The number of doubles of one component's ``FactorTiles``.
  var factorSize: Int { form == .triangular ? FactorTiles.size(dimensions: dimensions) : 0 }

  /// The number of doubles of the whole scratch memory.
  var scratchSize: Int {
    shareSize + lanesCount * laneSize + distanceSize + labelSize + orderSize + 2 * numberSize + 3 * laneCount
      + components * factorSize
  }
}

/// Returns the number of doubles of scratch memory, aligned to 64 bytes, that a kernel needs in D dimensions.
package func multivariateScratchSize(count: Int, dimensions: Int, form: FactorForm) -> Int {
  BlockPlan(components: count, dimensions: dimensions, form: form).scratchSize
}
