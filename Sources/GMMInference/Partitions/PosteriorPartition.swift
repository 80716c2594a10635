/// The partition of the rows that minimises a posterior expected loss, with a credible ball about it.
public struct PosteriorPartition: Sendable, Equatable {
  /// One partition of the rows.
  public struct Clusters: Sendable, Equatable {
    /// The cluster of each row, (N). Clusters are numbered by decreasing weight, equal ones by their first row.
    public let labels: [Int]
    /// The number of clusters.
    public let count: Int
    /// The loss between this partition and the optimal one.
    public let distance: Double
  }

  /// The draws that bound the credible ball (Wade, Ghahramani 2018). Of several that do, the first one stands here.
  public struct CredibleBall: Sendable, Equatable {
    /// The smallest distance within which the given share of the draws lies.
    public let radius: Double
    /// The most distant draw of the ball.
    public let horizontal: Clusters
    /// The most distant one of those draws of the ball that have the fewest clusters.
    public let upperVertical: Clusters
    /// The most distant one of those draws of the ball that have the most clusters.
    public let lowerVertical: Clusters
  }

  /// The optimal partition, at distance 0.
  public let clusters: Clusters
  /// The average loss between the partition and the draws.
  public let expectedLoss: Double
  public let loss: PartitionLoss
  /// The number of draws over which the loss was averaged.
  public let drawCount: Int
  public let ball: CredibleBall
}

extension PosteriorPartition.Clusters {
  /// Numbers clusters by decreasing weight, equal ones by their first row.
  ///
  /// - Parameter weights: one for each row, or `nil` for 1.
  init(_ labels: [Int], weights: (Int) -> Double, distance: Double) {
    let size = (labels.max() ?? -1) + 1
    var sums = [Double](repeating: 0, count: size)
    var first = [Int](repeating: labels.count, count: size)
    for (i, label) in labels.enumerated() {
      sums[label] += weights(i)
      first[label] = min(first[label], i)
    }
    let order = (0..<size).filter { first[$0] < labels.count }
      .sorted { sums[$0] != sums[$1] ? sums[$0] > sums[$1] : first[$0] < first[$1] }
    var number = [Int](repeating: 0, count: size)
    for (place, label) in order.enumerated() { number[label] = place }
    self.labels = labels.map { number[$0] }
    count = order.count
    self.distance = distance
  }
}
