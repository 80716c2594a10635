import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Builds of the kernels give the same bits if they fuse multiplication and addition, and the same numbers up to
/// rounding otherwise. Within each build the bits are the same for any number of threads.
@Suite struct KernelBuildTests {
  static let methods: [SamplingMethod] = [.gibbs, .metropolis]

  /// The numbers of components lie within registers and beyond. The numbers of observations lie around a group of
  /// eight, and beyond a block.
  static let sizes: [(components: Int, observations: Int)] = [1, 2, 3, 4, 5, 9, 64].flatMap { components in
    [0, 1, 7, 8, 9, 500, 5_000].map { (components, $0) }
  }

  /// The builds that this machine runs. The tests say that the others are left out.
  static let available: [KernelBuild] = KernelBuild.allCases.filter { build in
    if !build.isAvailable { print("skipped: the \(build) build of the kernels, which this machine lacks") }
    return build.isAvailable
  }

  static var fused: [KernelBuild] { available.filter { $0 != .portable } }

  // MARK: The same bits

  @Test(arguments: sizes) func fusedBuildsGiveTheSameBits(_ components: Int, _ observations: Int) throws {
    guard Self.fused.count == 2 else {
      print("skipped: the bits of AVX2 against those of AVX-512, of which this machine has \(Self.fused)")
      return
    }
    let runs = try Self.fused.map {
      try Self.everything(components: components, observations: observations, RunControl(build: $0))
    }
    #expect(runs[0].count == (observations >= max(components, 2) ? 9 : 8))
    for (a, b) in zip(runs[0], runs[1]) { #expect(a == b, "\(a.name)") }
  }

  /// 5,000 observations are two blocks for a sampler and ten for predictions, and enough work that threads are started.
  @Test(arguments: available) func threadsDoNotChangeABitOfAnyBuild(_ build: KernelBuild) throws {
    for observations in [500, 5_000] {
      let runs = try [1, 2, 5].map {
        try Self.everything(components: 3, observations: observations, RunControl(threads: $0, build: build))
      }
      for run in runs.dropFirst() {
        for (a, b) in zip(runs[0], run) { #expect(a == b, "\(a.name), \(observations) observations") }
      }
    }
  }

  @Test(arguments: available) func storedAssignmentsChangeNoDraw(_ build: KernelBuild) throws {
    for method in Self.methods {
      for (components, observations) in [(2, 9), (3, 500), (9, 5_000)] {
        let runs = try [true, false].map { keepsAssignments in
          let posterior = try Self.posterior(
            method, components: components, observations: observations, keepsAssignments: keepsAssignments,
            RunControl(build: build))
          #expect(posterior.hasAssignments == keepsAssignments)
          return Self.rows(posterior)
        }
        #expect(runs[0] == runs[1], "\(method), \(components) components, \(observations) observations")
      }
    }
  }

  // MARK: The same to rounding

  /// The builds make one sweep from the same values, and draw parameters given its sums.
  ///
  /// Rounding decides an assignment with probability N K 2^-50 ≤ 3e-10. Here it decides none, so the counts and the
  /// weights are the same bits. A sum of squares takes N/8 additions in each lane, rounded by every build, and as many
  /// products, rounded by the portable one: relative error ε = (N/8 + 16) 2^-52 between two. An sd is the root of a
  /// multiple of that: ε/2 and a few roundings, below ε. A mean is an average, whose weights hold sd², of the prior
  /// mean 0 and data below 8 in size, plus at most 4 conditional sds, each at most the prior's 10: ε times 40 and its
  /// own size. The log likelihood of N points moves by less than Σ (1 + z² + |z| |x|/sd) ε and rounds each term, with
  /// z² below 200 near the data: 400 N ε.
  @Test(arguments: sizes) func buildsAgreeToRoundingAfterOneSweep(_ components: Int, _ observations: Int) throws {
    for method in Self.methods {
      let runs = try Self.available.map { build in
        var options = Self.options(method, keepsAssignments: true)
        (options.draws, options.tune, options.thin) = (1, 0, 1)
        options.initial = [Self.initialValues(components)]
        return try sample(
          Self.model(components), data: Self.data(observations), options, RunControl(build: build))
      }
      let error = (Double(observations) / 8 + 16) * 0x1p-52
      for run in runs.dropFirst() {
        for chain in 0..<run.chainCount {
          let (ours, theirs) = (run.row(chain: chain, draw: 0), runs[0].row(chain: chain, draw: 0))
          let layout = run.layout
          for k in layout.weights { #expect(ours[k] == theirs[k]) }
          for k in layout.means { #expect(abs(ours[k] - theirs[k]) <= error * (40 + abs(theirs[k]))) }
          for k in layout.sds { #expect(abs(ours[k] / theirs[k] - 1) <= error) }
          let distance = abs(ours[layout.logLikelihood] - theirs[layout.logLikelihood])
          #expect(distance <= 400 * Double(observations) * error)
        }
        #expect(Self.labels(run) == Self.labels(runs[0]))
      }
    }
  }

  /// Predictions from one posterior's draws draw no assignment, so the builds cannot part.
  ///
  /// An exponent below 745 in size is rounded to 745 x 2^-53 in a few operations, a share to as much relatively, and a
  /// sum of D draws to D 2^-53 more: 1e-12 for 100 draws. A log density's own size, up to 1e6 far from the data, is
  /// rounded as well.
  @Test(arguments: [1, 3, 9, 64]) func buildsAgreeToRoundingInPredictions(_ components: Int) throws {
    let posterior = try Self.posterior(
      .gibbs, components: components, observations: 500, keepsAssignments: false, RunControl(build: .portable))
    let runs = try Self.available.map { try Self.predictions(posterior, RunControl(build: $0)) }
    for run in runs.dropFirst() {
      for (a, b) in zip(runs[0], run) {
        #expect(a.values.count == b.values.count)
        for (x, y) in zip(a.values, b.values) {
          let tolerance = a.name == "log densities" ? 1e-12 * (1 + abs(x)) : 1e-12
          if !(abs(x - y) <= tolerance) { Issue.record("\(a.name): \(x) and \(y)") }
        }
      }
    }
  }

  /// Both fits end where an iteration moves nothing by more than 1e-11. With components 5 sds apart the iteration
  /// contracts by a factor below 1/2, so that is twice as far from the optimum, where the likelihood has no first
  /// derivative.
  @Test func buildsAgreeOnTheMaximumOfTheLikelihood() throws {
    let observations = try DataSet(Self.data(5_000))
    let options = MaximumLikelihoodOptions(componentCount: 3, starts: 4, tolerance: 1e-11, seed: 3)
    let fits = try Self.available.map { try fitMaximumLikelihood(observations, options, RunControl(build: $0)) }
    let firstSDs = try #require(fits[0].sds)
    for fit in fits {
      #expect(fit.isConverged)
      let sds = try #require(fit.sds)
      for (a, b) in [(fit.weights, fits[0].weights), (fit.means, fits[0].means), (sds, firstSDs)] {
        for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-10 * (1 + abs(y))) }
      }
      #expect(abs(fit.logLikelihood / fits[0].logLikelihood - 1) < 1e-12)
    }
  }

  // MARK: The same posterior

  /// The chains have different seeds, so that their errors are independent. 8 means of 100 batches each agree within 4
  /// combined Monte-Carlo standard errors. They exceed this by chance with probability 8 x 1.2e-4, and the seeds are
  /// fixed.
  @Test func buildsAgreeOnPosteriorMeans() throws {
    let reference = try Reference.load("notebook2")
    let posteriors = try Self.available.map { build in
      let options = SamplingOptions(draws: 20_000, tune: 1_000, chains: 4, seed: UInt64(100 + build.rawValue))
      return try sample(reference.mixtureModel(), data: reference.data, options, RunControl(build: build))
    }
    for (build, posterior) in zip(Self.available, posteriors).dropFirst() {
      var deviations = Deviations()
      for column in 0...posterior.layout.logLikelihood {
        deviations.add(
          "column \(column)", BatchEstimates.mean(posterior.values(column: column)),
          BatchEstimates.mean(posteriors[0].values(column: column)))
      }
      #expect(deviations.count == 8)
      #expect(deviations.beyond(4).isEmpty)
      print("\(build) against \(Self.available[0]): \(deviations.summary)")
    }
  }

  // MARK: Choice

  @Test func buildThatIsNotAvailableStandsForTheBest() throws {
    #expect(KernelBuild.portable.isAvailable && KernelBuild.best.isAvailable)
    #expect(KernelBuild.allCases.allSatisfy { !$0.isAvailable || $0.rawValue <= KernelBuild.best.rawValue })
    for build in KernelBuild.allCases {
      for available in [[.portable], [.portable, .avx2], KernelBuild.allCases] {
        let expected = available.contains(build) ? build : available[available.count - 1]
        #expect(build.usable(among: available) == expected)
      }
      guard !build.isAvailable else { continue }
      let runs = try [build, .best].map {
        try Self.everything(components: 3, observations: 500, RunControl(build: $0))
      }
      #expect(runs[0] == runs[1])
    }
  }

  @Test func buildsPartWhereAMultiplicationIsRounded() throws {
    guard let fused = Self.fused.first else {
      print("skipped: the portable build against a fused one, which this machine lacks")
      return
    }
    let runs = try [.portable, fused].map {
      try Self.everything(components: 3, observations: 5_000, RunControl(build: $0))
    }
    #expect(runs[0] != runs[1])
  }
}

/// Runs of one build, and their bits.
extension KernelBuildTests {
  /// Bits of results under a name.
  struct Bits: Equatable, CustomStringConvertible {
    var name: String
    var values: [UInt64]
    var description: String { "\(name) (\(values.count) words)" }
  }

  /// Three clusters 5 sds apart, the first of them with twice the points of the others.
  static func data(_ count: Int) -> [Double] {
    (0..<count).map { i in
      let x = Double(i)
      return [0, 0, 5, -6][i % 4] + 0.8 * Foundation.sin(x * 12.9) + 0.6 * Foundation.cos(x * 7.7)
    }
  }

  static func model(_ components: Int) throws -> MixtureModel {
    try MixtureModel(
      componentCount: components, means: .normal(mean: [0], sd: [10]), spread: .inverseGamma(shape: [2], scale: [1]))
  }

  static func initialValues(_ components: Int) -> PartialParameters {
    PartialParameters(
      weights: [Double](repeating: 1 / Double(components), count: components),
      means: (0..<components).map { -6 + 12 * (Double($0) + 0.5) / Double(components) },
      sds: (0..<components).map { 1 + 0.01 * Double($0) })
  }

  static func options(_ method: SamplingMethod, keepsAssignments: Bool) -> SamplingOptions {
    SamplingOptions(
      method: method, draws: 25, tune: 10, chains: 4, thin: 2, seed: 11, keepsAssignments: keepsAssignments)
  }

  static func posterior(
    _ method: SamplingMethod, components: Int, observations: Int, keepsAssignments: Bool, _ control: RunControl
  ) throws -> Posterior {
    try sample(
      model(components), data: data(observations), options(method, keepsAssignments: keepsAssignments), control)
  }

  static func rows(_ posterior: Posterior) -> [UInt64] {
    (0..<posterior.layout.width).flatMap { column in
      posterior.values(column: column).flatMap { $0.map(\.bitPattern) }
    }
  }

  static func labels(_ posterior: Posterior) -> [UInt64] {
    (0..<posterior.chainCount).flatMap { chain in
      (0..<posterior.drawCount).flatMap { draw in
        let labels = posterior.assignments(chain: chain, draw: draw)
        return (0..<(labels == nil ? 0 : posterior.data.count)).map { UInt64(labels?[$0] ?? 0) }
      }
    }
  }

  /// Returns the predictions of all draws of a posterior for its data, and for points among and far from the data.
  static func predictions(_ posterior: Posterior, _ control: RunControl) throws -> [(name: String, values: [Double])] {
    let points = try DataSet(data(posterior.data.count) + [-1e3, -30, 0.25, 1e2, 1e3])
    var probabilities = [Double](repeating: .nan, count: points.count * posterior.layout.componentCount)
    var logDensities = [Double](repeating: .nan, count: points.count)
    try posterior.predictProbabilities(at: points, into: &probabilities, control)
    try posterior.logDensity(at: points, into: &logDensities, control)
    return [
      ("probabilities", try posterior.probabilities(control)), ("predicted probabilities", probabilities),
      ("log densities", logDensities),
    ]
  }

  /// Returns the bits of everything that is computed by kernels.
  static func everything(components: Int, observations: Int, _ control: RunControl) throws -> [Bits] {
    var result: [Bits] = []
    for method in methods {
      let posterior = try posterior(
        method, components: components, observations: observations, keepsAssignments: true, control)
      result.append(Bits(name: "\(method) draws", values: rows(posterior)))
      result.append(Bits(name: "\(method) assignments", values: labels(posterior)))
      if method == .metropolis { continue }
      for (name, values) in try predictions(posterior, control) {
        result.append(Bits(name: name, values: values.map(\.bitPattern)))
      }
    }
    let unstored = try posterior(
      .gibbs, components: components, observations: observations, keepsAssignments: false, control)
    result.append(Bits(name: "draws without assignments", values: rows(unstored)))
    guard observations >= max(components, 2) else { return result }
    let fit = try fitMaximumLikelihood(
      DataSet(data(observations)),
      MaximumLikelihoodOptions(componentCount: components, starts: 3, maximumIterations: 100, seed: 5), control)
    let numbers = fit.weights + fit.means + fit.estimate.covariances + [fit.logLikelihood, Double(fit.iterations)]
    result.append(Bits(name: "maximum likelihood", values: numbers.map(\.bitPattern)))
    return result
  }
}
