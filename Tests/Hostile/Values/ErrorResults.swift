import Foundation
import GMMInference
import GMMModel
import GaussianMixtures

/// Makes the calls of the table of errors whose results are those of a posterior.
struct ErrorResults {
  /// Draws of 60 rows, 2 components, and 50 draws of 2 chains, or with differences that the name says.
  private func posterior(_ name: String = "usual") throws -> Posterior {
    let model = try MixtureModel(
      componentCount: name == "of_three_components" ? 3 : 2, means: .normal(mean: [0], sd: [10]),
      spread: .inverseGamma(shape: [2], scale: [1]))
    var options = SamplingOptions(draws: 50, tune: 20, chains: 2, seed: 7)
    switch name {
    case "usual", "of_three_components": return try sample(model, DataSet(Self.values(60)), options)
    case "prior_draws": return try samplePrior(model, draws: 50, seed: 1)
    case "without_data": return try sample(model, DataSet([]), options)
    case "of_59_rows": return try sample(model, DataSet(Self.values(59)), options)
    case "of_one_draw":
      (options.draws, options.chains) = (1, 1)
      return try sample(model, DataSet(Self.values(60)), options)
    case "of_4097_rows":
      (options.draws, options.tune, options.chains) = (1, 0, 1)
      return try sample(model, DataSet(Self.values(4_097)), options)
    case "in_three_dimensions":
      let shape = MixtureShape(componentCount: 2, dimensionCount: 3, structure: .diag)
      return try sample(OpenModel(shape), DataSet(Self.values(180), dimensionCount: 3), options)
    default: throw Unknown(description: name)
    }
  }

  private static func values(_ count: Int) -> [Double] {
    (0..<count).map { ($0 % 3 == 0 ? -3 : 4) + Foundation.sin(Double($0)) }
  }

  private func mixture(_ name: String) throws -> Mixture {
    switch name {
    case "mixture_of_three_components":
      return try Mixture(
        MixtureParameters(
          structure: .diag, componentCount: 3, dimensionCount: 1, weights: [0.25, 0.5, 0.25], means: [-1, 0, 1],
          covariances: [1, 1, 1]))
    case "mixture_in_three_dimensions":
      return try Mixture(
        MixtureParameters(
          structure: .diag, componentCount: 2, dimensionCount: 3, weights: [0.5, 0.5], means: [0, 1, 2, 3, 4, 5],
          covariances: [1, 1, 1, 1, 1, 1]))
    default: throw Unknown(description: name)
    }
  }

  private func integer(_ text: String) throws -> Int {
    guard let value = Int(text) else { throw Unknown(description: "\(text) is no integer") }
    return value
  }

  /// Makes a call in which only one field is wrong.
  func attempt(_ call: String, _ field: String, _ value: String) throws {
    switch (call, field) {
    case ("gmm_posterior_coclustering", "row"): _ = try posterior().coclustering(rows: [integer(value)])
    case ("gmm_posterior_coclustering", "column"):
      _ = try posterior().coclustering(rows: [0], columns: [integer(value)])
    case ("gmm_posterior_coclustering", "posterior"): _ = try posterior(value).coclustering()
    case ("gmm_posterior_partition", "posterior"): _ = try posterior(value).partition()
    case ("gmm_posterior_label_free", "posterior"): _ = try posterior(value).labelFreeScalars()
    case ("gmm_posterior_pointwise_log_likelihood", "first_row"):
      let first = try integer(value)
      _ = try posterior().pointwiseLogLikelihood(rows: first..<first)
    case ("gmm_posterior_pointwise_log_likelihood", "num_rows"):
      _ = try posterior().pointwiseLogLikelihood(rows: 0..<integer(value))
    case ("gmm_posterior_loo", "relative_efficiency"):
      _ = try posterior().leaveOneOut(relativeEfficiency: Double(value))
    case ("gmm_posterior_loo", "posterior"): _ = try posterior(value).leaveOneOut()
    case ("gmm_loo_difference", "other"):
      _ = try posterior().leaveOneOut().difference(from: posterior(value).leaveOneOut())
    case ("gmm_posterior_modes", "num_draws"), ("gmm_posterior_modes", "num_steps"):
      var options = ModeOptions()
      if field == "num_draws" { options.draws = try integer(value) } else { options.steps = try integer(value) }
      _ = try posterior().modes(options)
    case ("gmm_posterior_modes", "posterior"): _ = try posterior(value).modes()
    case ("gmm_posterior_log_evidence", "posterior"): _ = try posterior(value).logEvidence()
    case ("gmm_posterior_bic", "posterior"): _ = try posterior(value).bayesianInformationCriterion()
    case ("gmm_power_sensitivity", "posterior"): _ = try posterior(value).priorSensitivity()
    case ("gmm_posterior_subset_chains", "first"): _ = try posterior().subset(chains: [integer(value), 1])
    case ("gmm_posterior_subset_chains", "second"): _ = try posterior().subset(chains: [0, integer(value)])
    case ("gmm_posterior_subset_chains", "num_chains"):
      _ = try posterior().subset(chains: [Int](repeating: 0, count: integer(value)))
    case ("gmm_label_options", "reference"): _ = try posterior().relabelled(by: .posterior(posterior(value)))
    case ("gmm_label_options", "mixture"): _ = try posterior().relabelled(by: .mixture(mixture(value)))
    case ("gmm_label_options", "label"):
      _ = try posterior().relabelled(by: .rows([integer(value)] + [Int](repeating: 0, count: 59)))
    case ("gmm_label_options", "all_labels"):
      _ = try posterior().relabelled(by: .rows([Int](repeating: integer(value), count: 60)))
    case ("gmm_label_options", "posterior"): _ = try posterior(value).relabelled(by: .automatic)
    default: throw Unknown(description: "\(call), \(field)")
    }
  }
}
