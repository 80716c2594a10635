import Foundation
import GMMKernels
import GMMModel

/// Draws parameters from the prior of a model, and data given them, by the definitions. Weights, means and spread are
/// independent, and are rejected until they meet the constraints.
struct PlainPrior {
  let model: MixtureModel

  init(_ model: MixtureModel) { self.model = model }

  /// Returns a draw.
  func draw(_ random: inout PlainRandom) -> Parameters {
    let weights = drawWeights(&random)
    while true {
      var parameters = Parameters(model.shape, weights: weights, means: model.meanCenters)
      parameters.sds = model.spreadDensities.map { draw($0, &random) }
      parameters.factors = model.covarianceDensities.flatMap { draw($0, &random) }
      drawMeans(&parameters, &random)
      if isInOrder(parameters.means) { return parameters }
    }
  }

  private func isInOrder(_ means: [Double]) -> Bool {
    guard let coordinate = model.orderCoordinate else { return true }
    let values = stride(from: coordinate, to: means.count, by: model.dimensionCount).map { means[$0] }
    return zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
  }

  private func drawWeights(_ random: inout PlainRandom) -> [Double] {
    if model.hasFixedWeights { return model.concentration }
    while true {
      let values = model.concentration.map { random.gamma(halfShape: $0) }
      let sum = values.reduce(0, +)
      let weights = values.map { $0 / sum }
      if weights.allSatisfy({ $0 >= model.minimumWeight }) { return weights }
    }
  }

  private func draw(_ density: SpreadDensity, _ random: inout PlainRandom) -> Double {
    switch density {
    case .uniform(let lower, let upper): lower + (upper - lower) * random.uniform()
    case .halfCauchy(let scale): scale * abs(random.normal() / random.normal())
    case .halfNormal(let scale): scale * abs(random.normal())
    case .logNormal(let mu, let sigma): exp(mu + sigma * random.normal())
    case .halfStudentT(let dof, let scale):
      scale * abs(random.normal()) / (random.gamma(halfShape: 0.5 * dof) / (0.5 * dof)).squareRoot()
    case .inverseGamma(let shape, let scale): (scale / random.gamma(halfShape: shape)).squareRoot()
    case .gamma(let shape, let rate): 1 / (random.gamma(halfShape: shape) / rate).squareRoot()
    case .fixed(let sd): sd
    }
  }

  /// Returns a factor of the inverse of a sum of squares of `dof` vectors ~ Normal(0, scale⁻¹).
  private func draw(_ density: CovarianceDensity, _ random: inout PlainRandom) -> [Double] {
    switch density {
    case .fixed(let factor): return factor.packed
    case .inverseWishart(let dof, let scale, let factor, _):
      precondition(dof.rounded() == dof)
      var sum = SymmetricMatrix(dimension: scale.dimension)
      for _ in 0..<Int(dof) {
        sum.addSquare(of: factor.solveTransposed((0..<scale.dimension).map { _ in random.normal() }))
      }
      guard let inverse = try? sum.cholesky().inverseOfSquare, let result = try? inverse.cholesky() else {
        return draw(density, &random)
      }
      return result.packed
    }
  }

  private func drawMeans(_ parameters: inout Parameters, _ random: inout PlainRandom) {
    for k in 0..<model.componentCount {
      let range = model.shape.mean(k)
      if model.hasScaledMean(k) {
        let noise = parameters.noise(of: k, &random)
        for (d, j) in range.enumerated() {
          parameters.means[j] = model.meanCenters[j] + noise[d] / (model.meanDensities[j].kappa ?? 0).squareRoot()
        }
        continue
      }
      for j in range {
        switch model.meanDensities[j] {
        case .normal(let mean, let sd): parameters.means[j] = mean + sd * random.normal()
        case .uniform(let lower, let upper): parameters.means[j] = lower + (upper - lower) * random.uniform()
        case .fixed, .scaledNormal: break
        }
      }
    }
  }
}

extension Parameters {
  /// Returns a vector ~ Normal(0, covariance of component `k`).
  func noise(of k: Int, _ random: inout PlainRandom) -> [Double] {
    let noise = (0..<shape.dimensionCount).map { _ in random.normal() }
    return shape.hasMatrices ? factor(k).multiply(noise) : noise.indices.map { sd(k, $0) * noise[$0] }
  }

  /// Returns `count` observations of the mixture, (count, D).
  func observations(_ count: Int, _ random: inout PlainRandom) -> [Double] {
    (0..<count).flatMap { _ in
      var rest = random.uniform()
      var k = 0
      while k + 1 < componentCount, rest >= weights[k] {
        rest -= weights[k]
        k += 1
      }
      return zip(mean(k), noise(of: k, &random)).map(+)
    }
  }
}
