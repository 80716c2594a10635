import GMMKernels
import GMMModel

/// The conditional distributions of a Dirichlet process DP(α) given a partition of N rows into clusters of n_1, ..., n_t
/// rows. Its probability is
///
///     p(n) = α^t Γ(α) / Γ(α + N) ∏_j Γ(n_j).
///
/// The weights of the process are the jumps of a Gamma process, divided by their sum. Given the partition, those of the
/// clusters are Gamma(n_j), and the others are jumps of the process itself. A chain works with the jumps above a size ε,
/// as if they were the components of a mixture of known size, and is exact: an iteration that goes on only if all jumps
/// of the clusters lie above ε, which has the probability ∏_j Q(n_j, ε), and leaves the partition as it is otherwise,
/// changes p(n) ∏_j Q(n_j, ε), which is the probability of the partition under the jumps above ε. So the
/// iteration that goes on may be any that this finite mixture has. (With the number of jumps below ε as a further
/// variable this is a Gibbs step: the geometric series 1 / Q = 1 + (1 - Q) + ... is its sum.)
///
/// In the same way the iteration goes on only if the jumps have room.
struct ProcessConditional {
  /// The room for components.
  private let most: Int
  /// The probabilities of numbers of jumps, for the draw.
  private var shares: [Double]

  init(most: Int) {
    self.most = most
    shares = [Double](repeating: 0, count: most + 1)
  }

  /// The log of the least probability that the jumps have room. Below it a chain would hardly move.
  private static let leastLogRoom = log(0.01)

  /// Returns whether an iteration leaves the partition as it is.
  ///
  /// - Parameter counts: the rows of the components.
  /// - Throws: a ``ModelError`` of kind `degenerate` if the jumps hardly ever have room.
  func holds(_ counts: [Double], concentration: Double, _ stream: inout RandomStream) throws(ModelError) -> Bool {
    var (logShare, clusters) = (0.0, 0)
    for count in counts where count > 0 {
      logShare += GammaProcess.logShare(count)
      clusters += 1
    }
    let logRoom = logRoom(clusters, concentration: concentration)
    guard logRoom > Self.leastLogRoom else {
      throw ModelError(
        .degenerate, "weights.total",
        "must leave room for the components without rows beside \(clusters) clusters, four for each unit",
        got: concentration)
    }
    return log(stream.uniform()) >= logShare + logRoom
  }

  /// Returns the log of the probability that the jumps without rows have room.
  func logRoom(_ clusters: Int, concentration: Double) -> Double {
    logUpperGamma(Double(most - clusters + 1), concentration * GammaProcess.rate)
  }

  /// Draws the number of components: the clusters, and a Poisson number of jumps without rows.
  mutating func draw(_ counts: [Double], concentration: Double, _ stream: inout RandomStream) -> Int {
    let clusters = counts.count { $0 > 0 }
    let room = most - clusters
    let mean = concentration * GammaProcess.rate
    // The probabilities about the likeliest number, so that none overflows.
    let likeliest = min(room, Int(mean))
    shares[likeliest] = 1
    var sum = 1.0
    for m in stride(from: likeliest, to: 0, by: -1) {
      shares[m - 1] = shares[m] * Double(m) / mean
      sum += shares[m - 1]
    }
    for m in likeliest..<room {
      shares[m + 1] = shares[m] * mean / Double(m + 1)
      sum += shares[m + 1]
    }
    // Without rows there may be none, but a chain has a component.
    return max(1, clusters + stream.place(inProportionTo: shares, count: room + 1, sum: sum))
  }
}

/// The log density of the logarithm of the concentration of a Dirichlet process given a partition, in an iteration that
/// may change it.
struct LogProcessConcentrationDensity {
  let prior: ConcentrationPrior
  let process: ProcessConditional
  let clusters: Int
  /// The number of rows.
  let total: Double

  func callAsFunction(_ y: Double) -> Double {
    let x = exp(y)
    guard PriorLimits.scales.contains(x) else { return -.infinity }
    return prior.logDensity(x) + y + Double(clusters) * y - logGammaIncrease(x, total)
      + process.logRoom(clusters, concentration: x)
  }
}
