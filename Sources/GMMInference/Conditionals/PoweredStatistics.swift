import GMMModel

/// What means and spread see of the observations where the components' densities are raised to a power: every member counts
/// that much.
///
/// The weights see the members as they are.
struct PoweredStatistics {
  private let power: Double
  /// Memory for other powers.
  private var scaled: SufficientStatistics?

  init(_ shape: MixtureShape, power: Double) {
    self.power = power
    scaled = power == 1 ? nil : SufficientStatistics(shape)
  }

  /// Whether the power is 1, and the statistics are what they are.
  var isPlain: Bool { scaled == nil }

  mutating func callAsFunction(_ statistics: SufficientStatistics) -> SufficientStatistics {
    scaled?.assign(statistics, times: power)
    return scaled ?? statistics
  }
}
