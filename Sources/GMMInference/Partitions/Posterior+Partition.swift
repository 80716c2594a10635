import GMMKernels
import GMMModel

extension Posterior {
  /// Returns the partition of the rows that minimises the posterior expected loss over draws of the assignments.
  ///
  /// The assignments are drawn anew from p(z | parameters, x) for evenly spaced draws of the posterior. The search is
  /// greedy, from several starts, so it finds a local optimum, the best of those that it meets. A row counts with its
  /// sample weight, as so many rows that stay together. A row of weight 0 joins the cluster in which a row of average
  /// weight would raise the loss least.
  ///
  /// - Returns: the partition with its credible ball, a function of the posterior and the options alone.
  /// - Throws: ``ModelError`` for options out of range, for prior draws, if there is not enough memory, and when the
  ///   caller cancels.
  /// - Complexity: O(starts sweeps N draws clusters) time; N bytes for each draw, and for each thread 8 x draws x K
  ///   bytes for each cluster.
  public func partition(
    _ options: PartitionOptions = PartitionOptions(), _ control: RunControl = RunControl()
  ) throws(ModelError) -> PosteriorPartition {
    try options.check()
    try requireData()
    let team = StepTeam(
      control, units: data.blockCount + options.starts + PartitionFinder.refinedCount(options))
    defer { team.monitor.finish() }
    try team.monitor.check()
    let draws = try partitionDraws(options, control.build, team)
    let found = try PartitionFinder.find(draws, options, team)
    let result = PosteriorPartition(found, draws, options) { [data] in data.weights?[$0] ?? 1 }
    team.complete()
    return result
  }
}

extension PosteriorPartition {
  /// Takes the credible ball about a partition (Wade, Ghahramani 2018).
  init(_ found: FoundPartition, _ draws: PartitionDraws, _ options: PartitionOptions, weights: (Int) -> Double) {
    let sorted = found.distances.sorted()
    let inside = (options.ballProbability * Double(sorted.count)).rounded(.up)
    let radius = sorted[min(max(Int(inside), 1), sorted.count) - 1]
    let ball = sorted.indices.filter { found.distances[$0] <= radius }
    let counts = draws.clusterCounts
    func farthest(_ isIn: (Int) -> Bool) -> Clusters {
      var best = -1
      for t in ball where isIn(t) && (best < 0 || found.distances[t] > found.distances[best]) { best = t }
      let labels = draws.atoms.map { Int(draws.draws(of: $0)[max(best, 0)]) }
      return Clusters(labels, weights: weights, distance: found.distances[max(best, 0)])
    }
    let fewest = ball.map { counts[$0] }.min() ?? 1
    let most = ball.map { counts[$0] }.max() ?? 1
    clusters = Clusters(draws.atoms.map { found.labels[$0] }, weights: weights, distance: 0)
    expectedLoss = found.loss
    loss = options.loss
    drawCount = draws.drawCount
    self.ball = CredibleBall(
      radius: radius, horizontal: farthest { _ in true }, upperVertical: farthest { counts[$0] == fewest },
      lowerVertical: farthest { counts[$0] == most })
  }
}
