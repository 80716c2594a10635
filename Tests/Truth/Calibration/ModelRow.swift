import GMMKernels
import GMMModel
import Testing

/// A row of the table: one kind of model, with numbers.
///
/// Shapes of Gamma distributions are multiples of 1/2 and degrees of freedom are integers, so that ``PlainPrior`` can
/// draw them as sums of squares.
struct ModelRow: Sendable, Hashable, CustomTestStringConvertible {
  var weights = WeightsKind.flat
  var means = MeansKind.normal
  var order = OrderKind.none
  var spread = SpreadKind.inverseGamma
  var isShared = false
  var structure = CovarianceStructure.diag
  var dimensions = 1
  var components = 3
  var observations = 6

  var shape: MixtureShape {
    MixtureShape(
      componentCount: components, dimensionCount: dimensions, structure: structure, sharedSpread: isShared)
  }

  /// Whether the library offers the model, and some parameter is free.
  var isOffered: Bool {
    if dimensions == 1 {
      guard structure == .diag, order != .last else { return false }
    } else {
      guard shape.hasMatrices == spread.isOfMatrices, isShared || structure != .tied, !isShared || structure != .full
      else { return false }
    }
    guard !isShared || !spread.isOfComponents else { return false }
    return !(hasFixedWeights && means == .fixed && spread.isFixed)
  }

  private var hasFixedWeights: Bool { weights == .fixed || components == 1 }

  /// The kernels that can sample the model.
  var samplers: [SamplerKind] {
    SamplerKind.allCases.filter { kind in
      switch kind {
      case .gibbs, .divided: true
      case .moves: components > 1 && !shape.hasMatrices
      case .splitMerge: components > 1 && observations > 1
      case .metropolis: dimensions == 1 && !means.isScaled
      }
    }
  }

  /// Whether the spread has numbers for each sd or matrix. Half of all rows have them, so that every pair of other
  /// kinds meets both.
  var hasSpreadOfEach: Bool {
    func index<Kind: CaseIterable & Equatable>(_ kind: Kind) -> Int { Array(Kind.allCases).firstIndex(of: kind) ?? 0 }
    return !(index(weights) + index(means) + index(order) + index(spread)).isMultiple(of: 2)
  }

  // MARK: Numbers

  private func cycle(_ values: [Double], _ count: Int) -> [Double] { (0..<count).map { values[$0 % values.count] } }

  var minimumWeight: Double {
    weights == .flatAboveMinimum || weights == .asymmetricAboveMinimum ? 0.45 / Double(components) : 0
  }

  var orderCoordinate: Int? {
    switch order {
    case .none: nil
    case .first: 0
    case .last: dimensions - 1
    }
  }

  var weightsPrior: WeightsPrior {
    switch weights {
    case .dynamic: .dynamicDirichlet(total: 1.5 * Double(components))
    case .flat, .flatAboveMinimum: .dirichlet(concentration: [1])
    case .asymmetric, .asymmetricAboveMinimum: .dirichlet(concentration: cycle([0.5, 1, 2.5], components))
    case .fixed:
      {
        let values = cycle([0.2, 0.3, 0.5], components)
        let sum = values.reduce(0, +)
        return .fixed(values.map { $0 / sum })
      }()
    }
  }

  var meansPrior: MeansPrior {
    let coordinates = (0..<dimensions).map(Double.init)
    let centers = cycle([0.5, 0, 1], components).flatMap { center in coordinates.map { center + 0.3 * $0 } }
    let sds = cycle([1, 1.5, 2], components).flatMap { sd in coordinates.map { sd + 0.2 * $0 } }
    /// Returns a prior for each component, of numbers of its own.
    func among(_ own: MeansPrior, _ other: ([Double], Double) -> MeansPrior) -> MeansPrior {
      .each(
        (0..<components).map { k in
          k == 1 ? own : other(Array(centers[k * dimensions..<(k + 1) * dimensions]), [0.5, 1, 2][k % 3])
        })
    }
    let between = coordinates.map { 0.6 + 0.3 * $0 }
    switch means {
    case .fixedAmongNormal: return among(.fixed(between)) { .normal(mean: $0, sd: [$1 + 0.5]) }
    case .fixedAmongScaled: return among(.fixed(between)) { .scaledNormal(mean: $0, kappa: [$1]) }
    case .normalAmongScaled: return among(.normal(mean: between, sd: [1])) { .scaledNormal(mean: $0, kappa: [$1]) }
    case .uniformAmongNormal:
      return among(.uniform(lower: between.map { $0 - 0.8 }, upper: between.map { $0 + 0.5 })) {
        .normal(mean: $0, sd: [$1 + 0.5])
      }
    case .uniform: return .uniform(lower: coordinates.map { 0.3 * $0 - 1 }, upper: coordinates.map { 0.5 * $0 + 1.5 })
    case .uniformOfEach:
      return .uniform(
        lower: zip(centers, sds).map { $0 - 0.9 * $1 }, upper: zip(centers, sds).map { $0 + 1.1 * $1 })
    case .normal: return .normal(mean: coordinates.map { 0.5 * $0 }, sd: coordinates.map { 1.5 + 0.3 * $0 })
    case .normalOfEach: return .normal(mean: centers, sd: sds)
    case .scaled: return .scaledNormal(mean: coordinates.map { 0.5 * $0 }, kappa: [0.5])
    case .scaledOfEach: return .scaledNormal(mean: centers, kappa: cycle([0.5, 1, 2], components))
    case .fixed: return .fixed((0..<components).flatMap { k in coordinates.map { Double(k) + 0.3 * $0 } })
    }
  }

  var spreadPrior: SpreadPrior {
    let count = hasSpreadOfEach ? (shape.hasMatrices ? shape.matrixCount : shape.sdCount) : 1
    let scales = cycle([1, 1.4, 0.8], count)
    switch spread {
    case .uniform: return .uniform(lower: scales.map { 0.4 * $0 }, upper: scales.map { 2 * $0 })
    case .halfCauchy: return .halfCauchy(scale: scales)
    case .halfNormal: return .halfNormal(scale: scales)
    case .logNormal: return .logNormal(mu: scales.map { log($0) }, sigma: cycle([0.6, 0.4, 0.8], count))
    case .halfStudentT: return .halfStudentT(dof: cycle([4, 3, 5], count), scale: scales)
    case .inverseGamma: return .inverseGamma(shape: cycle([3, 2.5, 4], count), scale: scales.map { 2 * $0 })
    case .gamma: return .gamma(shape: cycle([3, 2.5, 4], count), rate: scales.map { 2 * $0 })
    case .fixed: return .fixed(scales)
    case .inverseWishart:
      return .inverseWishart(
        dof: cycle([5, 6, 4], count).map { $0 + Double(dimensions - 1) }, scale: scales.flatMap(matrix))
    case .fixedCovariances: return .fixedCovariances(scales.flatMap(matrix))
    case .fixedAmongSDs:
      let others: [SpreadPrior] =
        hasSpreadOfEach
        ? [.halfNormal(scale: [1]), .inverseGamma(shape: [3], scale: [2])]
        : [.uniform(lower: [0.4], upper: [2]), .uniform(lower: [0.3], upper: [1.5])]
      return .each((0..<components).map { $0 == 1 ? .fixed([0.9]) : others[$0 % 3 / 2] })
    case .fixedAmongMatrices:
      return .each(
        (0..<components).map { k in
          k == 1
            ? .fixedCovariances(matrix(0.7)) : .inverseWishart(dof: [Double(4 + k + dimensions)], scale: matrix(1))
        })
    }
  }

  /// Returns a D x D matrix with correlations.
  private func matrix(_ scale: Double) -> [Double] {
    switch dimensions {
    case 1: [2 * scale]
    case 2: [2, 0.5, 0.5, 1].map { $0 * scale }
    default: [2, 0.5, 0, 0.5, 1, 0.2, 0, 0.2, 1].map { $0 * scale }
    }
  }

  func model() throws -> MixtureModel {
    try MixtureModel(
      shape, weights: weightsPrior, minimumWeight: minimumWeight, means: meansPrior, orderCoordinate: orderCoordinate,
      spread: spreadPrior)
  }

  /// The kinds of the row by factor, the names under which results are pooled.
  var levels: [(factor: String, level: String)] {
    [
      ("weights", weights.rawValue), ("means", means.rawValue), ("order", order.rawValue), ("spread", spread.rawValue),
      ("shared", "\(isShared)"), ("structure", dimensions == 1 ? "one dimension" : "\(structure)"),
      ("dimensions", "\(dimensions)"),
    ]
  }

  var testDescription: String {
    let form = dimensions == 1 ? "D = 1" : "D = \(dimensions), \(structure)"
    let size = components == 3 && observations == 6 ? "" : ", K = \(components), N = \(observations)"
    return "\(form)\(size), weights \(weights), means \(means), order \(order), "
      + "\(isShared ? "shared " : "")\(spread)\(hasSpreadOfEach ? " of each" : "")"
  }
}
