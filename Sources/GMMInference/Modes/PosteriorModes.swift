/// The modes of a posterior, as its chains have found them.
public struct PosteriorModes: Sendable, Equatable {
  /// A set of draws that the steps of the method connect with each other, and with no other draw.
  public struct Mode: Sendable, Equatable {
    /// The share of the draws, which is the posterior mass of the mode where chains pass between modes.
    public let mass: Double
    /// The Monte-Carlo standard error of the mass.
    public let error: Double
    /// The share of each chain's draws.
    public let shares: [Double]
    /// The chain and the draw of the largest log posterior density among those examined.
    public let best: (chain: Int, draw: Int)
    /// That log posterior density.
    public let logPosterior: Double

    public static func == (a: Mode, b: Mode) -> Bool {
      a.mass == b.mass && a.error == b.error && a.shares == b.shares && a.best == b.best
        && a.logPosterior == b.logPosterior
    }
  }

  /// By decreasing mass.
  public let modes: [Mode]
  /// The number of draws that were examined.
  public let drawCount: Int
  /// The share of rows by which the clusters of two draws may differ that are connected directly.
  public let reach: Double
}

/// How the modes of a posterior are looked for.
public struct ModeOptions: Sendable, Equatable {
  /// The number of draws that are examined, evenly over the chains: 2 to 10,000.
  public var draws = 400
  /// The number of steps from each of them, 1 to 1,000,000.
  public var steps = 50
  public var seed: UInt64 = 0

  public init() {}
}
