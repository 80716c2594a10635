/// The draws of one quantity, each chain split into a first and a second half.
///
/// Splitting makes a drift within a chain look like a difference between chains (Vehtari et al. 2021, section 3). Of an
/// odd number of draws the middle one belongs to neither half. The 2 C half chains are rows of n/2 draws in one
/// chain-major array. For an even number of draws this array has the memory layout of the whole chains.
struct SplitSample {
  /// The fewest draws per chain for which a diagnostic of split chains is defined.
  static let minimumDraws = 4

  /// All draws of all chains, chain-major and free of NaN.
  let pooled: [Double]
  /// The pooled draws, sorted.
  let sorted: SortedDraws
  /// The draws of the half chains, sorted, with positions in the split array.
  let splitSorted: SortedDraws
  /// The number of chains before splitting.
  let chains: Int
  /// The number of draws of each chain before splitting.
  let draws: Int
  /// The plans shared by all transforms of this sample.
  let plans = FourierPlans()

  /// The number of half chains.
  var halfChains: Int { 2 * chains }
  /// The number of draws of each half chain.
  var halfDraws: Int { draws / 2 }

  /// Copies the draws of a view.
  ///
  /// - Returns: nil when there is no chain, a chain has fewer than four draws, or a draw is NaN.
  init?(_ view: ChainView, _ watch: Watch) throws(Stopped) {
    try self.init(pooled: view.copyPooled(watch), chains: view.chains, draws: view.draws, watch)
  }

  /// Takes a chain-major array, and its sorted form where it is already known.
  init?(
    pooled: [Double], sorted: SortedDraws? = nil, chains: Int, draws: Int, _ watch: Watch
  ) throws(Stopped) {
    guard chains >= 1, draws >= Self.minimumDraws else { return nil }
    guard try !pooled.containsNaN(watch) else { return nil }
    self.pooled = pooled
    let pooledSorted: SortedDraws
    if let sorted { pooledSorted = sorted } else { pooledSorted = try SortedDraws(sorting: pooled, watch) }
    self.sorted = pooledSorted
    splitSorted = try pooledSorted.droppingMiddleDraws(chains: chains, draws: draws, watch)
    self.chains = chains
    self.draws = draws
  }

  /// Splits an array laid out as `pooled`.
  func split(
    _ values: [Double], _ watch: Watch
  ) throws(Stopped) -> [Double] {
    guard draws % 2 == 1 else { return values }
    var halves: [Double] = []
    halves.reserveCapacity(halfChains * halfDraws)
    for start in stride(from: 0, to: values.count, by: draws) {
      for half in [start..<start + halfDraws, start + halfDraws + 1..<start + draws] {
        for piece in Pieces(of: half) {
          try watch.pass(piece.count)
          halves += values[piece]
        }
      }
    }
    return halves
  }

  /// Estimates the effective sample size of the mean of a function of the draws.
  ///
  /// - Parameter values: the function's values, laid out as `pooled`.
  func effectiveSampleSize(
    ofMeanOf values: [Double], _ watch: Watch
  ) throws(Stopped) -> Double {
    try effectiveSampleSize(ofSplit: split(values, watch), watch)
  }

  /// Estimates the effective sample size of the mean of values that are already split.
  func effectiveSampleSize(
    ofSplit halves: [Double], _ watch: Watch
  ) throws(Stopped) -> Double {
    try geyerEffectiveSampleSize(halves, chains: halfChains, draws: halfDraws, plans: plans, watch)
  }

  /// Estimates the effective sample size of the share of draws up to a quantile.
  func effectiveSampleSize(
    ofQuantile probability: Double, _ watch: Watch
  ) throws(Stopped) -> Double {
    guard probability >= 0, probability <= 1 else { return .nan }
    let threshold = thresholdQuantile(sorted: sorted.values, probability: probability)
    let indicators = try [Double](count: pooled.count, watch) { pooled[$0] <= threshold ? 1 : 0 }
    return try effectiveSampleSize(ofMeanOf: indicators, watch)
  }

  /// The squared deviations of the draws from their mean, laid out as `pooled`.
  func squaredDeviations(_ watch: Watch) throws(Stopped) -> [Double] {
    let mean = try SampleMoments(of: pooled, watch).mean
    return try [Double](count: pooled.count, watch) { (pooled[$0] - mean) * (pooled[$0] - mean) }
  }
}
