// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMModel

/// The priors of a model as a caller would state them, with arrays that live as long as this object.
final class PriorArrays {
  let weights: gmm_prior
  let means: gmm_prior
  let spread: gmm_prior
  let count: gmm_prior
  /// The background; `nil` if there is none.
  let background: UnsafePointer<gmm_background>?
  private let ofBackground: UnsafeMutablePointer<gmm_background>
  private let memory: UnsafeMutablePointer<Double>
  /// The priors of single components, those of the means first.
  private let ofComponents: UnsafeMutablePointer<gmm_prior>

  /// - Parameter model: the model. A prior that waits for data is stated as GMM_PRIOR_SCALED.
  init(_ model: OpenModel) {
    let shape = model.shape
    let weights = Statement(model.weights)
    let scaled = [Statement(GMM_PRIOR_SCALED, [])]
    let means = model.means.map { Statement.list($0, shape) } ?? scaled
    let spread = model.spread.map { Statement.list($0, shape) } ?? scaled
    let count = Statement(model.count)
    let ofParameters = Statement.OfParameters(model.hyperpriors, shape)
    let statements = [weights] + means + spread + [count] + ofParameters.all
    // SAFETY: the memory is owned by this object, freed in `deinit`, and never written again. It is filled with all
    // numbers and priors.
    let bounds = model.background.map { 2 * ($0.region == .data ? 0 : shape.dimensionCount) } ?? 0
    memory = .allocate(
      capacity: max(1, statements.reduce(bounds) { $0 + $1.first.count + $1.second.count + $1.lower.count }))
    // A bounded prior is within another one.
    ofComponents = .allocate(capacity: statements.count + statements.count { !$0.lower.isEmpty })
    var next = memory
    func keep(_ values: [Double]) -> UnsafePointer<Double>? {
      defer { next += values.count }
      next.update(from: values, count: values.count)
      return values.isEmpty ? nil : UnsafePointer(next)
    }
    var nextPrior = ofComponents
    func prior(_ statement: Statement) -> gmm_prior {
      let own = gmm_prior(
        family: Int32(statement.family), num_values: Int32(statement.count), first: keep(statement.first),
        second: keep(statement.second), priors: nil)
      guard !statement.lower.isEmpty else { return own }
      nextPrior.initialize(to: own)
      defer { nextPrior += 1 }
      return gmm_prior(
        family: Int32(GMM_PRIOR_ABOVE), num_values: Int32(statement.lower.count), first: keep(statement.lower),
        second: nil, priors: UnsafePointer(nextPrior))
    }
    func prior(_ list: [Statement], isEach: Bool) -> gmm_prior {
      guard isEach else { return prior(list[0]) }
      defer { nextPrior += list.count }
      for (k, statement) in list.enumerated() { (nextPrior + k).initialize(to: prior(statement)) }
      return gmm_prior(
        family: Int32(GMM_PRIOR_EACH), num_values: Int32(list.count), first: nil, second: nil,
        priors: UnsafePointer(nextPrior))
    }
    /// Returns a prior whose parameters have priors, if there are any.
    func prior(_ stated: gmm_prior, of parameters: [Statement]) -> gmm_prior {
      guard !parameters.isEmpty else { return stated }
      let own = nextPrior
      nextPrior += parameters.count
      for (k, statement) in parameters.enumerated() { (own + k).initialize(to: prior(statement)) }
      var result = stated
      result.priors = UnsafePointer(own)
      return result
    }
    self.weights = prior(prior(weights), of: ofParameters.weights)
    self.means = prior(prior(means, isEach: model.means?.ofComponents != nil), of: ofParameters.means)
    self.spread = prior(prior(spread, isEach: model.spread?.ofComponents != nil), of: ofParameters.spread)
    self.count = prior(count)
    ofBackground = .allocate(capacity: 1)
    background = model.background.map { [ofBackground] background in
      var stated = gmm_background.defaults
      stated.struct_size = UInt32(MemoryLayout<gmm_background>.size)
      switch background.weight {
      case .beta(let first, let second): (stated.weight_first, stated.weight_second) = (first, second)
      case .fixed(let value): stated.fixed_weight = value
      }
      switch background.region {
      case .data: break
      case .volume(let volume): stated.volume = volume
      case .bounds(let lower, let upper):
        stated.lower = keep((0..<shape.dimensionCount).map { lower[$0 % lower.count] })
        stated.upper = keep((0..<shape.dimensionCount).map { upper[$0 % upper.count] })
      }
      ofBackground.initialize(to: stated)
      return UnsafePointer(ofBackground)
    }
  }

  deinit {
    memory.deallocate()
    ofBackground.deallocate()
    ofComponents.deallocate()
  }
}

/// A prior in the words of C: family, number of values, and one or two arrays for that number.
private struct Statement {
  let family: gmm_prior_family
  let count: Int
  let first: [Double]
  let second: [Double]
  /// The least values, where they are bounded.
  private(set) var lower: [Double] = []

  /// - Parameters:
  ///   - sizes: the number of elements of a value in each array.
  init(_ family: gmm_prior_family, _ first: [Double], _ second: [Double] = [], sizes: (Int, Int) = (1, 1)) {
    self.family = family
    // One array may hold one value for all, while the other holds one for each.
    count = max(1, first.count / sizes.0, second.count / sizes.1)
    let count = count
    func filled(_ values: [Double], _ size: Int) -> [Double] {
      values.isEmpty ? [] : (0..<count * size).map { values[$0 % values.count] }
    }
    self.first = filled(first, sizes.0)
    self.second = filled(second, sizes.1)
  }

  /// The statements of the priors of parameters.
  struct OfParameters {
    let weights: [Statement]
    let means: [Statement]
    let spread: [Statement]

    /// Those of the parameters of all priors.
    var all: [Statement] { weights + means + spread }

    init(_ priors: Hyperpriors, _ shape: MixtureShape) {
      let known = Statement(knownAs: GMM_PRIOR_FIXED)
      switch priors.concentration {
      case nil: weights = []
      case .gamma(let shape, let rate): weights = [Statement(GMM_PRIOR_GAMMA, [shape], [rate])]
      case .f(let first, let second): weights = [Statement(GMM_PRIOR_F, [first], [second])]
      }
      let center = priors.center.map { Statement(GMM_PRIOR_NORMAL, $0.mean, $0.sd) }
      let meansSD = priors.meansSD.flatMap { Statement($0, shape) }
      means = center == nil && meansSD == nil ? [] : [center ?? known, meansSD ?? known]
      if let scale = priors.scale {
        let wishart = Statement(GMM_PRIOR_WISHART, [scale.dof], scale.scale, sizes: (1, scale.scale.count))
        spread = [known, wishart.bounded(by: scale.lower)]
      } else {
        spread = priors.rate.map { [known, Statement(GMM_PRIOR_GAMMA, $0.shape, $0.rate).bounded(by: $0.lower)] } ?? []
      }
    }
  }

  /// Returns the statement within that of a bound, unless there is none.
  private func bounded(by lower: [Double]) -> Statement {
    guard lower.contains(where: { $0 > 0 }) else { return self }
    var result = self
    result.lower = lower
    return result
  }

  /// A parameter that has no prior.
  private init(knownAs family: gmm_prior_family) {
    self.family = family
    count = 0
    (first, second) = ([], [])
  }

  init(_ prior: WeightsPrior) {
    switch prior {
    case .fixed(let values): self.init(GMM_PRIOR_FIXED, values)
    case .dirichlet(let concentration): self.init(GMM_PRIOR_DIRICHLET, concentration)
    case .dynamicDirichlet(let total): self.init(GMM_PRIOR_DYNAMIC_DIRICHLET, [total])
    }
  }

  /// - Parameter prior: `nil` for a number of components that is known.
  init(_ prior: CountPrior?) {
    switch prior {
    case nil: self.init(GMM_PRIOR_FIXED, [])
    case .uniform(let first, let last): self.init(GMM_PRIOR_DISCRETE_UNIFORM, [Double(first), Double(last)])
    case .geometric(let probability): self.init(GMM_PRIOR_GEOMETRIC, [probability])
    case .shiftedPoisson(let rate): self.init(GMM_PRIOR_SHIFTED_POISSON, [rate])
    case .negativeBinomial(let size, let probability): self.init(GMM_PRIOR_NEGATIVE_BINOMIAL, [size, probability])
    case .betaNegativeBinomial(let size, let a, let b): self.init(GMM_PRIOR_BETA_NEGATIVE_BINOMIAL, [size, a, b])
    case .probabilities(let values): self.init(GMM_PRIOR_PROBABILITIES, values)
    case .dirichletProcess: self.init(GMM_PRIOR_DIRICHLET_PROCESS, [])
    }
  }

  /// Returns the statement of each component's prior, or of the one for all.
  static func list(_ prior: MeansPrior, _ shape: MixtureShape) -> [Statement] {
    (prior.ofComponents ?? [prior]).compactMap { Statement($0, shape) }
  }

  /// Returns the statement of each component's prior, or of the one for all.
  static func list(_ prior: SpreadPrior, _ shape: MixtureShape) -> [Statement] {
    (prior.ofComponents ?? [prior]).compactMap { Statement($0, shape) }
  }

  /// Returns `nil` for the priors of several components.
  private init?(_ prior: MeansPrior, _ shape: MixtureShape) {
    switch prior {
    case .each: return nil
    case .fixed(let values): self.init(GMM_PRIOR_FIXED, values)
    case .normal(let mean, let sd): self.init(GMM_PRIOR_NORMAL, mean, sd)
    case .uniform(let lower, let upper): self.init(GMM_PRIOR_UNIFORM, lower, upper)
    case .scaledNormal(let mean, let kappa):
      self.init(GMM_PRIOR_NORMAL_KAPPA, mean, kappa, sizes: (shape.dimensionCount, 1))
    }
  }

  /// Returns `nil` for the priors of several components.
  private init?(_ prior: SpreadPrior, _ shape: MixtureShape) {
    let matrix = shape.dimensionCount * shape.dimensionCount
    switch prior {
    case .each: return nil
    case .fixed(let values): self.init(GMM_PRIOR_FIXED, values)
    // In one dimension fixed spreads are stated as sds.
    case .fixedCovariances(let values) where shape.dimensionCount == 1:
      self.init(GMM_PRIOR_FIXED, values.map { $0.squareRoot() })
    case .fixedCovariances(let values): self.init(GMM_PRIOR_FIXED, values, sizes: (matrix, 1))
    case .uniform(let lower, let upper): self.init(GMM_PRIOR_UNIFORM, lower, upper)
    case .halfCauchy(let scale): self.init(GMM_PRIOR_HALF_CAUCHY, scale)
    case .halfNormal(let scale): self.init(GMM_PRIOR_HALF_NORMAL, scale)
    case .logNormal(let mu, let sigma): self.init(GMM_PRIOR_LOG_NORMAL, mu, sigma)
    case .halfStudentT(let dof, let scale): self.init(GMM_PRIOR_HALF_STUDENT_T, dof, scale)
    case .inverseGamma(let shape, let scale): self.init(GMM_PRIOR_INVERSE_GAMMA, shape, scale)
    case .gamma(let shape, let rate): self.init(GMM_PRIOR_GAMMA, shape, rate)
    case .inverseWishart(let dof, let scale):
      self.init(GMM_PRIOR_INVERSE_WISHART, dof, scale, sizes: (1, matrix))
    }
  }
}
