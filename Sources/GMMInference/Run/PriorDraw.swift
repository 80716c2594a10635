import GMMKernels
import GMMModel

extension MixtureModel {
  /// Returns an independent draw from the prior under its constraints.
  ///
  /// Weights with a minimum: a flat Dirichlet is moved and scaled into the smaller simplex; others are rejected up to
  /// at least 800 times. Ordered means: sorted when the prior is exchangeable in them, else rejected up to 10,000 times. What
  /// is rejected so long is drawn by a Markov chain of its own that runs far beyond what it needs to forget its start.
  func drawPrior(_ stream: inout RandomStream) -> Parameters {
    var parameters = Parameters(
      weights: [Double](repeating: 1 / Double(componentCount), count: componentCount), means: meanCenters,
      sds: spreadDensities.map { $0.draw(&stream) })
    drawPriorWeights(&parameters, &stream)
    drawPriorMeans(&parameters, &stream)
    return parameters
  }

  private func drawPriorWeights(_ parameters: inout Parameters, _ stream: inout RandomStream) {
    if hasFixedWeights {
      parameters = Parameters(weights: concentration, means: parameters.means, sds: parameters.sds)
      return
    }
    let none = [Double](repeating: 0, count: componentCount)
    if minimumWeight == 0 || componentCount == 1 {
      stream.drawWeights(&parameters, concentration: concentration, counts: none, minimum: 0)
    } else if concentration.allSatisfy({ $0 == 1 }) {
      stream.drawWeights(&parameters, concentration: concentration, counts: none, minimum: 0)
      let room = 1 - Double(componentCount) * minimumWeight
      for k in 0..<componentCount {
        parameters.weights[k] = minimumWeight + max(0, room) * parameters.weights[k]
        parameters.logWeights[k] = log(parameters.weights[k])
      }
    } else {
      // Each call tries eight times before it moves the weights by a sweep of pairs: the loop is rejection and, where
      // that fails, a chain of many more sweeps than the few in which pairs forget their start.
      for _ in 0..<(100 + 10 * componentCount)
      where stream.drawWeights(&parameters, concentration: concentration, counts: none, minimum: minimumWeight) {
        break
      }
    }
  }

  private func drawPriorMeans(_ parameters: inout Parameters, _ stream: inout RandomStream) {
    if hasFixedMeans { return }
    func drawAll() {
      for k in 0..<componentCount { parameters.means[k] = meanCenters[k] + meanSDs[k] * stream.normal() }
    }
    drawAll()
    guard orderedMeans else { return }
    if meanCenters.allSatisfy({ $0 == meanCenters[0] }), meanSDs.allSatisfy({ $0 == meanSDs[0] }) {
      parameters.means.sort()
      return
    }
    for _ in 0..<10_000 {
      if satisfiesConstraints(parameters) { return }
      drawAll()
    }
    parameters.means.sort()
    for _ in 0..<(200 + 50 * componentCount * componentCount) {
      for k in 0..<componentCount {
        parameters.means[k] = stream.normal(
          mean: meanCenters[k], sd: meanSDs[k], lower: k > 0 ? parameters.means[k - 1] : -.infinity,
          upper: k + 1 < componentCount ? parameters.means[k + 1] : .infinity)
      }
    }
  }
}
