import GMMModel

@testable import GMMInference

/// The kinds of priors of the weights.
enum WeightsKind: String, CaseIterable, Sendable {
  case flat, asymmetric, dynamic, flatAboveMinimum, asymmetricAboveMinimum, fixed
}

/// The kinds of priors of the means. In a kind `OfEach` each component has numbers of its own. In a kind `Among`
/// component 1 has the first family, and the others have the second.
enum MeansKind: String, CaseIterable, Sendable {
  case normal, normalOfEach, scaled, scaledOfEach, fixed
  case fixedAmongNormal, fixedAmongScaled, normalAmongScaled
  case uniform, uniformOfEach, uniformAmongNormal

  /// Whether a mean has a prior that is scaled by the spread.
  var isScaled: Bool { [.scaled, .scaledOfEach, .fixedAmongScaled, .normalAmongScaled].contains(self) }
}

/// The kinds of orders of the means.
enum OrderKind: String, CaseIterable, Sendable {
  case none, first, last
}

/// The kinds of priors of the spread.
enum SpreadKind: String, CaseIterable, Sendable {
  case uniform, halfCauchy, halfNormal, logNormal, halfStudentT, inverseGamma, gamma, inverseWishart
  case fixed, fixedCovariances
  /// Component 1 is known. The others have priors of one family, or of several.
  case fixedAmongSDs, fixedAmongMatrices

  /// Whether it is a prior of whole matrices (or of variances if D = 1).
  var isOfMatrices: Bool { self == .inverseWishart || self == .fixedCovariances || self == .fixedAmongMatrices }
  /// Whether components have priors of their own, so that they cannot share one.
  var isOfComponents: Bool { self == .fixedAmongSDs || self == .fixedAmongMatrices }
  var isFixed: Bool { self == .fixed || self == .fixedCovariances }
}

/// A transition kernel of the library.
enum SamplerKind: String, CaseIterable, Sendable {
  case gibbs, metropolis
  /// Moves with the assignments summed out.
  case moves
  /// Gibbs steps for rows that are divided into whole ones and rests, although their sample weights are whole numbers.
  case divided
  /// Split-merge moves and collapsed scans before each step.
  case splitMerge
}

// These extensions give everything that the library offers its kind in the table. The switches have no default. So a
// new prior, method or policy does not compile before it has a kind, and a new kind does not compile before it has
// numbers in `ModelRow`. It is then in the table.

extension WeightsPrior {
  var kinds: [WeightsKind] {
    switch self {
    case .dirichlet: [.flat, .asymmetric, .flatAboveMinimum, .asymmetricAboveMinimum]
    case .dynamicDirichlet: [.dynamic]
    case .fixed: [.fixed]
    }
  }
}

extension MeansPrior {
  var kinds: [MeansKind] {
    switch self {
    case .normal: [.normal, .normalOfEach]
    case .scaledNormal: [.scaled, .scaledOfEach]
    case .uniform: [.uniform, .uniformOfEach]
    case .fixed: [.fixed]
    case .each: [.fixedAmongNormal, .fixedAmongScaled, .normalAmongScaled, .uniformAmongNormal]
    }
  }
}

extension SpreadPrior {
  var kinds: [SpreadKind] {
    switch self {
    case .uniform: [.uniform]
    case .halfCauchy: [.halfCauchy]
    case .halfNormal: [.halfNormal]
    case .logNormal: [.logNormal]
    case .halfStudentT: [.halfStudentT]
    case .inverseGamma: [.inverseGamma]
    case .gamma: [.gamma]
    case .inverseWishart: [.inverseWishart]
    case .fixed: [.fixed]
    case .fixedCovariances: [.fixedCovariances]
    case .each: [.fixedAmongSDs, .fixedAmongMatrices]
    }
  }
}

extension SamplingMethod {
  var kinds: [SamplerKind] {
    switch self {
    case .gibbs: [.gibbs, .moves, .divided, .splitMerge]
    case .metropolis: [.metropolis]
    }
  }
}

extension SamplerKind {
  var method: SamplingMethod {
    switch self {
    case .gibbs, .moves, .divided, .splitMerge: .gibbs
    case .metropolis: .metropolis
    }
  }

  var policy: MovePolicy { self == .moves ? .always : .never }
  var splitMergePolicy: MovePolicy { self == .splitMerge ? .always : .never }

  /// Returns the target of a chain. The numbers of assignments of divided rows are wrong by 1, 0 and -1 in turn.
  func target(_ model: MixtureModel, _ data: DataSet, power: Double = 1) throws -> Target {
    var target = Target(model: model, data: data, power: power)
    guard self == .divided else { return target }
    target.division = try DividedRows(data) { counts in
      for i in 0..<data.count { counts[i] = max(0, (data.weights?[i] ?? 1).rounded() + [1, 0, -1][i % 3]) }
    }
    return target
  }
}
