import GMMKernels
import GMMModel

/// The free parameters of a model as one vector u of real numbers, in which they are proposed jointly.
///
/// In order: log(w_k / w_0) for k = 1 … K - 1, the means, the logarithms of the sds; without the blocks that are fixed.
/// The order of the means, the least weight and the bounds of an sd are no part of the map: outside of them the density
/// is 0.
struct FreeCoordinates: Sendable {
  /// The length d of u; 0 where nothing is free.
  let dimension: Int
  private let model: MixtureModel
  private let hasWeights: Bool
  private let hasMeans: Bool
  private let hasSpread: Bool

  init(_ model: MixtureModel) {
    self.model = model
    // A minimum of 1/K leaves one point.
    hasWeights =
      !model.hasFixedWeights && model.componentCount > 1
      && model.minimumWeight * Double(model.componentCount) < 1 - 1e-9
    hasMeans = !model.hasFixedMeans
    hasSpread = !model.hasFixedSpread
    dimension =
      (hasWeights ? model.componentCount - 1 : 0) + (hasMeans ? model.componentCount : 0)
      + (hasSpread ? model.spreadCount : 0)
  }

  /// Writes the coordinates of `parameters`.
  ///
  /// - Parameter u: (d), replaced.
  func write(_ parameters: Parameters, to u: inout [Double]) {
    var j = 0
    if hasWeights {
      for k in 1..<parameters.componentCount {
        u[j] = parameters.logWeights[k] - parameters.logWeights[0]
        j += 1
      }
    }
    if hasMeans {
      for mean in parameters.means {
        u[j] = mean
        j += 1
      }
    }
    if hasSpread {
      for sd in parameters.sds {
        u[j] = log(sd)
        j += 1
      }
    }
  }

  /// Sets the free parameters to those with the coordinates `u`; the fixed ones stay.
  func read(_ u: [Double], into parameters: inout Parameters) {
    var j = 0
    if hasWeights {
      let components = parameters.componentCount
      j = components - 1
      var largest = 0.0
      for k in 0..<j { largest = max(largest, u[k]) }
      var sum = exp(-largest)
      for k in 0..<j { sum += exp(u[k] - largest) }
      let shift = largest + log(sum)
      for k in 0..<components {
        parameters.logWeights[k] = (k > 0 ? u[k - 1] : 0) - shift
        parameters.weights[k] = exp(parameters.logWeights[k])
      }
    }
    if hasMeans {
      for k in parameters.means.indices {
        parameters.means[k] = u[j]
        j += 1
      }
    }
    if hasSpread {
      for k in parameters.sds.indices {
        parameters.sds[k] = exp(u[j])
        j += 1
      }
    }
  }

  /// Returns the log density of the constrained prior with respect to u, up to a constant; -infinity outside.
  ///
  /// Weights: the Dirichlet density ∏ w^(α - 1) times |dw / du| = ∏ w. Means: as they are. Spread: the density of the
  /// variable that the prior is stated for, times |d variable / d log sd|.
  func logPrior(_ parameters: Parameters) -> Double {
    guard model.satisfiesConstraints(parameters) else { return -.infinity }
    var sum = 0.0
    if hasWeights {
      for k in parameters.logWeights.indices { sum += model.concentration[k] * parameters.logWeights[k] }
    }
    if hasMeans { sum += model.logPriorOfMeans(parameters) }
    if hasSpread {
      for (j, density) in model.spreadDensities.enumerated() {
        let sd = parameters.sds[j]
        guard sdLimits.contains(sd) else { return -.infinity }
        sum += density.logDensity(sd: sd) + density.logJacobian(sd: sd)
      }
    }
    return sum
  }
}
