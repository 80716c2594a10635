import Foundation
import GMMKernels
import GMMModel
import TestSupport

@testable import GMMInference

/// A model and a few rows of which not everything is known, and the means of functions of the parameters in their
/// posterior, from draws of the prior that are weighted by the likelihood.
///
/// The likelihood is computed from matrices by elimination, without a line of the library's linear algebra.
struct IncompleteExample: Sendable {
  let name: String
  let model: MixtureModel
  /// The rows, with NaN for missing values.
  let rows: [[Double]]
  var sampleWeights: [Double]?
  /// The covariances of the errors of each row.
  var errors: [[[Double]]]?
  /// The intervals of values; `nil` for a value that is known.
  var intervals: [[(Double, Double)?]]?
  var labels: [Int32]?
  var shares: [[Double]]?
  var options = SamplingOptions(draws: 2 * Tier.oracleDraws, thin: 2, seed: 17)

  func data() throws -> DataSet {
    let dimensions = rows[0].count
    var statement = RowDetails.Statement()
    // The memory lives until the data are made.
    let matrices = errors?.flatMap { $0.flatMap { $0 } } ?? []
    let lower = intervals?.flatMap { $0.map { $0?.0 ?? .nan } } ?? []
    let upper = intervals?.flatMap { $0.map { $0?.1 ?? .nan } } ?? []
    let factors = shares?.flatMap { $0 } ?? []
    let data = try matrices.withUnsafeBufferPointer { matrices in
      try lower.withUnsafeBufferPointer { lower in
        try upper.withUnsafeBufferPointer { upper in
          try factors.withUnsafeBufferPointer { factors in
            try (labels ?? []).withUnsafeBufferPointer { labels in
              if !matrices.isEmpty { statement.errorCovariances = matrices }
              if !lower.isEmpty { (statement.lower, statement.upper) = (lower, upper) }
              if !factors.isEmpty { statement.shares = factors }
              if !labels.isEmpty { statement.labels = labels }
              return try rows.flatMap { $0 }.withUnsafeBufferPointer {
                try DataSet(
                  $0.baseAddress, count: rows.count, dimensionCount: dimensions, missing: .atRandom,
                  statement: statement)
              }
            }
          }
        }
      }
    }
    return try sampleWeights.map { try data.weighted(by: SampleWeights($0)) } ?? data
  }

  /// Returns the log likelihood of what is known of each row, given parameters.
  func logLikelihoods(_ parameters: Parameters) -> [Double] {
    let components = IncompleteRowsReference.components(parameters)
    return rows.indices.map { i in
      let known = IncompleteRowsReference.Known(
        values: rows[i], errors: errors?[i], intervals: intervals?[i])
      let total = components.enumerated().reduce(0.0) { sum, next in
        let (k, component) = next
        if let label = labels?[i], label >= 0, Int(label) != k { return sum }
        return sum + (shares?[i][k] ?? 1) * exp(component.logWeight + component.logDensity(known))
      }
      guard let background = model.background else { return log(total) }
      let weight = parameters.background.value
      return log((1 - weight) * total + weight * (labels?[i] ?? -1 < 0 ? density(of: background, i) : 0))
    }
  }

  /// Returns the density of what is known of a row under a background.
  func density(of background: UniformBackground, _ i: Int) -> Double {
    guard case .bounds(let lower, let upper) = background.region else {
      guard case .volume(let volume) = background.region else { return .nan }
      return 1 / volume
    }
    return rows[i].indices.reduce(1.0) { product, d in
      let side = upper[d] - lower[d]
      if let (first, last) = intervals?[i][d] {
        return product * ((last == .infinity ? upper[d] : last) - (first == -.infinity ? lower[d] : first)) / side
      }
      return rows[i][d].isNaN ? product : product / side
    }
  }

  /// Returns functions of parameters that do not depend on the numbers of components, unless labels tell them apart.
  func functions(_ parameters: Parameters) -> [(name: String, value: Double)] {
    let components = IncompleteRowsReference.components(parameters)
    let dimensions = parameters.shape.dimensionCount
    let weights = components.map { exp($0.logWeight) }
    var values = [("squared weights", weights.reduce(0) { $0 + $1 * $1 })]
    for i in 0..<dimensions {
      values.append(("mean \(i)", zip(weights, components).reduce(0) { $0 + $1.0 * $1.1.mean[i] }))
      for j in 0...i {
        values.append(
          ("covariance \(i) \(j)", atan(zip(weights, components).reduce(0) { $0 + $1.0 * $1.1.covariance[i][j] })))
      }
    }
    for point in [-1.0, 1.2] {
      let row = [Double](repeating: point, count: dimensions)
      let density = components.reduce(0) { $0 + exp($1.logWeight + $1.given(row).logDensity) }
      values.append(("density at \(point)", density.squareRoot()))
    }
    values.append(("components", Double(components.count)))
    if let background = model.background, !background.hasFixedWeight {
      values.append(("background", parameters.background.value))
    }
    if labels != nil || shares != nil {
      // Labels tell the components apart.
      for (k, component) in components.enumerated() {
        values.append(("weight of \(k)", exp(component.logWeight)))
        values.append(("mean of \(k)", component.mean[0]))
      }
    }
    for (j, value) in parameters.hyperparameters.enumerated() { values.append(("hyperparameter \(j)", atan(value))) }
    return values
  }

  /// Returns the means of the functions, and of the values that are missing, in the posterior.
  func exactMeans(count: Int = 200_000) -> [(name: String, value: Estimate)] {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .parameters).at(iteration: 0))
    var (names, values): ([String], [[Double]]) = ([], [])
    var logRatios: [Double] = []
    for _ in 0..<count {
      let parameters = model.ofDrawnCount(&stream).ofDrawnHyperparameters(&stream).drawPrior(&stream)
      let isPlain = errors == nil && intervals == nil && labels == nil && shares == nil
      let means = isPlain ? IncompleteRowsReference.likelihood(parameters, rows).means : []
      let logLikelihoods = logLikelihoods(parameters)
      logRatios.append(
        zip(logLikelihoods, sampleWeights ?? rows.map { _ in 1 }).reduce(0) { $1.1 > 0 ? $0 + $1.0 * $1.1 : $0 })
      var row = functions(parameters)
      for (i, expected) in means.enumerated() {
        for (d, value) in expected.enumerated() where rows[i][d].isNaN { row.append(("row \(i) column \(d)", value)) }
      }
      if names.isEmpty { names = row.map(\.name) }
      values.append(row.map(\.value))
    }
    let largest = logRatios.max() ?? 0
    let ratios = logRatios.map { exp($0 - largest) }
    let total = ratios.reduce(0, +)
    return names.indices.map { place in
      let mean = zip(ratios, values).reduce(0) { $0 + $1.0 * $1.1[place] } / total
      // To first order, the error of a ratio of sums.
      let squares = zip(ratios, values).reduce(0) { $0 + $1.0 * $1.0 * ($1.1[place] - mean) * ($1.1[place] - mean) }
      return (names[place], Estimate(mean, error: squares.squareRoot() / total))
    }
  }

  /// Returns how far the means of draws are from exact ones.
  func deviations(_ posterior: Posterior, _ exact: [(name: String, value: Estimate)]) throws -> Deviations {
    var sums = exact.map { _ in [[Double]](repeating: [], count: posterior.chainCount) }
    for chain in 0..<posterior.chainCount {
      for draw in 0..<posterior.drawCount {
        let parameters = Parameters(row: posterior.rowMemory(chain: chain, draw: draw), posterior.layout)
        for (place, value) in functions(parameters).enumerated() { sums[place][chain].append(value.value) }
      }
    }
    var deviations = Deviations()
    for (place, (name, value)) in exact.enumerated() where !sums[place][0].isEmpty {
      deviations.add(name, BatchEstimates.mean(sums[place]), value)
    }
    return deviations
  }
}
