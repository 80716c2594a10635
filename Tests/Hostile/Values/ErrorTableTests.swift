import GMMInference
import GMMModel
import TestSupport
import Testing

/// A name in the table that these tests do not know. The error makes a row fail that would otherwise be skipped.
struct Unknown: Error, CustomStringConvertible {
  let description: String
}

/// Swift refuses the wrong values of the table with the same messages as C and Python.
@Suite struct ErrorTableTests {
  private let table: ErrorTable
  private let model: MixtureModel
  private let line: DataSet
  private let space: DataSet

  init() throws {
    table = try ErrorTable.load()
    model = try MixtureModel(componentCount: 2, means: .normal(mean: [0], sd: [10]), spread: .halfNormal(scale: [1]))
    line = try DataSet((0..<12).map { Double($0 * $0) })
    space = try DataSet((0..<36).map { Double($0 * $0 % 17) }, dimensionCount: 3)
  }

  @Test func wrongOptionsAreRefused() {
    for (name, call) in table.calls {
      for row in call.rows where row.isForSwift {
        for value in row.values { check(row, value) { try attempt(name, row.field ?? "", value) } }
      }
    }
  }

  @Test func wrongParametersOfPriorsAreRefused() {
    for row in table.priors where row.isForSwift {
      for value in row.values { check(row, value) { try attempt(row, value) } }
    }
  }

  private func check(_ row: ErrorTable.Row, _ value: String, _ body: () throws -> Void) {
    let argument = row.argument ?? row.field ?? ""
    do {
      try body()
      Issue.record("\(argument): \(value) is not refused")
    } catch let error as ModelError {
      let kind: ModelError.Kind =
        switch row.status {
        case "INVALID_MODEL": .invalidModel
        case "UNSUPPORTED": .unsupported
        default: .invalidArgument
        }
      #expect(error.kind == kind)
      #expect(error.description == "\(argument): \(row.rule), got \(row.got ?? value)")
    } catch {
      Issue.record(error)
    }
  }

  private func integer(_ text: String) throws -> Int {
    guard let value = Int(text) else { throw Unknown(description: "\(text) is no integer") }
    return value
  }

  private func number(_ text: String) throws -> Double {
    guard let value = Double(text) else { throw Unknown(description: "\(text) is no number") }
    return value
  }

  /// Makes a call in which only one field is wrong.
  private func attempt(_ call: String, _ field: String, _ value: String) throws {
    switch call {
    case "gmm_sample": try attemptToSample(field, value)
    case "gmm_until": try attemptToSampleUntil(field, value)
    case "gmm_fit_em": try attemptToFit(field, value)
    case "gmm_fit_variational": try attemptToApproximate(field, value)
    case "gmm_stepwise_create": try attemptToLearn(field, value)
    case "gmm_model_create": try attemptToModel(field, value)
    case "gmm_posterior_partition" where field != "posterior": try attemptToPartition(field, value)
    case "gmm_run_start", "gmm_stream_start": try attemptToStart(call, field, value)
    case "gmm_posterior_log_evidence" where field != "posterior": try attemptToWeigh(field, value)
    case "gmm_posterior_relabel" where field == "coordinate":
      let posterior = try sample(model, line, SamplingOptions(draws: 5, tune: 5, chains: 1))
      _ = try posterior.relabelled(by: .means(coordinate: integer(value)))
    default: try ErrorResults().attempt(call, field, value)
    }
  }

  private func attemptToSample(_ field: String, _ value: String) throws {
    var options = SamplingOptions(draws: 50, tune: 20, chains: 2)
    switch field {
    case "num_draws": options.draws = try integer(value)
    case "num_tune": options.tune = try integer(value)
    case "num_chains": options.chains = try integer(value)
    case "thin": options.thin = try integer(value)
    case "num_rungs": options.rungs = .count(try integer(value))
    default: throw Unknown(description: field)
    }
    _ = try sample(model, line, options)
  }

  /// Starts a run, or a stream of parts.
  private func attemptToStart(_ call: String, _ field: String, _ value: String) throws {
    var options = SamplingOptions(draws: 50, tune: 20, chains: 2)
    var control = RunControl()
    var part = 10
    switch field {
    case "num_draws": options.draws = try integer(value)
    case "num_tune": options.tune = try integer(value)
    case "num_rungs": options.rungs = .count(try integer(value))
    case "part": part = try integer(value)
    case "progress": control.progress = { _ in true }
    default: throw Unknown(description: field)
    }
    if call == "gmm_run_start" {
      _ = try RunHandle(model, line, options, control)
    } else {
      _ = try DrawStream(model, line, options, part: part, control)
    }
  }

  private func attemptToSampleUntil(_ field: String, _ value: String) throws {
    var until = Until()
    switch field {
    case "ess": until.ess = try number(value)
    case "r_hat": until.rHat = try number(value)
    case "seconds": until.seconds = try number(value)
    case "max_draws": until.maxDraws = try integer(value)
    default: throw Unknown(description: field)
    }
    let plan = UntilPlan(until) { (_, _, _) throws(ModelError) in throw .outOfMemory("a test") }
    let options = SamplingOptions(draws: 50, tune: 20, chains: 2)
    _ = try sample(model, line, options, checkpoint: nil, until: plan, RunControl())
  }

  private func attemptToPartition(_ field: String, _ value: String) throws {
    var options = PartitionOptions()
    switch field {
    case "num_draws": options.draws = try integer(value)
    case "num_starts": options.starts = try integer(value)
    case "ball_probability": options.ballProbability = try number(value)
    default: throw Unknown(description: field)
    }
    _ = try sample(model, line, SamplingOptions(draws: 5, tune: 5, chains: 1)).partition(options)
  }

  private func attemptToWeigh(_ field: String, _ value: String) throws {
    var options = LogEvidenceOptions()
    switch field {
    case "num_draws": options.draws = try integer(value)
    case "num_terms": options.terms = try integer(value)
    default: throw Unknown(description: field)
    }
    _ = try sample(model, line, SamplingOptions(draws: 5, tune: 5, chains: 1)).logEvidence(options)
  }

  private func attemptToFit(_ field: String, _ value: String) throws {
    var options = MaximumLikelihoodOptions(componentCount: 2)
    switch field {
    case "num_components": options.componentCount = try integer(value)
    case "num_starts": options.starts = try integer(value)
    case "max_iterations": options.maximumIterations = try integer(value)
    case "tolerance": options.tolerance = try number(value)
    case "variance_floor": options.varianceFloor = try number(value)
    case "regularization": options.regularization = try number(value)
    default: throw Unknown(description: field)
    }
    _ = try fitMaximumLikelihood(line, options)
  }

  private func attemptToApproximate(_ field: String, _ value: String) throws {
    var options = VariationalOptions(componentCount: 2)
    switch field {
    case "num_components": options.componentCount = try integer(value)
    case "num_starts": options.starts = try integer(value)
    case "max_iterations": options.maximumIterations = try integer(value)
    case "tolerance": options.tolerance = try number(value)
    case "regularization": options.regularization = try number(value)
    case "weight_concentration_prior": options.concentration = try number(value)
    case "mean_precision_prior": options.meanPrecision = try number(value)
    case "degrees_of_freedom_prior": options.degreesOfFreedom = try number(value)
    default: throw Unknown(description: field)
    }
    _ = try fitVariational(space, options)
  }

  private func attemptToLearn(_ field: String, _ value: String) throws {
    let value = try number(value)
    let start = try fitMaximumLikelihood(line, MaximumLikelihoodOptions(componentCount: 1)).estimate
    switch field {
    case "total_weight": _ = try StepwiseExpectationMaximization(start, totalWeight: value)
    case "regularization": _ = try StepwiseExpectationMaximization(start, regularization: value)
    case "variance_floor": _ = try StepwiseExpectationMaximization(start, varianceFloor: value)
    default: throw Unknown(description: field)
    }
  }

  private func attemptToModel(_ field: String, _ value: String) throws {
    var components = 2
    var minimum = 0.0
    switch field {
    case "num_components": components = try integer(value)
    case "minimum_weight": minimum = try number(value)
    default: throw Unknown(description: field)
    }
    _ = try MixtureModel(
      componentCount: components, minimumWeight: minimum, means: .normal(mean: [0], sd: [1]),
      spread: .halfNormal(scale: [1]))
  }

  /// Makes a model of two components with the prior of a row.
  private func attempt(_ row: ErrorTable.Row, _ value: String) throws {
    let parameters = try (row.parameters ?? []).map { try $0.map { try number($0 == "*" ? value : $0) } }
    guard let first = parameters.first, let second = parameters.last, let family = row.family else {
      throw Unknown(description: "a prior without parameters")
    }
    var weights = WeightsPrior.dirichlet(concentration: [1])
    var means = MeansPrior.normal(mean: [0], sd: [1])
    var spread = SpreadPrior.halfNormal(scale: [1])
    switch (row.argument?.prefix { $0 != "." } ?? "", family) {
    case ("weights", "dirichlet"): weights = .dirichlet(concentration: first)
    case ("weights", "fixed"): weights = .fixed(first)
    case ("means", "normal"): means = .normal(mean: first, sd: second)
    case ("means", "uniform"): means = .uniform(lower: first, upper: second)
    case ("means", "fixed"): means = .fixed(first)
    case ("spread", "uniform"): spread = .uniform(lower: first, upper: second)
    case ("spread", "half_cauchy"): spread = .halfCauchy(scale: first)
    case ("spread", "half_normal"): spread = .halfNormal(scale: first)
    case ("spread", "log_normal"): spread = .logNormal(mu: first, sigma: second)
    case ("spread", "half_student_t"): spread = .halfStudentT(dof: first, scale: second)
    case ("spread", "inverse_gamma"): spread = .inverseGamma(shape: first, scale: second)
    case ("spread", "gamma"): spread = .gamma(shape: first, rate: second)
    case ("spread", "fixed"): spread = .fixed(first)
    default: throw Unknown(description: family)
    }
    _ = try MixtureModel(componentCount: 2, weights: weights, means: means, spread: spread)
  }
}
