import GMMKernels
import GMMModel

/// The free parameters of a model as one vector u of real numbers, in which they are proposed jointly.
///
/// The coordinates are log(w_k / w_0) for k = 1 … K - 1, the means, and the logarithms of the sds, in this order and
/// without known values. The map takes no account of the order of the means, the minimum weight and the bounds of means
/// and sds. Parameters that violate them have density 0.
struct FreeCoordinates: Sendable {
  /// The length d of u; 0 if nothing is free.
  let dimension: Int
  private var model: MixtureModel
  private let hasWeights: Bool
  /// The places of the free coordinates of means and of the free sds.
  private let means: [Int]
  private let sds: [Int]

  init(_ model: MixtureModel) {
    self.model = model
    // A minimum of 1/K leaves a single point.
    hasWeights =
      !model.hasFixedWeights && model.componentCount > 1
      && model.minimumWeight * Double(model.componentCount) < 1 - 1e-9
    means = model.meanDensities.indices.filter { !model.meanDensities[$0].isFixed }
    sds = model.spreadDensities.indices.filter { !model.spreadDensities[$0].isFixed }
    dimension = (hasWeights ? model.componentCount - 1 : 0) + means.count + sds.count
  }

  /// Gives the priors other hyperparameters.
  mutating func adopt(_ hyperparameters: [Double]) { model.adopt(hyperparameters) }

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
    for mean in means {
      u[j] = parameters.means[mean]
      j += 1
    }
    for sd in sds {
      u[j] = log(parameters.sds[sd])
      j += 1
    }
  }

  /// Sets the free parameters to those with the coordinates `u`. Known values stay.
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
    for mean in means {
      parameters.means[mean] = u[j]
      j += 1
    }
    for sd in sds {
      parameters.sds[sd] = exp(u[j])
      j += 1
    }
  }

  /// Returns the log density of the constrained prior with respect to u, up to a constant; -infinity outside the
  /// constraints.
  ///
  /// The factor of the weights is the Dirichlet density ∏ w^(α - 1) times |dw / du| = ∏ w. The factor of the means is
  /// their density. The factor of the spread is the density of the variable that the prior is stated for, times |d
  /// variable / d log sd|.
  func logPrior(_ parameters: Parameters) -> Double {
    guard model.satisfiesConstraints(parameters) else { return -.infinity }
    var sum = 0.0
    if hasWeights {
      for k in parameters.logWeights.indices { sum += model.concentration[k] * parameters.logWeights[k] }
    }
    if !means.isEmpty { sum += model.logPriorOfMeans(parameters) }
    for j in sds {
      let (density, sd) = (model.spreadDensities[j], parameters.sds[j])
      guard sdLimits.contains(sd) else { return -.infinity }
      sum += density.logDensity(sd: sd) + density.logJacobian(sd: sd)
    }
    return sum
  }
}
