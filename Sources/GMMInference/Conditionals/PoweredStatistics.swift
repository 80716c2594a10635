import GMMModel

/// The statistics for means and spread if the components' densities are raised to a power. Every member counts the
/// power.
///
/// The statistics for the weights are not powered.
struct PoweredStatistics {
  private let power: Double
  /// Memory for powers other than 1.
  private var scaled: SufficientStatistics?

  init(_ shape: MixtureShape, power: Double) {
    self.power = power
    scaled = power == 1 ? nil : SufficientStatistics(shape)
  }

  /// Whether the power is 1, which leaves the statistics unchanged.
  var isPlain: Bool { scaled == nil }

  mutating func callAsFunction(_ statistics: SufficientStatistics) -> SufficientStatistics {
    scaled?.assign(statistics, times: power)
    return scaled ?? statistics
  }
}
