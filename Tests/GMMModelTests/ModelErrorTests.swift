import GMMModel
import TestSupport
import Testing

/// Models and data out of range: the error names the argument, the rule and the value.
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
    Case(.invalidArgument, "num_components", "must be between 1 and 256, got 0", components: 0),
    Case(.invalidArgument, "num_components", "must be between 1 and 256, got -1", components: -1),
    Case(.invalidArgument, "num_components", "must be between 1 and 256, got 257", components: 257),
    Case(.invalidArgument, "num_components", "must be between 1 and 256, got \(Int.max)", components: .max),

    Case(.invalidArgument, "minimum_weight", "must be finite and not negative, got -0.1", minimum: -0.1),
    Case(.invalidArgument, "minimum_weight", "must be finite and not negative, got nan", minimum: .nan),
    Case(.invalidArgument, "minimum_weight", "must be finite and not negative, got inf", minimum: .infinity),
    Case(
      .invalidModel, "minimum_weight",
      "must be at most 1/num_components = 0.25 for the weights to sum to 1, got 0.3", components: 4, minimum: 0.3),

    Case(
      .invalidArgument, "weights.concentration", "must have 1 or 3 values, got 2",
      weights: .dirichlet(concentration: [1, 2])),
    Case(
      .invalidArgument, "weights.concentration", "must have 1 or 3 values, got 0",
      weights: .dirichlet(concentration: [])),
    Case(
      .invalidArgument, "weights.concentration", "must have 1 value, got 2", components: 1,
      weights: .dirichlet(concentration: [1, 1])),
    Case(
      .invalidArgument, "weights.concentration[1]", "must be positive, got 0.0",
      weights: .dirichlet(concentration: [1, 0, 1])),
    Case(
      .invalidArgument, "weights.concentration[0]", "must be positive, got -2.0",
      weights: .dirichlet(concentration: [-2])),
    Case(
      .invalidArgument, "weights.concentration[2]", "must be finite, got nan",
      weights: .dirichlet(concentration: [1, 1, .nan])),
    Case(.invalidArgument, "weights.values", "must sum to 1, got 0.75", weights: .fixed([0.25])),
    Case(.invalidArgument, "weights.values[2]", "must not be negative, got -0.5", weights: .fixed([1, 0.5, -0.5])),
    Case(
      .invalidModel, "weights.values[0]", "must be at least minimum_weight = 0.25, got 0.125",
      weights: .fixed([0.125, 0.375, 0.5]), minimum: 0.25),

    Case(.invalidArgument, "means.mean[0]", "must be finite, got inf", means: .normal(mean: [.infinity], sd: [1])),
    Case(.invalidArgument, "means.sd[0]", "must be positive, got 0.0", means: .normal(mean: [0], sd: [0])),
    Case(.invalidArgument, "means.sd[2]", "must be positive, got -1.0", means: .normal(mean: [0], sd: [1, 1, -1])),
    Case(.invalidArgument, "means.sd", "must have 1 or 3 values, got 4", means: .normal(mean: [0], sd: [1, 1, 1, 1])),
    Case(.invalidArgument, "means.values[1]", "must be finite, got nan", means: .fixed([1, .nan, 2])),
    Case(
      .invalidModel, "means.values[2]", "fixed means must increase when the means are ordered, got 4.0 after 5.0",
      means: .fixed([1, 5, 4]), ordered: true),

    Case(
      .invalidArgument, "spread.lower[0]", "must not be negative, got -1.0", spread: .uniform(lower: [-1], upper: [1])),
    Case(
      .invalidArgument, "spread.upper[1]", "must be above spread.lower[1] = 2.0, got 2.0",
      spread: .uniform(lower: [2], upper: [3, 2, 3])),
    Case(
      .invalidArgument, "spread.upper[0]", "must be finite, got inf", spread: .uniform(lower: [0], upper: [.infinity])),
    Case(.invalidArgument, "spread.scale[0]", "must be positive, got 0.0", spread: .halfCauchy(scale: [0])),
    Case(.invalidArgument, "spread.scale[0]", "must be finite, got nan", spread: .halfNormal(scale: [.nan])),
    Case(
      .invalidArgument, "spread.shape[0]", "must be positive, got 0.0", spread: .inverseGamma(shape: [0], scale: [1])),
    Case(
      .invalidArgument, "spread.scale[0]", "must be positive, got -1.0", spread: .inverseGamma(shape: [1], scale: [-1])),
    Case(.invalidArgument, "spread.rate[2]", "must be positive, got 0.0", spread: .gamma(shape: [1], rate: [1, 1, 0])),
    Case(.invalidArgument, "spread.values[0]", "must be positive, got 0.0", spread: .fixed([0])),
    Case(
      .invalidArgument, "spread.scale", "must have 1 value, got 3", spread: .halfCauchy(scale: [1, 2, 3]), shared: true),
  ]

  @Test(arguments: cases) func modelOutOfRangeIsRefused(_ example: Case) {
    expectError(example.kind, example.argument, example.rule) { try example.make() }
  }

  /// 1/K however it is rounded, the largest K, weights that sum to 1 but for rounding.
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
      expectError(.invalidData, "data[\(row), 0]", "must be finite, got \(value) in row \(row), column 0") {
        try DataSet(values)
      }
    }
  }

  @Test func dataWhoseSquaresOverflowAreRefused() throws {
    expectError(
      .invalidData, "x[2, 0]", "must be below 1e144 in magnitude (rescale the data), got -1e+200 in row 2, column 0"
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
