/// The autocovariance of several equally long chains, averaged over chains, one lag at a time.
///
/// With x̄_c the mean of chain c of n draws, the value at lag t is
///
///     γ̂(t) = 1/(C n) Σ_c Σ_s (x_c[s] − x̄_c) (x_c[s + t] − x̄_c),
///
/// the biased estimate (divisor n, not n − t), whose sequence is positive semi-definite.
///
/// Lags are computed when first asked for. The first few come from direct sums; beyond these, a fast Fourier transform
/// gives all lags at once. For a well-mixing chain a few lags decide, and it never pays for a transform. A slow chain
/// pays at most about twice the cost of the cheaper way.
struct LaggedProducts {
  /// The number of chains.
  let chains: Int
  /// The number of draws of each chain.
  let draws: Int
  /// The mean of each chain.
  let chainMeans: [Double]

  private let centered: [Double]
  private let directLagLimit: Int
  private let plans: FourierPlans
  private var covariances: [Double] = []

  /// Centers each chain of a chain-major array.
  ///
  /// - Precondition: `values.count == chains * draws`, `chains >= 1`, `draws >= 1`.
  init(
    values: [Double], chains: Int, draws: Int, plans: FourierPlans, _ watch: Watch
  ) throws(Stopped) {
    precondition(chains >= 1 && draws >= 1 && values.count == chains * draws)
    self.chains = chains
    self.draws = draws
    self.plans = plans
    var centered = try [Double](count: values.count, watch) { values[$0] }
    var means: [Double] = []
    means.reserveCapacity(chains)
    try centered.withUnsafeMutableBufferPointer { (buffer) throws(Stopped) in
      for chain in 0..<chains {
        let row = UnsafeMutableBufferPointer(
          rebasing: buffer[chain * draws..<(chain + 1) * draws])
        let mean = try SampleMoments(UnsafeBufferPointer(row), watch).mean
        means.append(mean)
        for piece in Pieces(of: draws) {
          try watch.pass(piece.count)
          for draw in piece {
            row[draw] -= mean
          }
        }
      }
    }
    self.centered = centered
    chainMeans = means
    // A direct lag costs n multiply-adds per chain, the transforms about 4 n log₂ n of them
    // (measured).
    directLagLimit = 4 * (Int.bitWidth - draws.leadingZeroBitCount)
  }

  /// Returns γ̂ at a lag, 0 for a lag that no pair of draws has.
  ///
  /// - Precondition: `lag >= 0`.
  mutating func autocovariance(
    atLag lag: Int, _ watch: Watch
  ) throws(Stopped) -> Double {
    guard lag < draws else { return 0 }
    if lag >= covariances.count {
      try prepare(through: lag, watch)
    }
    return covariances[lag]
  }

  /// Computes all lags up to `lag`, and further lags that cost nothing more.
  ///
  /// - Precondition: `0 <= lag < draws`.
  mutating func prepare(
    through lag: Int, _ watch: Watch
  ) throws(Stopped) {
    guard lag >= covariances.count else { return }
    if lag < directLagLimit {
      for next in covariances.count...lag {
        covariances.append(try directSum(atLag: next, watch) / Double(chains * draws))
      }
    } else {
      try appendTransformedLags(through: lag, watch)
    }
  }

  private func directSum(
    atLag lag: Int, _ watch: Watch
  ) throws(Stopped) -> Double {
    try centered.withUnsafeBufferPointer { (buffer) throws(Stopped) in
      guard let base = buffer.baseAddress else { return 0 }
      var sum = 0.0
      for chain in 0..<chains {
        // SAFETY: the chain occupies `draws` elements from `row` on, and lag < draws.
        let row = base + chain * draws
        sum += try Reductions.dot(row, row + lag, count: draws - lag, watch)
      }
      return sum
    }
  }

  /// Appends the lags that one transform gives free of wrap-around.
  ///
  /// Padded with zeros to `size` elements, the circular products of a chain equal the linear ones
  /// at lags up to size − n. Two chains share a transform as real and imaginary part: with z = a +
  /// ib, the inverse transform of |Z|² has the real part (a ⋆ a) + (b ⋆ b), and the cross terms are
  /// purely imaginary.
  private mutating func appendTransformedLags(
    through lag: Int, _ watch: Watch
  ) throws(Stopped) {
    let shortPlan = try plans.plan(minimumSize: draws + draws / 4, watch)
    let plan =
      lag <= shortPlan.size - draws ? shortPlan : try plans.plan(minimumSize: 2 * draws, watch)
    var power = try [Double](repeating: 0, count: plan.size, watch)
    for pair in stride(from: 0, to: chains, by: 2) {
      var real = try paddedChain(pair, size: plan.size, watch)
      var imaginary = try paddedChain(pair + 1, size: plan.size, watch)
      try plan.forward(real: &real, imaginary: &imaginary, watch)
      for piece in Pieces(of: power.count) {
        try watch.pass(piece.count)
        for index in piece {
          power[index] += real[index] * real[index] + imaginary[index] * imaginary[index]
        }
      }
    }
    var zeros = try [Double](repeating: 0, count: plan.size, watch)
    try plan.inverse(real: &power, imaginary: &zeros, watch)

    let available = min(draws - 1, plan.size - draws)
    // The inverse is unscaled, which adds the factor 1/size.
    let scale = 1 / (Double(plan.size) * Double(chains * draws))
    // lag <= available by the choice of the plan, so the range is not reversed.
    let first = covariances.count
    covariances += try [Double](count: available + 1 - first, watch) { power[first + $0] * scale }
  }

  /// Copies a chain, followed by zeros; all zeros for a chain beyond the last.
  private func paddedChain(_ chain: Int, size: Int, _ watch: Watch) throws(Stopped) -> [Double] {
    let first = chain * draws
    let count = chain < chains ? draws : 0
    return try [Double](count: size, watch) { $0 < count ? centered[first + $0] : 0 }
  }
}
