import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Requests out of range that the table of errors does not contain. The error names the argument, the rule and the
/// value.
@Suite struct BadInputTests {
  private func model(_ components: Int = 2, ordered: Bool = false, minimum: Double = 0) throws -> MixtureModel {
    try MixtureModel(
      componentCount: components, minimumWeight: minimum, means: .normal(mean: [0], sd: [1]), orderedMeans: ordered,
      spread: .uniform(lower: [0.5], upper: [3]))
  }

  private func expectRefused(
    _ argument: String, _ rule: String, location: SourceLocation = #_sourceLocation,
    _ change: (inout SamplingOptions) -> Void
  ) throws {
    var options = SamplingOptions()
    change(&options)
    let model = try model()
    expectError(.invalidArgument, argument, rule, location: location) {
      try sample(model, data: [1, 2, 3], options)
    }
  }

  @Test func countsOutOfRangeAreRefused() throws {
    try expectRefused("num_initial", "must be 0, 1 or the number of chains, 4, got 3") {
      $0.initial = [PartialParameters](repeating: PartialParameters(), count: 3)
    }
    let posterior = try sample(model(), data: [1, 2, 3], SamplingOptions(draws: 2, tune: 0))
    expectError(.invalidArgument, "num_draws", "must be at least 1, got 0") { try posterior.extended(by: 0) }
    expectError(.invalidArgument, "num_draws", "must be at least 1, got 0") { try samplePrior(model(), draws: 0) }
    #expect(throws: ModelError.self) { try posterior.extended(by: Int.max) }
  }

  /// A request for more memory than any machine has is an error. It does not end the process.
  @Test func impossibleMemoryIsAnError() throws {
    let model = try model()
    let error = #expect(throws: ModelError.self) {
      try sample(model, data: [1, 2], SamplingOptions(draws: 1 << 52, tune: 0, chains: 1))
    }
    #expect(error?.kind == .outOfMemory)
    let products = #expect(throws: ModelError.self) {
      try sample(model, data: [1, 2], SamplingOptions(draws: 1 << 60, tune: 0, chains: 1))
    }
    #expect(products?.kind == .outOfMemory)
  }

  @Test func initialValuesOutOfRangeAreRefused() throws {
    func refuse(
      _ kind: ModelError.Kind, _ argument: String, _ rule: String, _ model: MixtureModel, _ initial: PartialParameters,
      location: SourceLocation = #_sourceLocation
    ) {
      let options = SamplingOptions(chains: 2, initial: [PartialParameters(), initial])
      expectError(kind, argument, rule, location: location) { try sample(model, data: [1, 2, 3], options) }
    }
    let plain = try model()
    refuse(
      .invalidArgument, "initial_weights[1]", "must have 2 values, got 3", plain,
      PartialParameters(weights: [0.2, 0.3, 0.5]))
    refuse(
      .invalidArgument, "initial_weights[1]", "must sum to 1, got 0.75", plain, PartialParameters(weights: [0.5, 0.25]))
    refuse(
      .invalidArgument, "initial_weights[1, 0]", "must be positive, got 0.0", plain, PartialParameters(weights: [0, 1]))
    refuse(
      .invalidArgument, "initial_weights[1, 1]", "must be finite, got nan", plain,
      PartialParameters(weights: [1, .nan]))
    refuse(
      .invalidArgument, "initial_means[1, 0]", "must be finite, got inf", plain,
      PartialParameters(means: [.infinity, 0]))
    refuse(.invalidArgument, "initial_means[1]", "must have 2 values, got 0", plain, PartialParameters(means: []))
    refuse(.invalidArgument, "initial_sds[1]", "must have 2 values, got 1", plain, PartialParameters(sds: [1]))
    refuse(
      .invalidArgument, "initial_sds[1, 1]", "must be between 1e-150 and 1e+150, got 0.0", plain,
      PartialParameters(sds: [1, 0]))
    refuse(
      .invalidModel, "initial_sds[1, 0]", "must be within the prior's support 0.5 ... 3.0, got 4.0", plain,
      PartialParameters(sds: [4, 1]))
    refuse(
      .invalidModel, "initial_means[1, 1]", "must increase with the component, got 1.0 after 2.0",
      try model(ordered: true),
      PartialParameters(means: [2, 1]))
    refuse(
      .invalidModel, "initial_weights[1, 1]", "must be at least `minimum_weight` = 0.25, got 0.125",
      try model(minimum: 0.25), PartialParameters(weights: [0.875, 0.125]))
  }

  @Test func startsOfMaximumLikelihoodOutOfRangeAreRefused() throws {
    let observations = try DataSet([1, 2, 3])
    func refuse(
      _ argument: String, _ rule: String, location: SourceLocation = #_sourceLocation,
      _ change: (inout MaximumLikelihoodOptions) -> Void
    ) {
      var options = MaximumLikelihoodOptions(componentCount: 2)
      change(&options)
      expectError(.invalidArgument, argument, rule, location: location) {
        try fitMaximumLikelihood(observations, options)
      }
    }
    refuse("initial_weights", "must have 2 values, got 1") { $0.initial.weights = [1] }
    refuse("initial_weights", "must sum to 1, got 1.5") { $0.initial.weights = [0.5, 1] }
    refuse("initial_weights[1]", "must be positive, got 0.0") { $0.initial.weights = [1, 0] }
    refuse("initial_means[0]", "must be finite, got nan") { $0.initial.means = [.nan, 1] }
    refuse("initial_covariances", "must have 2 values, got 1") { $0.initial.covariances = [1] }
    refuse("initial_covariances[1]", "must have variances between 1e-290 and 1e+290, got 0.0") {
      $0.initial.covariances = [1, 0]
    }
    refuse("initial_responsibilities", "must have 3 x 2 values, got 2") { $0.start = .responsibilities([1, 0]) }
    refuse("initial_responsibilities[1, 0]", "must be finite and not negative, got -1.0") {
      $0.start = .responsibilities([1, 0, -1, 2, 1, 0])
    }
    refuse("initial_responsibilities[2]", "must have a positive sum, got 0.0") {
      $0.start = .responsibilities([1, 0, 1, 1, 0, 0])
    }
  }

  /// Beyond these numbers, sums of squares may overflow.
  @Test func numbersBeyondSquaresAreRefused() throws {
    for mean in [2e144, -1e200, .greatestFiniteMagnitude] {
      expectError(.invalidArgument, "means.mean", "must be below 1e144 in magnitude, got \(mean)") {
        try MixtureModel(componentCount: 1, means: .scaledNormal(mean: [mean], kappa: [1]), spread: .fixed([1]))
      }
      try expectRefused("initial_means[0, 1]", "must be below 1e144 in magnitude, got \(mean)") {
        $0.initial = [PartialParameters(means: [0, mean])]
      }
    }
    _ = try MixtureModel(componentCount: 1, means: .fixed([1e144]), spread: .uniform(lower: [0], upper: [1e-145]))
  }
}
