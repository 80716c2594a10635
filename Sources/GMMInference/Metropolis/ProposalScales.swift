import GMMKernels

/// Step sizes of the random walks, one walk for each block of parameters.
struct ProposalScales: Sendable, Equatable {
  /// A random walk on one block: steps of sd `scale` × `base`, element by element.
  struct Walk: Sendable, Equatable {
    var base: [Double] = []
    var scale = 1.0
    private var accepted = 0
    private var proposed = 0

    /// Counts one proposal and, every hundredth, adapts the scale.
    mutating func record(accepted isAccepted: Bool, adapts: Bool) {
      guard adapts else { return }
      proposed += 1
      accepted += isAccepted ? 1 : 0
      guard proposed == Self.interval else { return }
      scale *= Self.factor(acceptance: Double(accepted) / Double(proposed))
      scale = min(max(scale, 1e-12), 1e12)
      (accepted, proposed) = (0, 0)
    }

    /// Proposals between two adaptations.
    private static let interval = 100

    /// Returns PyMC's correction of the scale: acceptance between 0.2 and 0.5 is left alone.
    private static func factor(acceptance: Double) -> Double {
      switch acceptance {
      case ..<0.001: 0.1
      case ..<0.05: 0.5
      case ..<0.2: 0.9
      case 0.95...: 10
      case 0.75...: 2
      case 0.5...: 1.1
      default: 1
      }
    }
  }

  var weights = Walk()
  var means = Walk()
  var sds = Walk()
}
