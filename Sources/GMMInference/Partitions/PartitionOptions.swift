import GMMModel

/// The distance between two partitions whose posterior expectation is a loss.
///
/// With the shares p of the clusters of one partition, q of the other, and r of their intersections:
public enum PartitionLoss: Sendable, Equatable, CaseIterable {
  /// The variation of information in nats (Meila 2007): Σ p log p + Σ q log q - 2 Σ r log r.
  case variationOfInformation
  /// Binder's loss (1978) with equal costs: Σ p² + Σ q² - 2 Σ r², the share of ordered pairs on which they disagree.
  case binder
}

/// How an optimal partition is searched for.
public struct PartitionOptions: Sendable, Equatable {
  public var loss: PartitionLoss
  /// The number of draws over which the loss is averaged, at least 1; no more than the posterior has are used.
  public var draws: Int
  /// The number of searches, each from a start of its own, 1 to 10,000.
  public var starts: Int
  /// The largest number of clusters, at least 1; `nil` stands for twice that of the draws, at least 16.
  public var largestClusterCount: Int?
  public var seed: UInt64
  /// The posterior mass of the credible ball, between 0 and 1.
  public var ballProbability: Double

  public init(
    loss: PartitionLoss = .variationOfInformation, draws: Int = 1_000, starts: Int = 16,
    largestClusterCount: Int? = nil, seed: UInt64 = 0, ballProbability: Double = 0.95
  ) {
    self.loss = loss
    self.draws = draws
    self.starts = starts
    self.largestClusterCount = largestClusterCount
    self.seed = seed
    self.ballProbability = ballProbability
  }

  /// - Throws: ``ModelError`` for a value out of range.
  func check() throws(ModelError) {
    guard draws >= 1 else { throw ModelError("num_draws", "must be at least 1", got: draws) }
    guard starts >= 1, starts <= 10_000 else {
      throw ModelError("num_starts", "must be between 1 and 10000", got: starts)
    }
    if let most = largestClusterCount, most < 1 {
      throw ModelError("max_clusters", "must be at least 1", got: most)
    }
    guard ballProbability > 0, ballProbability < 1 else {
      throw ModelError("ball_probability", "must be between 0 and 1", got: ballProbability)
    }
  }
}
