import GMMKernels
import GMMModel

/// The range of sds in draws. An sd beyond a limit is set to the limit.
///
/// Within it, the square of an sd and its inverse are within the range of a double.
let sdLimits = 1e-150...1e150

/// The conditional distribution of one sd given its members' sum of squares:
/// density ∝ prior(sd) sd^(-n) exp(-S / (2 sd²)).
struct SpreadConditional {
  let prior: SpreadDensity
  let count: Double
  let squares: Double

  /// - Parameters:
  ///   - count: n, the counts of all components that share the sd.
  ///   - squares: S, the sum of their squared distances from the means.
  init(_ prior: SpreadDensity, count: Double, squares: Double) {
    self.prior = prior
    self.count = count
    self.squares = squares
  }

  /// Returns an exact draw.
  ///
  /// Under a conjugate prior the precision is a Gamma number. Under the other priors, for n ≥ 2, Gamma precisions are
  /// tried a few times: those of a prior that is flat in the sd or, in the tail of HalfCauchy, flat in 1/sd. A try is
  /// accepted with a probability in proportion to the rest of the prior. If all tries fail, the draw is from the
  /// log-concave density of log sd. Under LogNormal and HalfStudentT a power of the sd that touches the prior at the mode
  /// takes the place of the flat prior, and most tries are accepted. Without members the draw is from the prior.
  ///
  /// - Parameter current: the current sd. It serves only as a guess of the mode.
  /// - Throws: a ``ModelError`` of kind `degenerate` if the density is not integrable.
  func draw(_ stream: inout RandomStream, near current: Double) throws(ModelError) -> Double {
    if count == 0 { return prior.draw(&stream) }
    if isImproper {
      throw .collapsed(onto: count, sd: 0)
    }
    var sd: Double
    switch prior {
    case .fixed(let value): return value
    case .inverseGamma(let shape, let scale):
      return stream.sdOfGammaPrecision(shape: shape + 0.5 * count, rate: scale + 0.5 * squares)
    case .gamma(let shape, let rate):
      return stream.sdOfGammaPrecision(shape: shape + 0.5 * count, rate: rate + 0.5 * squares)
    case .uniform(let lower, let upper):
      for _ in 0..<tries {
        sd = drawUnderFlatPrior(&stream)
        if sd >= lower, sd <= upper { return sd }
      }
    case .halfCauchy(let scale):
      // The prior is nearly flat below its scale and nearly sd^-2 above it.
      let isInTail = squares > count * scale * scale
      for _ in 0..<tries {
        sd = drawUnderFlatPrior(&stream, extraShape: isInTail ? 1 : 0)
        let ratio = isInTail ? scale / sd : sd / scale
        if stream.uniform() * (1 + ratio * ratio) < 1 { return sd }
      }
    case .halfNormal(let scale):
      for _ in 0..<tries {
        sd = drawUnderFlatPrior(&stream)
        let ratio = sd / scale
        if stream.uniform() < exp(-0.5 * ratio * ratio) { return sd }
      }
    case .logNormal(let mu, let sigma):
      if let sd = drawUnderLogNormal(mu, sigma, &stream) { return sd }
    case .halfStudentT(let dof, let scale):
      if let sd = drawUnderHalfStudentT(dof, scale, &stream) { return sd }
    }
    return drawLogConcave(&stream, near: current)
  }

  /// Whether the density is not integrable at 0. For a count below 1, sd^(-n) is.
  var isImproper: Bool { squares == 0 && count >= 1 && prior.reachesZero }

  /// The number of tries. Under the flat prior, two members are needed for a proper density.
  private var tries: Int { count >= 2 ? 8 : 0 }

  private func drawUnderFlatPrior(_ stream: inout RandomStream, extraShape: Double = 0) -> Double {
    stream.sdOfGammaPrecision(shape: 0.5 * (count - 1) + extraShape, rate: 0.5 * squares)
  }

  private func drawLogConcave(_ stream: inout RandomStream, near current: Double) -> Double {
    let support = prior.support
    let density = LogSDDensity(prior: prior, count: count, squares: squares)
    let lower = log(max(support.lower, sdLimits.lowerBound))
    let upper = log(min(support.upper, sdLimits.upperBound))
    var guess = squares > 0 ? 0.5 * log(squares / count) : log(current)
    if case .logNormal(let mu, let sigma) = prior { guess = modeUnderLogNormal(mu, sigma, power: count).logSD }
    let sd = exp(stream.logConcave(density, lower: lower, upper: upper, near: guess))
    return min(max(sd, support.lower), support.upper)
  }
}

/// The log density of log sd given its members, up to a constant. It is concave for every prior here.
///
/// With u = log sd, the members add -n u - S exp(-2u) / 2, which is concave, and the Jacobian adds u. LogNormal adds
/// -u - (u - μ)² / (2σ²), a concave quadratic. HalfStudentT adds -(ν + 1) / 2 log(1 + exp(2u) / (ν s²)), and log(1 +
/// exp(2u + c)) is convex: its second derivative is 4 p (1 - p) with p = 1 / (1 + exp(-2u - c)).
struct LogSDDensity: LogConcaveDensity {
  let prior: SpreadDensity
  let count: Double
  let squares: Double

  func callAsFunction(_ logSD: Double) -> (logDensity: Double, slope: Double) {
    let quadratic = squares == 0 ? 0 : squares * exp(-2 * logSD)
    var value = (1 - count) * logSD - 0.5 * quadratic
    var slope = 1 - count + quadratic
    switch prior {
    case .halfCauchy(let scale):
      // These are -log(1 + r²) with r = sd / scale, and its slope -2 r² / (1 + r²), without overflow.
      let logRatio = 2 * (logSD - log(scale))
      value -= max(logRatio, 0) + log1p(exp(-abs(logRatio)))
      slope -= 2 / (1 + exp(-logRatio))
    case .halfNormal(let scale):
      let square = exp(2 * (logSD - log(scale)))
      value -= 0.5 * square
      slope -= square
    case .logNormal(let mu, let sigma):
      let distance = (logSD - mu) / sigma
      value -= logSD + 0.5 * distance * distance
      slope -= 1 + distance / sigma
    case .halfStudentT(let dof, let scale):
      let logRatio = 2 * (logSD - log(scale)) - log(dof)
      value -= 0.5 * (dof + 1) * log1pExp(logRatio)
      slope -= (dof + 1) / (1 + exp(-logRatio))
    case .uniform, .inverseGamma, .gamma, .fixed:
      break
    }
    return (value, slope)
  }
}

extension SpreadDensity {
  /// Returns a draw of the sd from the prior.
  func draw(_ stream: inout RandomStream) -> Double {
    let sd =
      switch self {
      case .uniform(let lower, let upper): lower + (upper - lower) * stream.uniform()
      case .halfCauchy(let scale): scale * tan(0.5 * Double.pi * stream.uniform())
      case .halfNormal(let scale): scale * abs(stream.normal())
      case .logNormal(let mu, let sigma): exp(mu + sigma * stream.normal())
      case .halfStudentT(let dof, let scale):
        // The precision of the Normal that is folded is Gamma(ν/2, ν s²/2), in log space, where nothing overflows.
        scale * exp(log(abs(stream.normal())) + 0.5 * (log(0.5 * dof) - stream.logGamma(shape: 0.5 * dof)))
      case .inverseGamma(let shape, let scale): stream.sdOfGammaPrecision(shape: shape, rate: scale)
      case .gamma(let shape, let rate): stream.sdOfGammaPrecision(shape: shape, rate: rate)
      case .fixed(let value): value
      }
    return min(max(sd, sdLimits.lowerBound), sdLimits.upperBound)
  }
}

extension ModelError {
  /// Returns the error of a chain in which a component has collapsed onto ties at its mean.
  ///
  /// - Parameter count: the sum of the weights of the component's members.
  static func collapsed(onto count: Double, sd: Double) -> ModelError {
    let members = count == 1 ? "1 observation" : "\(Int(exactly: count).map(String.init) ?? "\(count)") observations"
    return ModelError(
      .degenerate, "spread",
      "must have a prior that keeps the sd from 0 where observations tie (Uniform with a lower bound above 0, or "
        + "InverseGamma on the variance), because a component has collapsed onto \(members) at its mean",
      got: "an sd of \(sd)")
  }
}

extension RandomStream {
  /// Returns 1/√τ for τ ~ Gamma(`shape`, `rate`), in log space for shapes at which τ may underflow.
  @inline(__always)
  mutating func sdOfGammaPrecision(shape: Double, rate: Double) -> Double {
    let sd =
      shape < 1
      ? exp(0.5 * (log(rate) - logGamma(shape: shape))) : (rate / gamma(shape: shape)).squareRoot()
    return min(max(sd, sdLimits.lowerBound), sdLimits.upperBound)
  }
}
