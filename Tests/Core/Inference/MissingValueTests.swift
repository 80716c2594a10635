import Foundation
import GMMKernels
import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// Data with missing values: fits, densities, predictions, files, and what is refused.
@Suite struct MissingValueTests {
  /// Old Faithful, with `waiting` missing in rows 4, 8, ... and `eruptions` in rows 2, 12, ..., counted from 1.
  private func faithful() throws -> [Double] {
    var values = try EMReference.dataSet("faithful").data
    for i in stride(from: 3, to: values.count / 2, by: 4) { values[2 * i + 1] = .nan }
    for i in stride(from: 1, to: values.count / 2, by: 10) { values[2 * i] = .nan }
    return values
  }

  /// The maximum for Old Faithful with holes, found by an independent program.
  @Test func fitHasTheKnownMaximum() throws {
    let data = try DataSet(try faithful(), dimensionCount: 2, missing: .atRandom)
    #expect(data.missingCount == 96 && data.totalWeight == 258 && data.positiveCount == 258)
    for threads in [1, 2] {
      let fit = try fitMaximumLikelihood(
        data, MaximumLikelihoodOptions(componentCount: 2), RunControl(threads: threads))
      #expect(abs(fit.logLikelihood + 913.521922906) < 1e-6)
      for (found, known) in zip(
        fit.weights + fit.means, [0.35399967, 0.64600033, 2.02777771, 54.20313722, 4.28061516, 79.78342483])
      { #expect(abs(found - known) < 1e-7) }
      let known = [0.066484383, 0.316383635, 35.680355815, 0.188858715, 1.197698995, 41.151800183]
      for (found, known) in zip(fit.estimate.covariances, known) { #expect(abs(found - known) < 1e-6) }
      #expect(zip(fit.history, fit.history.dropFirst()).allSatisfy { $1 > $0 - 1e-14 })
      #expect(fit.observationCount == 258)
      // The entropy of the responsibilities given what the rows have.
      let mixture = try Mixture(fit.estimate)
      let shares = try mixture.logProbabilities(at: data)
      let entropy = (0..<data.count).reduce(0.0) { sum, i in
        data.weight(i) * (0..<2).reduce(0) { $0 - exp(shares[2 * i + $1]) * shares[2 * i + $1] } + sum
      }
      #expect(abs((fit.entropy ?? .nan) - entropy) < 1e-9)
    }
  }

  /// Anderson 1957, "Maximum likelihood estimates for a multivariate normal distribution when some observations are
  /// missing": with the second coordinate missing in some rows, its regression on the first is that of complete rows.
  @Test func oneComponentHasTheClosedFormOfMonotonePatterns() throws {
    let complete = [[1.0, 2.2], [2.0, 2.9], [3.5, 5.1], [4.0, 4.2], [0.3, 1.0], [2.6, 2.0]]
    let lacking = [5.0, 6.1, -0.4, 2.2]
    let values = complete.flatMap { $0 } + lacking.flatMap { [$0, .nan] }
    let data = try DataSet(values, dimensionCount: 2, missing: .atRandom)
    let fit = try fitMaximumLikelihood(data, MaximumLikelihoodOptions(componentCount: 1, tolerance: 1e-14))
    func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }
    let (x, y) = (complete.map { $0[0] }, complete.map { $0[1] })
    let all = x + lacking
    let variance = mean(all.map { ($0 - mean(all)) * ($0 - mean(all)) })
    let slope =
      mean(zip(x, y).map { ($0 - mean(x)) * ($1 - mean(y)) }) / mean(x.map { ($0 - mean(x)) * ($0 - mean(x)) })
    let residual = mean(
      zip(x, y).map { x0, y0 in
        let r = y0 - mean(y) - slope * (x0 - mean(x))
        return r * r
      })
    let expected = [mean(all), mean(y) + slope * (mean(all) - mean(x))]
    for (found, known) in zip(fit.means, expected) { #expect(abs(found - known) < 1e-9) }
    let covariances = [variance, slope * variance, residual + slope * slope * variance]
    for (found, known) in zip(fit.estimate.covariances, covariances) { #expect(abs(found - known) < 1e-9) }
  }

  /// Densities at points with holes are those of the mixtures of the coordinates that they have.
  @Test(arguments: CovarianceStructure.allCases) func densitiesAreMarginal(_ structure: CovarianceStructure) throws {
    let covariance = [2, 0.6, 1.5, -0.3, 0.4, 1.2]
    let other = [1, -0.2, 0.8, 0.3, 0.1, 2]
    let covariances: [Double] =
      switch structure {
      case .full: covariance + other
      case .tied: covariance
      case .diag: [2, 1.5, 1.2, 1, 0.8, 2]
      case .spherical: [2, 0.8]
      }
    let mixture = try Mixture(
      MixtureParameters(
        structure: structure, componentCount: 2, dimensionCount: 3, weights: [0.3, 0.7],
        means: [0, 1, 2, -1, 0.5, 3], covariances: covariances))
    let rows: [[Double]] = [
      [0.1, 0.7, 2.5], [.nan, 0.7, 2.5], [0.1, .nan, 2.5], [0.1, 0.7, .nan], [.nan, .nan, 1], [0.2, .nan, .nan],
      [.nan, .nan, .nan], [.nan, 300, 1],
    ]
    let points = try DataSet(rows.flatMap { $0 }, dimensionCount: 3, missing: .atRandom)
    let densities = try mixture.logDensity(at: points)
    let probabilities = try mixture.probabilities(at: points)
    let means = try mixture.imputedMean(at: points)
    let (expected, expectedMeans) = IncompleteRowsReference.likelihood(mixture.factored, rows)
    for i in rows.indices {
      #expect(abs(densities[i] - expected[i]) < 1e-11 * max(1, abs(expected[i])), "\(structure), row \(i)")
      #expect(abs(probabilities[2 * i] + probabilities[2 * i + 1] - 1) < 1e-14)
      for d in 0..<3 {
        let known = expectedMeans[i][d]
        #expect(abs(means[3 * i + d] - known) < 1e-11 * max(1, abs(known)), "\(structure), row \(i), column \(d)")
      }
    }
    #expect(densities[6] == 0 || abs(densities[6]) < 1e-15)
    #expect(abs(probabilities[12] - 0.3) < 1e-15)
  }

  /// Drawn sums of complete rows have the moments of sums over rows drawn one by one.
  @Test func drawnSumsAreThoseOfDrawnRows() throws {
    let shape = MixtureShape(componentCount: 1, dimensionCount: 4, structure: .full)
    let factor = try LowerTriangle(
      dimension: 4, packed: [1.2, 0.5, 0.9, -0.3, 0.4, 1.1, 0.2, -0.6, 0.3, 0.8])
    let parameters = Parameters(shape, weights: [1], means: [0.5, -1, 2, 0], factors: factor.packed)
    for rows in [1, 2, 7] {
      var stream = RandomStream(StreamKey(seed: 1, chain: 0, purpose: .parameters).at(iteration: UInt64(rows)))
      var values: [Double] = []
      for _ in 0..<rows { values += [.nan, 2 * stream.normal(), .nan, 2 + stream.normal()] }
      let data = try DataSet(values, dimensionCount: 4, missing: .atRandom)
      let sweeper = try AssignmentSweeper(
        data, key: StreamKey(seed: 3, chain: 0, purpose: .assignments), moveKey: nil,
        MixtureKernels(shape, KernelBuild.best.kernels, isWeighted: true), keepsLabels: false, workers: 1)
      var statistics = SufficientStatistics(shape)
      let count = 40_000
      var columns = [[Double]](repeating: [], count: 2 * 14)
      for iteration in 0..<count {
        _ = sweeper.sweep(parameters, iteration: UInt64(iteration), into: &statistics)
        let entries = statistics.sums + statistics.squares
        for (j, value) in (entries + entries.map { $0 * $0 }).enumerated() { columns[j].append(value) }
      }
      // The same by rows: y_M = μ_M + C_MO C_OO⁻¹ (x_O - μ_O) + noise, by a row's distribution given part of it.
      var known = [[Double]](repeating: [], count: 2 * 14)
      let conditional = try ConditionalOfRow(parameters, has: [1, 3], lacks: [0, 2])
      for _ in 0..<count {
        var sums = [Double](repeating: 0, count: 14)
        for i in 0..<rows {
          let row = conditional.draw(Array(values[4 * i..<4 * i + 4]), &stream)
          var entry = 4
          for a in 0..<4 {
            sums[a] += row[a]
            for b in 0...a {
              sums[entry] += row[a] * row[b]
              entry += 1
            }
          }
        }
        for (j, value) in (sums + sums.map { $0 * $0 }).enumerated() { known[j].append(value) }
      }
      for j in columns.indices {
        let (found, expected) = (BatchEstimates.mean([columns[j]]), BatchEstimates.mean([known[j]]))
        // What is observed is the same in all draws, up to rounding.
        let isFixed = expected.error < 1e-12
        #expect(
          isFixed ? abs(found.value - expected.value) < 1e-9 : abs(found.deviation(from: expected)) < 4.5,
          "\(rows) rows, number \(j): \(found), \(expected)")
      }
    }
  }

  /// Draws do not depend on threads, come back from files, and go on.
  @Test func drawsAreReproducible() throws {
    let data = try DataSet(
      try faithful(), dimensionCount: 2, columnNames: ["eruptions", "waiting"], missing: .atRandom)
    let model = try OpenModel(MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full)).model(for: data)
    var options = SamplingOptions(draws: 60, tune: 40, chains: 2, seed: 5, keepsAssignments: true)
    let posterior = try sample(model, data, options, RunControl(threads: 1))
    #expect(bits(try sample(model, data, options, RunControl(threads: 2))) == bits(posterior))
    options.draws = 30
    let longer = try sample(model, data, options).extended(by: 30)
    #expect(bits(longer) == bits(posterior))
    let folder = TemporaryFolder()
    let path = folder.file("holes.gmm")
    try posterior.save(to: path)
    let read = try Posterior.load(path)
    #expect(bits(read) == bits(posterior))
    #expect(read.data.missingCount == 96 && read.data[3, 1].isNaN && read.data[1, 0].isNaN && !read.data[0, 0].isNaN)
    #expect(read.data.fingerprint == data.fingerprint && read.data.columnNames == data.columnNames)
    // A value in the place of a missing one makes other data, even if it is the number that stands for it.
    var filled = try faithful()
    filled[3 * 2 + 1] = data.filled(3, 1)
    #expect(try DataSet(filled, dimensionCount: 2, missing: .atRandom).fingerprint != data.fingerprint)
  }

  /// Data without holes have the same bits however they are declared.
  @Test func completeDataAreTheSame() throws {
    let values = try EMReference.dataSet("faithful").data
    let (plain, declared) = (
      try DataSet(values, dimensionCount: 2), try DataSet(values, dimensionCount: 2, missing: .atRandom)
    )
    #expect(declared.patterns == nil && declared.fingerprint == plain.fingerprint)
  }

  /// Statistics of parts, cut at whole blocks, are those of all rows.
  @Test func partsHaveTheSumsOfTheWhole() throws {
    var stream = RandomStream(StreamKey(seed: 8, chain: 0, purpose: .parameters).at(iteration: 0))
    var values: [Double] = []
    for _ in 0..<6_000 {
      let row = [stream.normal(), 3 + stream.normal(), stream.normal()]
      values += row.map { stream.uniform() < 0.2 ? .nan : $0 }
    }
    let parameters = MixtureParameters(
      structure: .full, componentCount: 2, dimensionCount: 3, weights: [0.4, 0.6], means: [0, 3, 0, 1, 2, 0],
      covariances: [1, 0.2, 1, 0, 0.1, 1, 1, 0, 2, 0, 0, 1])
    var whole = try MixtureStatistics(parameters)
    try whole.add(try DataSet(values, dimensionCount: 3, missing: .atRandom))
    var (first, second) = (try MixtureStatistics(parameters), try MixtureStatistics(parameters))
    try second.add(try DataSet(Array(values[4096 * 3..<values.count]), dimensionCount: 3, missing: .atRandom))
    try first.add(try DataSet(Array(values[0..<4096 * 3]), dimensionCount: 3, missing: .atRandom))
    try first.merge(second)
    #expect(first == whole)
    #expect(try MixtureStatistics(bytes: whole.bytes) == whole)
    #expect(try whole.maximized().entropy == nil)
  }

  /// Values that are missing because of others of their row bias an analysis of complete rows, and not this one.
  @Test func missingAtRandomIsNotBiased() throws {
    var stream = RandomStream(StreamKey(seed: 4, chain: 0, purpose: .parameters).at(iteration: 0))
    var (values, complete): ([Double], [Double]) = ([], [])
    for _ in 0..<20_000 {
      let isFirst = stream.uniform() < 0.4
      let x = (isFirst ? -2 : 2) + stream.normal()
      let y = (isFirst ? 0 : 3) + 0.8 * (x - (isFirst ? -2 : 2)) + 0.6 * stream.normal()
      // The larger x is, the more often y is missing.
      let isMissing = stream.uniform() < 1 / (1 + exp(-1.5 * (x - 1)))
      values += [x, isMissing ? .nan : y]
      if !isMissing { complete += [x, y] }
    }
    let options = MaximumLikelihoodOptions(componentCount: 2)
    let fit = try fitMaximumLikelihood(try DataSet(values, dimensionCount: 2, missing: .atRandom), options)
    let truth = [-2, 0, 2, 3]
    for (found, known) in zip(fit.means, truth) { #expect(abs(found - Double(known)) < 0.05) }
    #expect(abs(fit.weights[0] - 0.4) < 0.015)
    let rest = try fitMaximumLikelihood(try DataSet(complete, dimensionCount: 2), options)
    #expect(rest.weights[0] > 0.55 && rest.means[3] < 2.7)
    let data = try DataSet(Array(values[0..<4_000]), dimensionCount: 2, missing: .atRandom)
    let model = try OpenModel(MixtureShape(componentCount: 2, dimensionCount: 2, structure: .full)).model(for: data)
    let posterior = try sample(model, data, SamplingOptions(draws: 500, tune: 200, chains: 2, seed: 1))
    // The components exchange labels.
    let columns = (0..<4).map { Array(posterior.values(column: posterior.layout.means.lowerBound + $0).joined()) }
    let mean = (0..<1_000).reduce(0) { $0 + columns[columns[0][$1] > columns[2][$1] ? 1 : 3][$1] } / 1_000
    #expect(abs(mean - 3) < 0.2, "\(mean)")
  }

  /// What is refused, and how.
  @Test func faultsAreNamed() throws {
    func error(_ body: () throws -> Void) -> ModelError? { #expect(throws: ModelError.self) { try body() } }
    let undeclared = error { _ = try DataSet([1, .nan, 2, 3], dimensionCount: 2, columnNames: ["a", "b"]) }
    #expect(
      undeclared?.argument == "data[0, 1]" && undeclared?.rule == "must be finite, or NaN where `missing` allows it")
    #expect(undeclared?.value == "nan in column 1 (b)")
    let infinite = error { _ = try DataSet([1, .infinity], dimensionCount: 2, missing: .atRandom) }
    #expect(infinite?.argument == "data[0, 1]" && infinite?.rule == "must be finite")
    let column = try DataSet(
      [1, .nan, 2, .nan, 4, .nan], dimensionCount: 2, columnNames: ["a", "b"], missing: .atRandom)
    for call: () throws -> Void in [
      { _ = try fitMaximumLikelihood(column, MaximumLikelihoodOptions(componentCount: 1)) },
      {
        let model = try MixtureModel(
          MixtureShape(componentCount: 1, dimensionCount: 2), means: .normal(mean: [0], sd: [1]),
          spread: .inverseGamma(shape: [1], scale: [1]))
        _ = try sample(model, column)
      },
    ] {
      let fault = error(call)
      #expect(fault?.rule == "must have a value in every column" && fault?.value == "none in column 1 (b)")
    }
    let holes = try DataSet([1, .nan, 2, 3, 4, 7, 5, 5], dimensionCount: 2, missing: .atRandom)
    let model = try MixtureModel(
      MixtureShape(componentCount: 2, dimensionCount: 2), means: .normal(mean: [0], sd: [1]),
      spread: .inverseGamma(shape: [1], scale: [1]))
    var options = SamplingOptions(draws: 10, tune: 10, chains: 1)
    options.rungs = .count(3)
    #expect(error { _ = try sample(model, holes, options) }?.kind == .unsupported)
    let posterior = try sample(model, holes, SamplingOptions(draws: 200, tune: 10, chains: 1))
    #expect(error { _ = try posterior.logEvidence() }?.kind == .unsupported)
    #expect(error { _ = try fitVariational(holes, VariationalOptions(componentCount: 2)) }?.kind == .unsupported)
    #expect(error { _ = try posterior.imputed(draws: 0) }?.argument == "num_draws")
  }
}

/// The distribution of a row given part of it, from the joint one, for tests.
private struct ConditionalOfRow {
  let mean: [Double]
  let has: [Int]
  let lacks: [Int]
  private let slopes: [[Double]]
  private let noise: [[Double]]

  /// For two coordinates of each kind.
  init(_ parameters: Parameters, has: [Int], lacks: [Int]) throws {
    (mean, self.has, self.lacks) = (parameters.means, has, lacks)
    let c = parameters.factor(0).square
    let determinant = c[has[0], has[0]] * c[has[1], has[1]] - c[has[1], has[0]] * c[has[1], has[0]]
    let inverse = [
      [c[has[1], has[1]] / determinant, -c[has[1], has[0]] / determinant],
      [-c[has[1], has[0]] / determinant, c[has[0], has[0]] / determinant],
    ]
    func entry(_ i: Int, _ j: Int) -> Double { c[max(i, j), min(i, j)] }
    let slopes = lacks.map { i in
      (0..<2).map { j in (0..<2).reduce(0.0) { $0 + entry(i, has[$1]) * inverse[$1][j] } }
    }
    self.slopes = slopes
    func rest(_ a: Int, _ b: Int) -> Double {
      entry(lacks[a], lacks[b]) - (0..<2).reduce(0) { $0 + slopes[a][$1] * entry(lacks[b], has[$1]) }
    }
    let first = rest(0, 0).squareRoot()
    let second = rest(1, 0) / first
    noise = [[first, 0], [second, (rest(1, 1) - second * second).squareRoot()]]
  }

  /// Returns a complete row about the mean.
  func draw(_ row: [Double], _ stream: inout RandomStream) -> [Double] {
    var result = zip(row, mean).map { $0 - $1 }
    let z = [stream.normal(), stream.normal()]
    for a in 0..<2 {
      result[lacks[a]] =
        slopes[a][0] * result[has[0]] + slopes[a][1] * result[has[1]] + noise[a][0] * z[0] + noise[a][1] * z[1]
    }
    return result
  }
}
