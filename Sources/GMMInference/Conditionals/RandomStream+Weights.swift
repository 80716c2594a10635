import GMMKernels
import GMMModel

extension RandomStream {
  /// Draws weights from Dirichlet(`concentration` + `counts`), restricted to weights of at least `minimum`.
  ///
  /// Without a minimum the weights are normalised Gamma numbers. With a minimum a few such draws are tried. If none
  /// fits, exact draws of pairs, given the other weights, are made from the current weights, once for each component.
  /// Whether the tries fail does not depend on the current weights. So the step leaves the restricted Dirichlet
  /// distribution invariant, and it never loops for long.
  ///
  /// - Parameters:
  ///   - parameters: the weights and log weights are replaced. The old weights satisfy the minimum.
  ///   - minimum: at most 1/K.
  /// - Returns: whether the draw is independent of the current weights.
  @discardableResult
  mutating func drawWeights(
    _ parameters: inout Parameters, concentration: [Double], counts: [Double], minimum: Double
  ) -> Bool {
    let components = concentration.count
    guard components > 1 else {
      parameters.weights[0] = 1
      parameters.logWeights[0] = 0
      return true
    }
    if minimum * Double(components) >= 1 - 1e-9 {
      // The constraint leaves a single point.
      for k in 0..<components {
        parameters.weights[k] = 1 / Double(components)
        parameters.logWeights[k] = -log(Double(components))
      }
      return true
    }
    for _ in 0..<(minimum > 0 ? 8 : 1) {
      if drawDirichlet(&parameters, concentration, counts, minimum: minimum) { return true }
    }
    sweepPairsOfWeights(&parameters.weights, concentration: concentration, counts: counts, minimum: minimum)
    for k in 0..<components { parameters.logWeights[k] = log(parameters.weights[k]) }
    return false
  }

  /// Draws the weight of a background given the assignments.
  mutating func draw(
    _ background: UniformBackground, _ parameters: inout Parameters, given statistics: SufficientStatistics
  ) {
    guard case .beta(let first, let second) = background.weight else {
      parameters.background = background.startWeight
      return
    }
    // Below shape 1 a Gamma number may underflow where its logarithm does not.
    let own = logGamma(shape: first + statistics.backgroundCount)
    let rest = logGamma(shape: second + statistics.total)
    let sum = max(own, rest) + log1p(exp(min(own, rest) - max(own, rest)))
    parameters.background = BackgroundWeight(log: min(0, own - sum), logRest: min(0, rest - sum))
  }

  /// Draws weights and their logarithms from the unrestricted Dirichlet distribution, and keeps them if all reach the
  /// minimum.
  ///
  /// - Returns: whether they do. If not, the weights are unchanged, but their logarithms are not.
  private mutating func drawDirichlet(
    _ parameters: inout Parameters, _ concentration: [Double], _ counts: [Double], minimum: Double
  ) -> Bool {
    let components = concentration.count
    var sum = 0.0
    var least = Double.infinity
    for k in 0..<components {
      let shape = concentration[k] + counts[k]
      guard shape >= 1 else {
        // Below shape 1 a Gamma number may underflow where its logarithm does not.
        let logLeast = drawLogDirichlet(&parameters.logWeights, concentration, counts)
        guard minimum == 0 || exp(logLeast) >= minimum else { return false }
        for j in 0..<components { parameters.weights[j] = exp(parameters.logWeights[j]) }
        return true
      }
      let value = gamma(shape: shape)
      parameters.logWeights[k] = value
      sum += value
      least = min(least, value)
    }
    let scale = 1 / sum
    guard minimum == 0 || least * scale >= minimum else { return false }
    for k in 0..<components {
      parameters.weights[k] = parameters.logWeights[k] * scale
      parameters.logWeights[k] = log(parameters.weights[k])
    }
    return true
  }

  /// Draws log weights from the unrestricted Dirichlet distribution. They are finite for concentrations of any size.
  ///
  /// - Returns: the smallest log weight.
  @discardableResult
  mutating func drawLogDirichlet(
    _ logWeights: inout [Double], _ concentration: [Double], _ counts: [Double]
  ) -> Double {
    var largest = -Double.infinity
    var smallest = Double.infinity
    for k in logWeights.indices {
      let value = logGamma(shape: concentration[k] + counts[k])
      logWeights[k] = value
      largest = max(largest, value)
      smallest = min(smallest, value)
    }
    var sum = 0.0
    for k in logWeights.indices { sum += exp(logWeights[k] - largest) }
    let shift = largest + log(sum)
    for k in logWeights.indices { logWeights[k] -= shift }
    return smallest - shift
  }

  /// Divides, for each component and a random partner, the sum of their weights anew: by a Beta distribution restricted
  /// to where both reach the minimum.
  ///
  /// - Parameter minimum: positive.
  mutating func sweepPairsOfWeights(
    _ weights: inout [Double], concentration: [Double], counts: [Double], minimum: Double
  ) {
    let components = weights.count
    for i in 0..<components {
      var j = index(below: components - 1)
      if j >= i { j += 1 }
      let sum = weights[i] + weights[j]
      let lowest = minimum / sum
      guard lowest < 0.5 else { continue }
      let first = concentration[i] + counts[i]
      let second = concentration[j] + counts[j]
      // On the logit scale the Beta density is log-concave for every shape.
      let bound = log((1 - lowest) / lowest)
      let logit = logConcave(
        LogitBetaDensity(first: first, second: second), lower: -bound, upper: bound, near: log(first / second))
      let part = sum / (1 + exp(-logit))
      weights[i] = min(max(part, minimum), sum - minimum)
      weights[j] = max(sum - weights[i], minimum)
    }
  }
}

/// The log density of y = log(p / (1 - p)) for p ~ Beta(first, second).
private struct LogitBetaDensity: LogConcaveDensity {
  let first: Double
  let second: Double

  func callAsFunction(_ y: Double) -> (logDensity: Double, slope: Double) {
    let total = first + second
    // This is log(1 + exp(y)) without overflow.
    let softplus = max(y, 0) + log1p(exp(-abs(y)))
    return (first * y - total * softplus, first - total / (1 + exp(-y)))
  }
}
