import GMMKernels
import GMMModel

extension RandomStream {
  /// Draws a jump of a Gamma process above ``GammaProcess/least``, which has `count` rows.
  ///
  /// It is a Gamma(n) variable above that size; without rows it has a density in proportion to w⁻¹ exp(-w), and is drawn
  /// by rejection from w⁻¹ up to 1 and exp(-w) above, which succeeds four times in five.
  mutating func jump(count: Double) -> Double {
    let least = GammaProcess.least
    if count > 0 {
      while true {
        let w = gamma(shape: count)
        if w > least { return w }
      }
    }
    let (near, far) = (-log(least), exp(-1.0))
    while true {
      if uniform() * (near + far) < near {
        let w = least * exp(uniform() * near)
        if uniform() < exp(-w) { return w }
      } else {
        let w = 1 + exponential()
        if uniform() * w < 1 { return w }
      }
    }
  }

  /// Draws the jumps of all components, and divides them by their sum.
  mutating func drawJumps(_ parameters: inout Parameters, counts: [Double]) {
    var sum = 0.0
    for k in 0..<parameters.componentCount {
      parameters.weights[k] = jump(count: counts[k])
      sum += parameters.weights[k]
    }
    for k in 0..<parameters.componentCount {
      parameters.logWeights[k] = log(parameters.weights[k]) - log(sum)
      parameters.weights[k] /= sum
    }
  }
}
