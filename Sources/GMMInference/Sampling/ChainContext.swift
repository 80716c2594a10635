import GMMKernels
import GMMModel

/// The values that all chains of a call share.
final class ChainContext: Sendable {
  let target: Target
  let method: SamplingMethod
  let seed: UInt64
  let moves: MovePolicy
  /// Judges the states of the chains; `nil` where the priors keep every sd from 0.
  let judge: CollapseJudge?
  let keepsAssignments: Bool
  let kernels: KernelSet
  /// The number of threads that may work on one chain.
  let workersPerChain: Int
  /// The rows, divided into whole ones and rests; `nil` if the sample weights are whole numbers.
  let dividedRows: DividedRows?
  /// Whether the chains make split-merge moves.
  let splitMerge: MovePolicy
  /// The rungs of tempering.
  let rungs: RungCount
  /// The powers of the chain and its rungs, in descending order; `nil` if tuning finds them.
  let powers: [Double]?
  /// The rows that these moves assign; `nil` if there are none or too many.
  let splitMergeRows: SplitMergeRows?

  init(
    target: Target, method: SamplingMethod, seed: UInt64, moves: MovePolicy = .automatic,
    splitMerge: MovePolicy = .automatic, rungs: RungCount = .none, powers: [Double]? = nil,
    judge: CollapseJudge? = nil, keepsAssignments: Bool, kernels: KernelSet, workersPerChain: Int = 1
  ) throws(ModelError) {
    self.target = target
    self.method = method
    self.seed = seed
    self.moves = moves
    self.judge = judge
    self.keepsAssignments = keepsAssignments
    self.kernels = kernels
    self.workersPerChain = workersPerChain
    if let division = target.division {
      dividedRows = division
    } else {
      dividedRows = try DividedRows(target.data)
    }
    self.splitMerge = splitMerge
    self.rungs = rungs
    self.powers = powers
    splitMergeRows =
      splitMerge == .never ? nil : try SplitMergeRows(dividedRows?.whole ?? target.data, target.model)
  }

  /// Returns the context of a rung below the chain.
  func ofRung(_ target: Target, seed: UInt64) throws(ModelError) -> ChainContext {
    try ChainContext(
      target: target, method: method, seed: seed, moves: moves, splitMerge: splitMerge, keepsAssignments: false,
      kernels: kernels, workersPerChain: workersPerChain)
  }

  /// Returns the sampler of a chain.
  ///
  /// - Parameters:
  ///   - model: the chain's own copy.
  ///   - tune: the number of tuning iterations.
  ///   - memory: the values that the chain has learned so far.
  func sampler(_ model: MixtureModel, tune: Int, _ memory: SamplerMemory) throws(ModelError) -> any Sampler {
    guard let dividedRows else { return method.sampler(for: model, power: target.power, memory) }
    switch method {
    case .gibbs:
      return FractionalSampler(
        model, try pass(dividedRows.rest, model.shape), dividedRows, power: target.power, tune: tune)
    case .metropolis:
      return MetropolisSampler(
        model, power: target.power, memory.proposals, marginal: try pass(target.data, model.shape))
    }
  }

  /// Returns the pass over the rests of rows, or `nil` if there are none.
  ///
  /// - Parameter shape: that of the parameters which it will be given.
  func restPass(_ shape: MixtureShape) throws(ModelError) -> StatisticsPass? {
    guard let dividedRows else { return nil }
    return try pass(dividedRows.rest, shape)
  }

  private func pass(_ rows: DataSet, _ shape: MixtureShape) throws(ModelError) -> StatisticsPass {
    try StatisticsPass(rows, shape, kernels, power: target.power, workers: workersPerChain)
  }

  /// Returns the workspace of the sweeps of chain `index`.
  ///
  /// - Parameter moves: whether the chain will sweep proposals.
  func sweeper(_ index: Int, moves: Bool) throws(ModelError) -> AssignmentSweeper {
    let rows = dividedRows?.whole ?? target.data
    return try AssignmentSweeper(
      rows, key: key(index, .assignments),
      moveKey: moves ? key(index, .assignmentsOfMoves) : nil,
      MixtureKernels(
        target.model.partShape, kernels, isWeighted: !rows.isPlain,
        box: target.model.background?.box(dimensions: target.model.dimensionCount)),
      power: target.power, keepsLabels: keepsAssignments, workers: workersPerChain)
  }

  /// Returns the mover of chain `index`, or `nil` if the chain makes no moves.
  ///
  /// - Parameters:
  ///   - model: the chain's own copy.
  ///   - tuning: the values that the chain has learned so far.
  func mover(
    _ index: Int, _ model: MixtureModel, tune: Int, _ tuning: MoveTuning = MoveTuning()
  ) -> MarginalMover? {
    // A move takes the statistics of its proposal from one sweep, and rests of rows need another pass.
    // What it learns is learned for one number of components.
    guard method == .gibbs, dividedRows == nil, model.count == nil else { return nil }
    return MarginalMover(model, tune: tune, key: key(index, .moves), policy: moves, tuning)
  }

  /// Returns the split-merge mover of chain `index`, or `nil` if the chain makes no such moves.
  func splitMergeMover(
    _ index: Int, _ model: MixtureModel, tune: Int, _ tuning: SplitMergeTuning
  ) throws(ModelError) -> SplitMergeMover? {
    guard !tuning.isOff, model.componentCount > 1, splitMerge != .never else { return nil }
    let (rows, source): (SplitMergeRows, SplitMergeMover.Source)
    let assignments = key(index, .assignmentsOfSplitMerge)
    if let complete = splitMergeRows {
      let sweeper = try AssignmentSweeper(
        complete.data, key: assignments, moveKey: nil, MixtureKernels(model.shape, kernels, isWeighted: false),
        power: target.power, keepsLabels: true, workers: workersPerChain)
      (rows, source) = (complete, .sweeps(sweeper))
    } else if dividedRows == nil, let completion = try RowCompletion(target.data, model, kernels),
      let filled = try completion.filled(model)
    {
      (rows, source) = (filled, .completion(completion, assignments))
    } else {
      return nil
    }
    let worth = dividedRows.map { $0.total / max(1, $0.whole.totalWeight) } ?? 1
    return SplitMergeMover(
      model, rows, source, rest: try restPass(model.shape), worth: worth, power: target.power,
      key: key(index, .splitMerge),
      SplitMergeSchedule(
        model, rows: rows.data.count, tune: tune, isForced: splitMerge == .always, varies: target.model.count != nil),
      tuning)
  }

  /// Returns the key of the random numbers of chain `index` for a purpose.
  func key(_ index: Int, _ purpose: StreamPurpose) -> StreamKey {
    StreamKey(seed: seed, chain: UInt64(index), purpose: purpose)
  }

  /// Returns the parameters at which chain `index` starts.
  ///
  /// - Parameters:
  ///   - initial: values to keep. The other values are chosen to suit them.
  ///   - isWanted: is asked now and then; after `false` the result is not used.
  func start(_ index: Int, keeping initial: PartialParameters, while isWanted: () -> Bool = { true }) -> Parameters {
    var stream = RandomStream(key(index, .start).at(iteration: 0))
    return StartingValues(target).draw(&stream, keeping: initial, while: isWanted)
  }

  /// Returns the parameters at which chain `index` starts: the best of a few starts, if the chain makes split-merge
  /// moves and tunes long enough, and no values are given.
  func start(
    _ index: Int, keeping initial: PartialParameters, tune: Int, _ crew: BlockCrew?, while isWanted: () -> Bool
  ) throws(ModelError) -> Parameters {
    if target.model.count != nil { return try startOfUnknownCount(index, tune: tune, crew, while: isWanted) }
    guard tune >= SplitMergeSchedule.leastTune, initial == PartialParameters() else {
      return start(index, keeping: initial, while: isWanted)
    }
    guard let rows = splitMergeRows else {
      // A search takes no notice of labels.
      guard splitMerge != .never, target.data.patterns != nil, !(target.data.details?.hasLabels ?? false),
        let found = try completedRows(index)
      else { return start(index, keeping: initial, while: isWanted) }
      let target = Target(model: target.model, data: found.data, power: target.power)
      return try bestStart(index, target, found, crew, while: isWanted).parameters
    }
    return try bestStart(index, target, rows, crew, while: isWanted).parameters
  }

  /// Returns complete rows from which chain `index` starts, where those of the data are not; `nil` for no search.
  func completedRows(_ index: Int) throws(ModelError) -> SplitMergeRows? {
    var stream = RandomStream(key(index, .start).at(iteration: .max))
    let data = try target.data.completedForStart(limit: StartingValues.mostRows, &stream)
    return try SplitMergeRows(data, target.model)
  }

  /// Returns the best of a few starts of chain `index`, and the estimate of the log mass of its mode.
  ///
  /// - Parameters:
  ///   - target: has a known number of components. Starts come from its data.
  ///   - rows: the rows by which starts are judged.
  func bestStart(
    _ index: Int, _ target: Target, _ rows: SplitMergeRows, _ crew: BlockCrew?, while isWanted: () -> Bool
  ) throws(ModelError) -> (parameters: Parameters, logMass: Double) {
    let sweeper = try AssignmentSweeper(
      rows.data, key: key(index, .assignmentsOfStarts), moveKey: nil,
      MixtureKernels(target.model.shape, kernels, isWeighted: false), power: target.power, keepsLabels: false,
      workers: workersPerChain)
    let values = StartingValues(target)
    let search = StartSearch(
      target.model, rows, power: target.power, sweeper, key(index, .start), judge, crew)
    return search.best(while: isWanted) { stream, isWhitened in
      (isWhitened ? values.drawWhitened(&stream, while: isWanted) : nil)
        ?? values.draw(&stream, keeping: PartialParameters(), while: isWanted)
    }
  }
}
