import GMMKernels
import GMMModel

extension MixtureModel {
  /// The rest of the weights below which no stick is broken off.
  private static let leastRest = 1e-12

  /// Returns a draw from the prior of a Dirichlet process: the weights are sticks that are broken off a stick of length 1
  /// (Sethuraman 1994), each a share of the rest that is Beta(1, α), until the rest is 0 up to rounding or there is no room
  /// for more. The last component has the rest, and the others are in the order that the model states.
  ///
  /// - Parameter isWanted: is asked in every long loop; after `false` the draw is not used.
  func drawProcessPrior(_ stream: inout RandomStream, while isWanted: () -> Bool) -> Parameters {
    let hyperparameters = known(count: 1).ofDrawnHyperparameters(&stream).hyperparameters
    let concentration = processConcentration(hyperparameters)
    var (weights, rest): ([Double], Double) = ([], 1)
    while weights.count < componentCount - 1, rest > Self.leastRest {
      // 1 - v of a share v that is Beta(1, α) is a power of a uniform variable.
      let left = rest * exp(log(stream.uniform()) / concentration)
      weights.append(rest - left)
      rest = left
    }
    weights.append(rest)
    var part = part(count: weights.count)
    part.adopt(hyperparameters)
    var parameters = part.drawPrior(&stream, while: isWanted)
    (parameters.weights, parameters.logWeights) = (weights, weights.map { log($0) })
    if let coordinate = orderCoordinate {
      parameters.sortByMean(coordinate: coordinate, first: weights.count - 1)
    }
    return parameters
  }
}
