import GMMKernels
import GMMModel

/// Metropolis-Hastings moves that divide the rows of two or three components anew, with the parameters of these
/// components. They cross between modes that steps given the assignments, or given the parameters, do not connect.
///
/// From the state (θ, z) a move draws a division z' by ``SequentialAllocation``, and parameters θ' by
/// ``ParameterProposal``. It accepts both with the probability min(1, R),
///
///     R = p(θ', z', x) q(θ | z) / (p(θ, z, x) q(θ' | z')) times the ratio of the divisions.
///
/// Under conjugate priors p(θ, z, x) / q(θ | z) is the probability of z and x with the parameters summed out, and the
/// moves are those of Dahl (2005). Under other priors it is an unbiased estimate of it, and the moves are exact too.
///
/// The moves of an iteration come before its step. They begin with a sweep, because the state of a chain holds no
/// assignments. The step's sweep makes new ones. Rows of which not everything is known are drawn too, by
/// ``RowCompletion``, and the step goes on from the completed ones.
struct SplitMergeMover {
  private var model: MixtureModel
  private var rows: SplitMergeRows
  private let source: Source
  private let rest: StatisticsPass?
  private let power: Double
  private let key: StreamKey
  /// What an assigned row is worth for q, where rows have fractional weights.
  private let worth: Double
  /// The scan; `nil` if the parameters cannot be summed out.
  var scan: CollapsedScan?
  private var choice: ComponentChoice
  private var allocation: SequentialAllocation
  private var proposal: ParameterProposal
  /// Whether the model has other hyperparameters than the densities of the moves.
  private var isStale = false
  /// The values that the chain has learned about the moves.
  var tuning: SplitMergeTuning
  private let schedule: SplitMergeSchedule
  /// Changes the terms of the acceptance ratio, to plant errors; `nil` outside of tests.
  var edit: (@Sendable (inout SplitMergeTerms) -> Void)?
  /// Changes the statistics at which the density of parameters is evaluated, to plant errors; `nil` outside of tests.
  var editStatistics: (@Sendable (inout SufficientStatistics) -> Void)?
  // The workspace.
  private var labels: [Int]
  private var statistics: SufficientStatistics
  private var proposedStatistics: SufficientStatistics
  private var weighted: SufficientStatistics
  private var proposed: Parameters
  private var members: [Int] = []
  private var places: [Int] = []
  private var proposedPlaces: [Int] = []
  private var ofOne: [Int] = []
  private let all: [Int]

  /// Where the assignments come from.
  enum Source {
    /// Sweeps over the rows, which keep their labels.
    case sweeps(AssignmentSweeper)
    /// Draws of the rows with their assignments.
    case completion(RowCompletion, StreamKey)
  }

  /// - Parameters:
  ///   - rows: the rows, or any completion of them.
  ///   - rest: the pass over the rests of rows with fractional weights.
  ///   - worth: the sum of the sample weights over the number of rows.
  ///   - key: the chain's key for these moves.
  init(
    _ model: MixtureModel, _ rows: SplitMergeRows, _ source: Source, rest: StatisticsPass?, worth: Double,
    power: Double, key: StreamKey, _ schedule: SplitMergeSchedule, _ tuning: SplitMergeTuning
  ) {
    self.model = model
    self.rows = rows
    self.source = source
    self.rest = rest
    self.worth = worth
    self.power = power
    self.key = key
    self.schedule = schedule
    self.tuning = tuning
    scan = rest == nil ? CollapsedScan(model, rows, power: power) : nil
    choice = ComponentChoice(model, rows)
    allocation = SequentialAllocation(model, rows, power: power)
    proposal = ParameterProposal(model, rows, power: power)
    labels = [Int](repeating: 0, count: rows.data.count)
    all = Array(0..<model.componentCount)
    statistics = SufficientStatistics(model.shape)
    proposedStatistics = statistics
    weighted = statistics
    proposed = Parameters(zerosOf: model.shape)
  }

  /// Gives the priors other hyperparameters.
  mutating func adopt(_ hyperparameters: [Double]) {
    model.adopt(hyperparameters)
    isStale = true
  }

  /// Makes the densities of the moves anew if the hyperparameters have changed.
  private mutating func refresh() {
    guard isStale else { return }
    isStale = false
    if scan != nil { scan = CollapsedScan(model, rows, power: power) }
    allocation = SequentialAllocation(model, rows, power: power)
    proposal = ParameterProposal(model, rows, power: power)
  }

  /// Makes the moves that are due before iteration `iteration`, which change the parameters and the statistics of the
  /// state.
  ///
  /// - Returns: the mean acceptance probability of the moves; `nil` if none is due.
  @discardableResult
  mutating func run(_ state: inout ChainState, _ crew: BlockCrew?) -> Double? {
    let iteration = state.iteration + 1
    // A chain of one component makes no moves. If its number varies, it may have been one when the tuning ended.
    if iteration > schedule.last, tuning.isUnsettled { tuning.settle() }
    defer { if iteration == schedule.last, schedule.isLearning(iteration) { tuning.settle() } }
    let count = schedule.count(iteration, tuning)
    let scans = scan != nil && schedule.scans(iteration)
    guard count > 0 || scans else { return nil }
    guard assign(state.parameters, iteration, crew) else { return nil }
    var stream = RandomStream(key.at(iteration: iteration))
    let isLearning = schedule.isLearning(iteration)
    if isLearning { tuning.watch(labels, components: model.shape.densityCount) }
    if scans {
      scan?.run(&labels, &stream)
      for k in all { statistics.replace(k, by: members(of: k), of: rows.data.base) }
      // The parameters were summed out, so they are drawn anew before moves that condition on some of them.
      proposed.assign(state.parameters)
      guard (try? proposal.draw(&proposed, all, given: statistics, &stream)) != nil else { return nil }
      swap(&state.parameters, &proposed)
    }
    var probabilities = 0.0
    for _ in 0..<count {
      let (probability, moved) = move(&state.parameters, &stream, crew)
      probabilities += probability
      if isLearning { tuning.propose(moved: moved) }
      if iteration > schedule.last { tuning.count(moved: moved) }
    }
    if isLearning { tuning.keep(labels) }
    fold(&state.parameters)
    state.statistics = statistics
    return count > 0 ? probabilities / Double(count) : nil
  }

  /// Draws assignments given parameters, and takes their statistics.
  ///
  /// - Returns: whether there are any.
  private mutating func assign(_ parameters: Parameters, _ iteration: UInt64, _ crew: BlockCrew?) -> Bool {
    switch source {
    case .sweeps(let sweeper):
      refresh()
      _ = sweeper.sweep(parameters, iteration: iteration, into: &statistics, crew)
      guard let drawn = sweeper.assignments else { return false }
      for i in labels.indices { labels[i] = Int(drawn[i]) }
    case .completion(let completion, let key):
      var stream = RandomStream(key.at(iteration: iteration))
      guard let rows = try? completion.draw(parameters, model, &labels, &stream) else { return false }
      self.rows = rows
      choice = ComponentChoice(model, rows)
      isStale = true
      refresh()
      for k in all { statistics.replace(k, by: members(of: k), of: rows.data.base) }
      statistics.backgroundCount = Double(labels.count { $0 == all.count })
    }
    return true
  }

  /// Numbers the components in their order, if draws are folded into one.
  private mutating func fold(_ parameters: inout Parameters) {
    guard model.foldsOrder, let coordinate = model.orderCoordinate else { return }
    let dimensions = model.dimensionCount
    let means = parameters.means
    func isBefore(_ a: Int, _ b: Int) -> Bool {
      (means[a * dimensions + coordinate], a) < (means[b * dimensions + coordinate], b)
    }
    guard !(1..<model.componentCount).allSatisfy({ isBefore($0 - 1, $0) }) else { return }
    let order = all.sorted(by: isBefore)
    parameters.sortByMean(coordinate: coordinate)
    for (place, k) in order.enumerated() {
      proposedStatistics.replace(place, by: members(of: k), of: rows.data.base)
    }
    swap(&statistics, &proposedStatistics)
  }

  /// Returns the rows of component `k`.
  private mutating func members(of k: Int) -> [Int] {
    ofOne.removeAll(keepingCapacity: true)
    for i in labels.indices where labels[i] == k { ofOne.append(i) }
    return ofOne
  }

  /// Makes one move.
  ///
  /// - Returns: the acceptance probability, and the share of all rows that an accepted move gave to other components.
  private mutating func move(
    _ parameters: inout Parameters, _ stream: inout RandomStream, _ crew: BlockCrew?
  ) -> (probability: Double, moved: Double) {
    let logThreshold = log(stream.uniform())
    let components = choice.draw(statistics, &stream)
    members.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    for i in labels.indices {
      guard let place = components.firstIndex(of: labels[i]) else { continue }
      members.append(i)
      places.append(place)
    }
    guard !members.isEmpty else { return (0, 0) }
    let launches = stream.uniform() < schedule.shareOfLaunches
    let backward = allocation.evaluate(members, among: components, &places, launches: launches, &stream)
    guard backward.sum > -.infinity else { return (0, 0) }
    let forward = allocation.propose(members, among: components, into: &proposedPlaces, launches: launches, &stream)
    takeStatistics(components)
    proposed.assign(parameters)
    guard (try? drawParameters(components, &stream)) != nil else { return (0, 0) }
    let new = terms(proposed, components, proposedStatistics, crew)
    // A draw whose density cannot be told is refused.
    guard new.logWeight.isFinite else { return (0, 0) }
    var terms = SplitMergeTerms(
      new: new, old: terms(parameters, components, statistics, crew), forward: forward, backward: backward,
      choiceFromNew: choice.logProbability(of: components, proposedStatistics),
      choiceFromOld: choice.logProbability(of: components, statistics))
    edit?(&terms)
    let logRatio = terms.logRatio
    guard !logRatio.isNaN else { return (0, 0) }
    var moved = 0.0
    if logThreshold < logRatio {
      moved = labelDifference(places, proposedPlaces, components.count) * Double(members.count) / Double(labels.count)
      swap(&parameters, &proposed)
      swap(&statistics, &proposedStatistics)
      for (i, place) in zip(members, proposedPlaces) { labels[i] = components[place] }
    }
    return (logRatio >= 0 ? 1 : exp(logRatio), moved)
  }

  private mutating func drawParameters(_ components: [Int], _ stream: inout RandomStream) throws(ModelError) {
    weighted.assign(proposedStatistics, times: worth)
    try proposal.draw(&proposed, components, given: weighted, &stream)
  }

  private mutating func terms(
    _ parameters: Parameters, _ components: [Int], _ statistics: SufficientStatistics, _ crew: BlockCrew?
  ) -> SplitMergeTerms.OfParameters {
    weighted.assign(statistics, times: worth)
    editStatistics?(&weighted)
    var result = proposal.terms(parameters, components, given: weighted, assigned: statistics)
    guard let rest, result.target > -.infinity else { return result }
    // The pass takes statistics too, which nothing needs.
    result.target += rest.evaluate(parameters, into: &weighted, crew)
    return result
  }

  /// Takes the statistics of the proposed division.
  private mutating func takeStatistics(_ components: [Int]) {
    proposedStatistics.assign(statistics, times: 1)
    for (place, k) in components.enumerated() {
      ofOne.removeAll(keepingCapacity: true)
      for (i, other) in zip(members, proposedPlaces) where other == place { ofOne.append(i) }
      proposedStatistics.replace(k, by: ofOne, of: rows.data.base)
    }
  }
}
