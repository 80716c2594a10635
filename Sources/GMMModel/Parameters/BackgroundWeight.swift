import GMMKernels

/// The weight ω of a background in a mixture, ω + (1 - ω) Σ weights = 1. It is kept as logarithms, because both parts may
/// underflow where these do not.
package struct BackgroundWeight: Sendable, Equatable {
  /// log ω.
  package let log: Double
  /// log (1 - ω).
  package let logRest: Double
  /// ω.
  package let value: Double

  package init(log: Double, logRest: Double) { (self.log, self.logRest, value) = (log, logRest, exp(log)) }

  /// - Parameter weight: ω, in 0 … 1.
  package init(_ weight: Double) { (log, logRest, value) = (GMMKernels.log(weight), log1p(-weight), weight) }

  /// The weight where there is no background.
  package static let none = BackgroundWeight(log: -.infinity, logRest: 0)
}
