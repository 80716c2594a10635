import GMMDiagnostics
import GMMInference
import GMMModel

/// The leave-one-out cross-validation of a posterior by Pareto smoothed importance sampling (PSIS-LOO).
///
/// An observation of sample weight w stands for w observations, of which one is left out at a time. For w < 1 the
/// observation as a whole is left out. So a total is the sum over observations of w times its term, integer weights are
/// repeated rows, and an observation of weight 0 has no part in totals. Source: Vehtari, Gelman, Gabry (2017), Practical
/// Bayesian model evaluation using leave-one-out cross-validation and WAIC, Statistics and Computing 27.
public struct LeaveOneOut: Sendable, Equatable {
  /// The expected log predictive density of new data: Σ w ``logDensities``.
  public let logDensity: Double
  /// The standard error of ``logDensity``: √(Σ w (e − ē)²) with the weighted mean ē of ``logDensities``.
  public let standardError: Double
  /// The effective number of parameters: what the log predictive density of the data exceeds ``logDensity`` by.
  public let parameterCount: Double
  /// log p(x | the other observations) of each observation, (N).
  public let logDensities: [Double]
  /// The shape k of the tail of each observation's importance ratios, (N). The term of an observation can be trusted up
  /// to ``goodShape``. Infinite where the tail fits no generalized Pareto distribution; negative infinity where all
  /// ratios are equal, so that the term is exact.
  public let shapes: [Double]
  /// min(1 − 1 / log₁₀ S, 0.7) for S draws.
  public let goodShape: Double
  /// The effective number of draws over their number, from which the number of smoothed ratios follows.
  public let relativeEfficiency: Double
  /// The number of draws over all chains, S.
  public let drawCount: Int

  /// The sample weights of the observations, (N); empty if all are 1.
  let weights: [Double]

  /// The number of observations whose term cannot be trusted.
  public var badCount: Int { shapes.count { $0 > goodShape } }

  /// Returns by how much this model is expected to predict new data better than another.
  ///
  /// - Parameter other: the cross-validation of a model of the same data, which is not checked beyond their number and
  ///   their sample weights.
  /// - Throws: ``ModelError`` if the numbers of observations or the sample weights differ.
  public func difference(from other: LeaveOneOut) throws(ModelError) -> LogDensityDifference {
    guard other.logDensities.count == logDensities.count else {
      throw ModelError(
        "other", "must be of the same data, with \(logDensities.count) observations", got: other.logDensities.count)
    }
    guard other.weights == weights else {
      throw ModelError("other", "must be of the same data and sample weights", got: "other sample weights")
    }
    return logDensities.withUnsafeBufferPointer { first in
      other.logDensities.withUnsafeBufferPointer { second in
        LogDensityDifference(first, second) { weights.isEmpty ? 1 : weights[$0] }
      }
    }
  }
}

/// The difference between two models in expected log predictive density.
public struct LogDensityDifference: Sendable, Equatable {
  /// Σ w (e − e') of the terms of both models.
  public let value: Double
  /// Its standard error over pairs of terms, √(Σ w (d − d̄)²) with d = e − e'.
  public let standardError: Double

  /// - Parameters:
  ///   - first: the terms of a model, (N).
  ///   - second: the terms of the other model, of the same observations.
  ///   - weights: the sample weights, (N); `nil` for 1.
  package init(
    _ first: UnsafeBufferPointer<Double>, _ second: UnsafeBufferPointer<Double>, weights: (Int) -> Double
  ) {
    let total = WeightedTotal(first.count, weights) { first[$0] - second[$0] }
    value = total.value
    standardError = total.standardError
  }
}

/// The sum of weighted terms, and its standard error if the terms are a sample.
struct WeightedTotal {
  let value: Double
  let standardError: Double

  init(_ count: Int, _ weights: (Int) -> Double, _ term: (Int) -> Double) {
    var sum = CompensatedSum()
    var total = CompensatedSum()
    for i in 0..<count where weights(i) > 0 {
      sum.add(weights(i) * term(i))
      total.add(weights(i))
    }
    let mean = sum.value / total.value
    var squares = CompensatedSum()
    for i in 0..<count where weights(i) > 0 {
      let deviation = term(i) - mean
      squares.add(weights(i) * deviation * deviation)
    }
    value = sum.value
    standardError = squares.value.squareRoot()
  }
}

/// A sum with the rounding errors of its additions (Neumaier 1974).
struct CompensatedSum {
  private var sum = 0.0
  private var lost = 0.0

  mutating func add(_ term: Double) {
    let next = sum + term
    lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
    sum = next
  }

  /// The sum; without the errors where it is not finite.
  var value: Double { lost.isFinite ? sum + lost : sum }
}
