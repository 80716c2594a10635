import GMMModel

/// The components of a mixture, merged into clusters one pair after the other (Baudry, Raftery, Celeux, Lo, Gottardo
/// 2010, J. Comp. Graph. Stat. 19).
///
/// A cluster may need several Normal distributions. Its responsibility is the sum of those of its components, so
/// merging changes no density. Each step merges the two clusters whose merging lowers the entropy of the
/// responsibilities most. Where the entropy falls little from some number of clusters on, fewer tell no more apart.
public struct ComponentMerging: Sendable, Equatable {
  /// The merging of two clusters.
  public struct Step: Sendable, Equatable {
    /// The first components of the two clusters. The merged one goes on with the first number, which is the smaller.
    public let first: Int
    public let second: Int
    /// The sum of the sample weights of the observations that were most probable in one of the two.
    public let mergedWeight: Double
  }

  /// K.
  public let componentCount: Int
  /// The K - 1 steps, from K clusters to one.
  public let steps: [Step]
  /// The entropy -Σ w_i t_ik log t_ik with 1 … K clusters, (K). It is 0 for one cluster.
  public let entropies: [Double]

  /// Returns the cluster of each component, (K), when `count` clusters are left. Clusters are numbered by their first
  /// component.
  ///
  /// - Parameter count: 1 … K.
  public func clusters(_ count: Int) -> [Int] {
    precondition((1...componentCount).contains(count), "the number of clusters is 1 … K")
    var owners = Array(0..<componentCount)
    for step in steps.prefix(componentCount - count) {
      for k in owners.indices where owners[k] == step.second { owners[k] = step.first }
    }
    var numbers: [Int: Int] = [:]
    for owner in owners where numbers[owner] == nil { numbers[owner] = numbers.count }
    return owners.map { numbers[$0] ?? 0 }
  }

  /// Merges the components of a mixture, given the responsibilities of observations.
  ///
  /// - Parameters:
  ///   - probabilities: P(component | x), N x K, row after row; not negative, each row with a positive sum, to which it
  ///     is scaled.
  ///   - componentCount: K, 1 … 256.
  ///   - sampleWeights: one for each row; `nil` for 1.
  /// - Throws: ``ModelError`` for values out of range, if there is not enough memory, and when the caller cancels.
  /// - Complexity: O(N K²) time, N K numbers of memory. Pairs in which a row has a responsibility of 0 cost nothing.
  public init(
    _ probabilities: [Double], componentCount: Int, sampleWeights: SampleWeights? = nil,
    _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try MixtureShape.requireCounts(components: componentCount, dimensions: 1)
    let (rows, rest) = probabilities.count.quotientAndRemainder(dividingBy: componentCount)
    guard rest == 0 else {
      throw ModelError("probabilities", "must have N x \(componentCount) values", got: probabilities.count)
    }
    // A typed throw does not pass through `withUnsafeBufferPointer`, so the result does.
    let result = probabilities.withUnsafeBufferPointer { values in
      Result { () throws(ModelError) in
        try Self(values, rows: rows, componentCount: componentCount, sampleWeights: sampleWeights, control)
      }
    }
    self = try result.get()
  }

  /// Merges the components, given responsibilities in memory that lives as long as the call.
  ///
  /// - Parameter values: `rows` x K.
  package init(
    _ values: UnsafeBufferPointer<Double>, rows: Int, componentCount: Int, sampleWeights: SampleWeights?,
    _ control: RunControl
  ) throws(ModelError) {
    try MixtureShape.requireCounts(components: componentCount, dimensions: 1)
    guard rows >= 1 else { throw ModelError("num_observations", "must be at least 1", got: rows) }
    if let sampleWeights, sampleWeights.count != rows {
      throw ModelError("sample_weights", "must have \(rows) values", got: sampleWeights.count)
    }
    let table = try MergingTable(values, rows: rows, components: componentCount, sampleWeights)
    let team = StepTeam(control, units: table.blockCount * componentCount)
    defer { team.monitor.finish() }
    var entropies = [try table.begin(team)]
    var steps: [Step] = []
    while let (first, second) = table.best {
      let (mergedWeight, entropy) = try table.merge(first, second, team)
      steps.append(Step(first: first, second: second, mergedWeight: mergedWeight))
      // A row whose responsibilities have all been added up has 1 but for rounding.
      entropies.append(steps.count == componentCount - 1 ? 0 : entropy)
    }
    self.componentCount = componentCount
    self.steps = steps
    self.entropies = componentCount == 1 ? [0] : entropies.reversed()
  }
}
