/// Where the numbers of one draw stand in its row: the only place that knows how many there are.
public struct DrawLayout: Sendable, Equatable {
  public let componentCount: Int
  public let spreadCount: Int

  init(componentCount: Int, spreadCount: Int) {
    self.componentCount = componentCount
    self.spreadCount = spreadCount
  }

  public var weights: Range<Int> { 0..<componentCount }
  public var means: Range<Int> { componentCount..<2 * componentCount }
  public var sds: Range<Int> { 2 * componentCount..<parameterCount }
  public var logLikelihood: Int { parameterCount }
  public var logPosterior: Int { parameterCount + 1 }
  public var acceptance: Int { parameterCount + 2 }

  /// The number of scalar parameters, which stand first.
  public var parameterCount: Int { 2 * componentCount + spreadCount }

  /// The length of a row.
  public var width: Int { parameterCount + 3 }

  /// The names of the scalar parameters: `weights[0]`, ..., `means[0]`, ..., `sd` when there is one, else `sd[0]`, ....
  public func parameterNames(sharedSpread: Bool) -> [String] {
    (0..<componentCount).map { "weights[\($0)]" } + (0..<componentCount).map { "means[\($0)]" }
      + (sharedSpread ? ["sd"] : (0..<spreadCount).map { "sd[\($0)]" })
  }
}
