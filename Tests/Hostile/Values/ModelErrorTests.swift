import GMMModel
import TestSupport
import Testing

/// Models and data out of range that the table of errors does not contain. The error names the argument, the rule and
/// the value.
@Suite struct ModelErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let kind: ModelError.Kind
    let argument: String
    let rule: String
    let make: @Sendable () throws(ModelError) -> MixtureModel
    var testDescription: String { "\(argument): \(rule)" }

    init(
      _ kind: ModelError.Kind, _ argument: String, _ rule: String, components: Int = 3,
      weights: WeightsPrior = .dirichlet(concentration: [1]), minimum: Double = 0,
      means: MeansPrior = .normal(mean: [0], sd: [1]), ordered: Bool = false,
      spread: SpreadPrior = .halfCauchy(scale: [1]), shared: Bool = false
    ) {
      (self.kind, self.argument, self.rule) = (kind, argument, rule)
      make = { () throws(ModelError) in
        try MixtureModel(
          componentCount: components, weights: weights, minimumWeight: minimum, means: means, orderedMeans: ordered,
          spread: spread, sharedSpread: shared)
      }
    }
  }

  static let cases: [Case] = [
    Case(
      .invalidArgument, "weights.concentration", "must have 1 or 3 values, got 0",
      weights: .dirichlet(concentration: [])),
    Case(
      .invalidArgument, "weights.concentration", "must have 1 value, got 2", components: 1,
      weights: .dirichlet(concentration: [1, 1])),
    Case(.invalidArgument, "weights.values", "must sum to 1, got 0.75", weights: .fixed([0.25])),
    Case(
      .invalidModel, "weights.values[0]", "must be at least `minimum_weight` = 0.25, got 0.125",
      weights: .fixed([0.125, 0.375, 0.5]), minimum: 0.25),
    Case(
      .invalidModel, "means.values[2]", "fixed means must increase when the means are ordered, got 4.0 after 5.0",
      means: .fixed([1, 5, 4]), ordered: true),
    Case(
      .invalidArgument, "spread.upper[1]", "must be above `spread.lower` = 2.0, got 2.0",
      spread: .uniform(lower: [2], upper: [3, 2, 3])),
    Case(
      .invalidArgument, "spread.scale", "must have 1 value, got 3", spread: .halfCauchy(scale: [1, 2, 3]), shared: true),
  ]

  /// Priors of single components: paths begin with the component's place in the array.
  static let casesOfComponents: [Case] = [
    Case(
      .invalidArgument, "means[1].sd", "must be positive, got -1.0", components: 2,
      means: [.fixed([0]), .normal(mean: [3], sd: [-1])]),
    Case(
      .invalidArgument, "means[0].values", "must have 1 value, got 2", components: 2,
      means: [.fixed([0, 1]), .normal(mean: [3], sd: [1])]),
    Case(
      .invalidArgument, "means", "must have 3 priors, one for each component, got 2",
      means: [.fixed([0]), .normal(mean: [3], sd: [1])]),
    Case(
      .invalidModel, "means[1]", "must be the prior of one component, got priors for each of several", components: 2,
      means: [.fixed([0]), [.fixed([1])]]),
    Case(
      .invalidModel, "means[2].values", "fixed means must increase when the means are ordered, got 1.0 after 2.0",
      means: [.fixed([2]), .normal(mean: [0], sd: [1]), .fixed([1])], ordered: true),
    Case(
      .invalidModel, "means[2].values", "fixed means must leave room for the ordered ones between them, got 2.0 twice",
      means: [.fixed([2]), .normal(mean: [0], sd: [1]), .fixed([2])], ordered: true),
    Case(
      .invalidArgument, "spread[2].scale", "must be positive, got 0.0",
      spread: [.fixed([1]), .uniform(lower: [0], upper: [1]), .halfCauchy(scale: [0])]),
    Case(
      .invalidArgument, "spread[0].upper", "must be above `spread[0].lower` = 2.0, got 1.0", components: 1,
      spread: [.uniform(lower: [2], upper: [1])]),
    Case(
      .invalidArgument, "spread", "must have 1 prior where the spread is shared, got 3",
      spread: [.fixed([1]), .fixed([1]), .fixed([1])], shared: true),
    Case(.invalidArgument, "spread", "must have 3 priors, one for each component, got 0", spread: .each([])),
  ]

  /// Numbers of a component and a coordinate have two indices, those of a coordinate one.
  @Test func pathsInSeveralDimensionsHaveAnIndexForEachAxis() {
    func expect(
      _ argument: String, _ rule: String, _ structure: CovarianceStructure, _ means: MeansPrior, _ spread: SpreadPrior
    ) {
      expectError(.invalidArgument, argument, rule) { () throws(ModelError) in
        try MixtureModel(
          MixtureShape(componentCount: 2, dimensionCount: 2, structure: structure), means: means, spread: spread)
      }
    }
    let (means, sds) = (MeansPrior.normal(mean: [0], sd: [1]), SpreadPrior.halfNormal(scale: [1]))
    expect("means.sd[1, 0]", "must be positive, got -1.0", .diag, .normal(mean: [0], sd: [1, 1, -1, 1]), sds)
    expect("means.mean[1]", "must be finite, got nan", .diag, .normal(mean: [0, .nan], sd: [1]), sds)
    expect(
      "means[1].mean[1]", "must be finite, got nan", .diag, [.fixed([0, 1]), .normal(mean: [0, .nan], sd: [1])], sds)
    expect("means.kappa[1]", "must be positive, got 0.0", .diag, .scaledNormal(mean: [0], kappa: [1, 0]), sds)
    expect("spread.scale[0, 1]", "must be positive, got 0.0", .diag, means, .halfNormal(scale: [1, 0, 1, 1]))
    expect("spread.scale[1]", "must be positive, got 0.0", .spherical, means, .halfNormal(scale: [1, 0]))
    let matrix = [1.0, 0, 0, 1]
    expect(
      "spread[1].scale", "must be positive definite, got pivot -1.0 in row 0", .full, means,
      [.fixedCovariances(matrix), .inverseWishart(dof: [4], scale: [-1, 0, 0, 1])])
    expect(
      "spread.scale[1, 0, 1]", "must be finite, got inf", .full, means,
      .inverseWishart(dof: [4], scale: matrix + [1, .infinity, 0, 1]))
    expect(
      "spread[0].dof", "must be above `num_dimensions` - 1 = 1, got 1.0", .full, means,
      [.inverseWishart(dof: [1], scale: matrix), .fixedCovariances(matrix)])
  }

  @Test(arguments: cases + casesOfComponents) func modelOutOfRangeIsRefused(_ example: Case) {
    expectError(example.kind, example.argument, example.rule) { try example.make() }
  }

  /// These are accepted: 1/K in any rounding, the largest K, and weights that sum to 1 up to rounding.
  @Test func modelsAtTheEdgeAreAccepted() throws {
    for components in 1...256 {
      _ = try MixtureModel(
        componentCount: components, minimumWeight: 1 / Double(components), means: .normal(mean: [0], sd: [1]),
        spread: .halfCauchy(scale: [1]))
    }
    let thirds = try MixtureModel(
      componentCount: 3, weights: .fixed([1.0 / 3]), minimumWeight: 1.0 / 3, means: .fixed([1, 1, 2]),
      orderedMeans: true,
      spread: .fixed([1]))
    #expect(abs(thirds.concentration.reduce(0, +) - 1) < 1e-15)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func dataThatAreNotFiniteAreRefusedWithTheirRow(value: Double) {
    for row in [0, 1, 7, 8, 4_095, 4_096, 9_999] {
      var values = [Double](repeating: 1, count: 10_000)
      values[row] = value
      let rule = value.isNaN ? "must be finite, or NaN where `missing` allows it" : "must be finite"
      expectError(.invalidData, "data[\(row), 0]", "\(rule), got \(value)") {
        try DataSet(values)
      }
    }
  }

  @Test func dataWhoseSquaresOverflowAreRefused() throws {
    expectError(
      .invalidData, "x[2, 0]", "must be below 1e144 in magnitude (rescale the data), got -1e+200"
    ) { () throws(ModelError) in
      let values = [0, 1e143, -1e200]
      let result = values.withUnsafeBufferPointer { values in
        Result { () throws(ModelError) in try DataSet(values.baseAddress, count: 3, argument: "x") }
      }
      return try result.get()
    }
    #expect(try DataSet([9.9e143, -9.9e143, .leastNonzeroMagnitude]).count == 3)
  }
}
