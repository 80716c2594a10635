import GMMKernels

/// One value of everything unknown but the assignments: weights, means and sds.
public struct Parameters: Sendable, Equatable {
  /// Mixture weights, (K), sum 1. May underflow to 0 where ``logWeights`` does not.
  public var weights: [Double]
  /// Logarithms of the weights, (K).
  public var logWeights: [Double]
  /// Component means, (K).
  public var means: [Double]
  /// Standard deviations, (1) when shared, else (K).
  public var sds: [Double]

  /// Creates parameters from weights, means and sds of consistent lengths.
  public init(weights: [Double], means: [Double], sds: [Double]) {
    self.weights = weights
    logWeights = weights.map { log($0) }
    self.means = means
    self.sds = sds
  }

  /// The number of components.
  public var componentCount: Int { means.count }

  /// Returns the sd of component `k`.
  @inline(__always)
  public func sd(_ k: Int) -> Double { sds[sds.count == 1 ? 0 : k] }

  /// Takes over the values of `other`, in memory that is already there where the lengths agree.
  public mutating func assign(_ other: Parameters) {
    guard weights.count == other.weights.count, sds.count == other.sds.count else {
      self = Parameters(weights: [], means: [], sds: [])
      weights += other.weights
      logWeights += other.logWeights
      means += other.means
      sds += other.sds
      return
    }
    for k in weights.indices {
      weights[k] = other.weights[k]
      logWeights[k] = other.logWeights[k]
      means[k] = other.means[k]
    }
    for j in sds.indices { sds[j] = other.sds[j] }
  }

  /// Renames the components so that the means increase.
  ///
  /// Insertion sort: draws are nearly always in order already.
  public mutating func sortByMean() {
    for k in means.indices.dropFirst() {
      var j = k
      while j > 0, means[j] < means[j - 1] {
        means.swapAt(j, j - 1)
        weights.swapAt(j, j - 1)
        logWeights.swapAt(j, j - 1)
        if sds.count > 1 { sds.swapAt(j, j - 1) }
        j -= 1
      }
    }
  }

  /// Writes the form in which the kernels evaluate the mixture.
  public func fill(_ table: ComponentTable) {
    for k in means.indices { table.set(k, logWeight: logWeights[k], mean: means[k], sd: sd(k)) }
  }
}
