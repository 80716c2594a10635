import GMMKernels
import GMMStorage

/// A forecast of the acceptance and the cost of other numbers of moves, from the points that a chain has visited and
/// the points that were proposed to it.
///
/// Let w = target / reference. An independent proposal y is accepted at x with probability min(1, w(y) / w(x)). So its
/// mean over y, for any x, needs only weights w that are known already.
struct MoveForecast: Sendable, Equatable {
  private var visited: [Double] = []
  private var proposed: [Double] = []

  /// Records log w of the state at the end of an iteration.
  mutating func visit(logWeight: Double) { visited.append(logWeight) }

  /// Records log w of a proposal; -infinity outside the support.
  mutating func propose(logWeight: Double) { proposed.append(logWeight) }

  /// Returns the acceptance probability of a proposal at each visited point, in no particular order.
  ///
  /// - Complexity: O(n log n).
  func acceptanceProbabilities() -> [Double] {
    let proposals = proposed.sorted(by: >)
    // The log of the sum of the weights from each proposal on.
    var logSums = [Double](repeating: -.infinity, count: proposals.count + 1)
    for j in proposals.indices.reversed() where proposals[j] > -.infinity {
      logSums[j] = proposals[j] + log1p(exp(logSums[j + 1] - proposals[j]))
    }
    var better = 0
    return visited.sorted(by: >).map { logWeight in
      while better < proposals.count, proposals[better] >= logWeight { better += 1 }
      let sum = Double(better) + exp(logSums[better] - logWeight)
      return proposals.isEmpty ? 0 : min(1, sum / Double(proposals.count))
    }
  }

  /// Returns the number of iterations that are worth one independent draw, if each iteration is a step of
  /// autocorrelation `remembered` and `count` moves that are accepted with these probabilities.
  ///
  /// The autocorrelation of an iteration is r = `remembered` (1 - acceptance)^`count`, and the sum over all lags is (1
  /// + r) / (1 - r).
  static func time(_ acceptance: [Double], remembered: Double, count: Int) -> Double {
    var sum = 0.0
    for probability in acceptance {
      var r = remembered
      for _ in 0..<count { r *= 1 - probability }
      sum += (1 + r) / (1 - r)
    }
    return sum / Double(acceptance.count)
  }
}

extension MoveForecast {
  func write(to writer: inout ByteWriter) {
    writer.write(visited)
    writer.write(proposed)
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    visited = try reader.readDoubles()
    proposed = try reader.readDoubles()
  }
}
