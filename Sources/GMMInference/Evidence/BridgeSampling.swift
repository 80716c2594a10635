import GMMKernels
import GMMModel

/// Bridge sampling (Meng, Wong 1996; for mixtures Frühwirth-Schnatter 2004) between the posterior, with the assignments
/// summed out, and a ``ConditionalMixture``.
///
/// The first half of each chain gives the terms of the mixture, with assignments drawn anew, and the second half the
/// draws of the posterior. So the mixture does not know the draws at which it is evaluated.
struct BridgeSampling {
  let posterior: Posterior
  let options: LogEvidenceOptions
  let control: RunControl
  private let mixture: ConditionalMixture
  private let division: DividedRows?
  private let draws: Int
  /// The numbers of draws of each chain that are terms, and that are draws of the posterior.
  private let termsOfChain: Int
  private let drawsOfChain: Int

  /// The least number of draws of the posterior over all chains.
  static let leastDraws = 20
  private static let pointsAtOnce = 16

  init(_ posterior: Posterior, _ options: LogEvidenceOptions, _ control: RunControl) throws(ModelError) {
    let (model, chains) = (posterior.model, posterior.chainCount)
    let total = chains.multipliedReportingOverflow(by: posterior.drawCount)
    guard posterior.drawCount >= 2, total.overflow || total.partialValue >= Self.leastDraws else {
      throw ModelError(
        .unsupported, "posterior", "must have at least \(Self.leastDraws) draws, 2 of each chain, for bridge sampling",
        got: "\(chains) x \(posterior.drawCount)")
    }
    // An order of components that are not exchangeable tells them apart.
    let groups = model.orderedMeans && !model.foldsOrder ? [] : model.labelGroups
    let largest = groups.map(\.count).max() ?? 1
    guard largest <= LabelSums.largestGroup else {
      throw ModelError(
        .unsupported, "method",
        "must be stepping stones for more than \(LabelSums.largestGroup) components that share all priors", got: largest
      )
    }
    self.posterior = posterior
    self.options = options
    self.control = control
    draws = options.draws == 0 ? 4_000 : options.draws
    let half = posterior.drawCount / 2
    let most = options.terms > 0 ? options.terms : Self.terms(model, largest: largest, draws: draws)
    termsOfChain = max(1, min(half, most / chains))
    drawsOfChain = max(1, min(posterior.drawCount - half, draws / chains))
    mixture = try ConditionalMixture(model, groups: groups, count: termsOfChain * chains)
    if let division = posterior.target.division {
      self.division = division
    } else {
      division = try DividedRows(posterior.data)
    }
  }

  /// Returns the number of terms: up to 500, and fewer, at least 100, where they take seconds. Terms with hyperparameters
  /// cost more and are wider: a fifth of these numbers.
  private static func terms(_ model: MixtureModel, largest: Int, draws: Int) -> Int {
    let layout = ConditionalLayout(model.shape)
    let components = Double(model.componentCount)
    let entry = 10 + 5 * Double(layout.dimensions) + Double(layout.triangle)
    let cost = components * components * entry + Double(largest) * Double(1 << largest)
    let terms = max(100, min(500, Int(4e9 / (cost * Double(2 * draws)))))
    return model.hyperDensities == nil ? terms : terms / 5
  }

  func run() throws(ModelError) -> LogEvidence {
    let chains = posterior.chainCount
    let proposed = draws
    let compared = drawsOfChain * chains
    guard let ratios = AlignedBuffer<Double>(count: proposed + compared) else {
      throw .outOfMemory("\(proposed + compared) ratios of densities")
    }
    let units = (proposed + compared + Self.pointsAtOnce - 1) / Self.pointsAtOnce
    let team = StepTeam(control, units: mixture.terms.count + units)
    defer { team.monitor.finish() }
    try team.run(
      mixture.terms.count, makeWorkspace: { try? TermWriter(self) },
      body: { term, writer, _ in writer.write(term) })
    try team.run(
      units, makeWorkspace: { try? RatioWriter(self) },
      body: { unit, writer, monitor in
        for point in unit * Self.pointsAtOnce..<min(proposed + compared, (unit + 1) * Self.pointsAtOnce) {
          if monitor.shouldStop { return }
          ratios.base[point] =
            point < proposed ? writer.ratio(ofProposal: point) : writer.ratio(ofDraw: point - proposed)
        }
      })
    return try estimate(
      below: (0..<proposed).map { ratios.base[$0] }, above: (0..<compared).map { ratios.base[proposed + $0] })
  }

  /// - Parameters:
  ///   - below: log p* - log q at the draws of q.
  ///   - above: the same at the draws of the posterior.
  private func estimate(below: [Double], above: [Double]) throws(ModelError) -> LogEvidence {
    let chains = posterior.chainCount
    let first = TwoSidedRatio(below: below, above: above)
    // Draws of chains count by their effective number (Meng, Schilling 2002).
    let variance = varianceOfMean(first.above, chains: chains)
    let ofIndependent = varianceOfIndependentMean(first.above)
    let effective = variance > 0 ? Double(above.count) * min(1, ofIndependent / variance) : Double(above.count)
    let ratio = TwoSidedRatio(below: below, above: above, effective: (Double(below.count), effective))
    let square = varianceOfIndependentMean(ratio.below) + varianceOfMean(ratio.above, chains: chains)
    guard ratio.logRatio.isFinite, square.isFinite else {
      throw ModelError(
        .degenerate, "posterior", "must have conditional distributions that overlap with it for bridge sampling",
        got: "an overlap of \(ratio.overlap)")
    }
    return LogEvidence(
      value: ratio.logRatio, error: square.squareRoot(), method: .bridge, isExact: false,
      drawCount: above.count, termCount: mixture.terms.count, overlap: min(ratio.overlap, 1), rungs: [])
  }

  /// Returns the draw of place `index` among `count` of a half of a chain's draws, evenly spaced.
  private func place(_ index: Int, of count: Int, secondHalf: Bool) -> Int {
    let half = posterior.drawCount / 2
    let size = secondHalf ? posterior.drawCount - half : half
    return (secondHalf ? half : 0) + index * (size / count) + index * (size % count) / count
  }

  /// The workspace with which one thread writes terms.
  private final class TermWriter {
    private let bridge: BridgeSampling
    private let sweeper: AssignmentSweeper
    private let worth: Double
    private var covariance: CovarianceConditional
    private var statistics: SufficientStatistics
    private let hyperparameters: HyperparameterConditional?
    private var model: MixtureModel

    init(_ bridge: BridgeSampling) throws(ModelError) {
      self.bridge = bridge
      let (posterior, shape) = (bridge.posterior, bridge.posterior.model.shape)
      let rows = bridge.division?.whole ?? posterior.data
      worth = bridge.division.map { $0.total / max(1, $0.whole.totalWeight) } ?? 1
      sweeper = try AssignmentSweeper(
        rows, key: StreamKey(seed: bridge.options.seed, chain: 0, purpose: .evidenceAssignments), moveKey: nil,
        MixtureKernels(shape, bridge.control.build.kernels, isWeighted: !rows.isPlain), keepsLabels: false,
        workers: 1)
      covariance = CovarianceConditional(dimension: shape.hasMatrices ? shape.dimensionCount : 0)
      statistics = SufficientStatistics(shape)
      model = posterior.model
      hyperparameters = HyperparameterConditional(model)
    }

    func write(_ index: Int) {
      let posterior = bridge.posterior
      let (chain, place) = (index / bridge.termsOfChain, index % bridge.termsOfChain)
      let draw = bridge.place(place, of: bridge.termsOfChain, secondHalf: false)
      let term = bridge.mixture.terms[index]
      term.parameters = Parameters(row: posterior.drawnRow(chain: chain, draw: draw), posterior.layout)
      _ = sweeper.sweep(term.parameters, iteration: UInt64(index), into: &statistics)
      term.statistics.assign(statistics, times: worth)
      if var conditional = hyperparameters {
        model.adopt(term.parameters.hyperparameters)
        term.hyperparameters = HyperparameterProposal(&conditional, term.parameters, model)
      }
      bridge.mixture.prepare(index, &covariance)
    }
  }

  /// The workspace with which one thread evaluates the ratio of the densities.
  private final class RatioWriter {
    private let bridge: BridgeSampling
    private var model: MixtureModel
    private let key: StreamKey
    private let pass: StatisticsPass
    private let work: ConditionalWorkspace
    private var gibbs: GibbsSampler
    private var parameters: Parameters
    private var unused: SufficientStatistics

    init(_ bridge: BridgeSampling) throws(ModelError) {
      self.bridge = bridge
      model = bridge.posterior.model.unshared()
      key = StreamKey(seed: bridge.options.seed, chain: 0, purpose: .evidenceProposals)
      pass = try StatisticsPass(
        bridge.posterior.data, model.shape, bridge.control.build.kernels, power: 1, workers: 1)
      guard let work = ConditionalWorkspace(bridge.mixture) else { throw .outOfMemory("a thread's workspace") }
      self.work = work
      gibbs = GibbsSampler(model, isProposing: true)
      parameters = Parameters(zerosOf: model.shape)
      unused = SufficientStatistics(model.shape)
    }

    /// Returns log p* - log q at a draw of the mixture. Each term makes as many draws as the others, up to one.
    func ratio(ofProposal index: Int) -> Double {
      let term = bridge.mixture.terms[index % bridge.mixture.terms.count]
      var stream = RandomStream(key.at(iteration: UInt64(index)))
      parameters.assign(term.parameters)
      if let proposal = term.hyperparameters {
        proposal.draw(into: &parameters.hyperparameters, &stream)
        // Beyond a bound of the prior there is no posterior.
        guard model.logHyperprior(parameters.hyperparameters) > -.infinity else { return -.infinity }
        model.adopt(parameters.hyperparameters)
        gibbs.adopt(parameters.hyperparameters)
      }
      guard (try? gibbs.draw(&parameters, given: term.statistics, &stream)) != nil else { return -.infinity }
      let admitted =
        model.foldsOrder ? model.satisfiesMinimum(parameters) : model.satisfiesConstraints(parameters)
      guard admitted else { return -.infinity }
      let logPrior =
        model.logPriorOfWeights(parameters) + model.logPriorOfMeans(parameters) + model.logPriorOfSpread(parameters)
        + model.logHyperprior(parameters.hyperparameters)
      let ratio =
        logPrior + pass.evaluate(parameters, into: &unused, nil) - bridge.mixture.logDensity(parameters, work)
      return ratio.isNaN ? -.infinity : ratio
    }

    /// Returns log p* - log q at a draw of the posterior.
    func ratio(ofDraw index: Int) -> Double {
      let posterior = bridge.posterior
      let (chain, place) = (index / bridge.drawsOfChain, index % bridge.drawsOfChain)
      let draw = bridge.place(place, of: bridge.drawsOfChain, secondHalf: true)
      let row = posterior.drawnRow(chain: chain, draw: draw)
      let ratio =
        row[posterior.layout.logPosterior]
        - bridge.mixture.logDensity(Parameters(row: row, posterior.layout), work)
      return ratio.isNaN ? .infinity : ratio
    }
  }
}
