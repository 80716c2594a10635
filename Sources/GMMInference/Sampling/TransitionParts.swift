import GMMKernels
import GMMModel

/// The parts of a transition that are made for one number of components. If the number has a prior, there are parts for
/// each number that the chain has had.
///
/// It belongs to one chain, and one thread at a time uses it.
final class TransitionParts {
  /// The parts for one number of components. They are an object, because a copy of a model or a sampler would count the
  /// users of all its arrays. So what an iteration needs of them is asked here.
  final class Part {
    private var model: MixtureModel
    let componentCount: Int
    var sampler: any Sampler
    /// Whether a step draws weights and components without rows whatever they were.
    let redrawsFromCounts: Bool
    var splitMerge: SplitMergeMover?
    /// The pass over the rests of rows, if the likelihood of a draw needs one.
    let rest: StatisticsPass?

    init(_ model: MixtureModel, _ sampler: any Sampler, _ splitMerge: SplitMergeMover?, rest: StatisticsPass?) {
      (self.model, self.sampler, self.splitMerge, self.rest) = (model, sampler, splitMerge, rest)
      (componentCount, redrawsFromCounts) = (model.componentCount, sampler.redrawsFromCounts)
    }

    /// Returns the log density of the prior of the parameters.
    func logPrior(_ parameters: Parameters) -> Double { model.lent { $0.logPrior(parameters) } }

    /// Draws the hyperparameters of a state, and gives them to the priors.
    func draw(
      _ hyperparameters: inout HyperparameterConditional, _ state: inout ChainState, _ stream: inout RandomStream
    ) throws(ModelError) {
      try model.lent { model throws(ModelError) in
        try hyperparameters.draw(&state, model, sumsOut: redrawsFromCounts, &stream)
      }
      adopt(state.parameters.hyperparameters)
    }

    /// Gives the priors the hyperparameters of the chain.
    func adopt(_ hyperparameters: [Double]) {
      guard hyperparameters != model.hyperparameters else { return }
      model.adopt(hyperparameters)
      sampler.adopt(hyperparameters)
      splitMerge?.adopt(hyperparameters)
    }
  }

  private let index: Int
  private let target: Target
  private let context: ChainContext
  private let tune: Int
  private var memory: SamplerMemory
  private var conditional: CountConditional?
  private var process: ProcessConditional?
  /// Proposes numbers of components where rows have fractional weights; `nil` where the number is drawn.
  private var proposal: CountProposal?
  /// The distributions of the hyperparameters; `nil` if they are known.
  private var hyperparameters: HyperparameterConditional?
  /// The parts in use.
  private(set) var current: Part
  /// Those for numbers of components that the chain has had, by the number.
  private var others: [Part?] = []

  /// - Parameters:
  ///   - index: the number of the chain.
  ///   - target: the chain's own copy.
  ///   - memory: the values that the chain has learned so far.
  init(
    _ index: Int, _ target: Target, _ context: ChainContext, tune: Int, _ memory: SamplerMemory
  ) throws(ModelError) {
    self.index = index
    self.target = target
    self.context = context
    self.tune = tune
    self.memory = memory
    hyperparameters = HyperparameterConditional(target.model)
    var model = target.model
    if model.count != nil {
      if model.isProcess {
        process = ProcessConditional(most: model.partShape.componentCount)
      } else {
        conditional = CountConditional(model, total: context.dividedRows?.whole.totalWeight ?? target.data.totalWeight)
        if context.dividedRows != nil { proposal = CountProposal(model) }
      }
      others = [Part?](repeating: nil, count: model.partShape.componentCount + 1)
      // These parts are the smallest. The state of the chain says which are needed.
      model = model.part(count: 1)
    }
    current = try Self.part(model, index, context, tune: tune, memory)
  }

  private static func part(
    _ model: MixtureModel, _ index: Int, _ context: ChainContext, tune: Int, _ memory: SamplerMemory
  ) throws(ModelError) -> Part {
    Part(
      model, try context.sampler(model, tune: tune, memory),
      try context.splitMergeMover(index, model, tune: tune, memory.splitMerge),
      rest: context.target.power == 1 ? nil : try context.restPass(model.shape))
  }

  /// Whether the number of components has a prior.
  var varies: Bool { conditional != nil || process != nil }

  /// What the chain has learned about split-merge moves. A single component makes none.
  var splitMergeTuning: SplitMergeTuning { current.splitMerge?.tuning ?? memory.splitMerge }

  /// Takes the parts for a state's number of components into use, with the state's hyperparameters.
  @inline(__always)
  func use(for parameters: Parameters) throws(ModelError) {
    if varies { try use(parameters.componentCount) }
    if hyperparameters != nil { current.adopt(parameters.hyperparameters) }
  }

  private func use(_ components: Int) throws(ModelError) {
    let before = current.componentCount
    guard components != before else { return }
    // What a chain has learned about moves goes with it.
    memory.splitMerge = splitMergeTuning
    others[before] = current
    if let other = others[components] {
      current = other
      current.splitMerge?.tuning = memory.splitMerge
    } else {
      current = try Self.part(target.model.part(count: components), index, context, tune: tune, memory)
    }
  }

  /// Draws the number of components of a state, given the partition of the rows, and takes its parts into use.
  ///
  /// - Parameter crew: threads that help with passes over the data.
  func drawCount(_ state: inout ChainState, _ stream: inout RandomStream, _ crew: BlockCrew?) throws(ModelError) {
    if let process {
      hyperparameters?.drawConcentration(&state, of: process, &stream)
      let concentration = target.model.processConcentration(state.parameters.hyperparameters)
      guard let components = self.process?.draw(state.statistics.counts, concentration: concentration, &stream) else {
        return
      }
      state.setCount(components)
      return try use(for: state.parameters)
    }
    if let place = target.model.hyperparameterPlaces.concentration.first {
      conditional?.adopt(concentration: state.parameters.hyperparameters[place])
    }
    if target.model.background != nil { conditional?.adopt(total: state.statistics.total) }
    guard let components = conditional?.draw(state.statistics.counts, &stream) else { return }
    if proposal != nil { return try propose(components, &state, &stream, crew) }
    state.setCount(components)
    try use(for: state.parameters)
  }

  /// Accepts or refuses a number of components that was drawn given the assigned rows, by the rests of rows.
  private func propose(
    _ components: Int, _ state: inout ChainState, _ stream: inout RandomStream, _ crew: BlockCrew?
  ) throws(ModelError) {
    let logThreshold = log(stream.uniform())
    guard
      let (proposed, logRatio) = proposal?.draw(components, state.parameters, state.statistics.counts, &stream)
    else { return }
    let before = try logMarginal(0, of: state.parameters, crew)
    let after = try logMarginal(0, of: proposed, crew)
    if logThreshold < after - before + logRatio {
      state.setCount(components)
      state.parameters = proposed
    }
    try use(for: state.parameters)
  }

  /// Returns the log marginal of parameters, of which the sweep over the assigned rows has returned `swept`.
  func logMarginal(_ swept: Double, of parameters: Parameters, _ crew: BlockCrew?) throws(ModelError) -> Double {
    try use(for: parameters)
    return current.sampler.logMarginal(swept, of: parameters, crew)
  }

  /// Returns whether the next iteration leaves the partition of a Dirichlet process as it is; see ``ProcessConditional``.
  ///
  /// - Throws: a ``ModelError`` of kind `degenerate` if the concentration is too large for that to end soon.
  func holds(_ state: borrowing ChainState, _ stream: inout RandomStream) throws(ModelError) -> Bool {
    guard let process else { return false }
    return try process.holds(
      state.statistics.counts, concentration: target.model.processConcentration(state.parameters.hyperparameters),
      &stream)
  }

  /// Draws the hyperparameters of a state, if they are unknown, and gives them to the priors.
  @inline(__always)
  func drawHyperparameters(_ state: inout ChainState, _ stream: inout RandomStream) throws(ModelError) {
    // The conditional distributions are moved, so that none of their arrays is copied.
    guard var conditional = hyperparameters.take() else { return }
    defer { hyperparameters = conditional }
    try current.draw(&conditional, &state, &stream)
  }

  /// Returns the log density of the prior.
  func logPrior(_ parameters: Parameters) -> Double {
    current.logPrior(parameters) + target.model.logProbability(ofCount: parameters.componentCount)
      + target.model.logHyperprior(parameters.hyperparameters)
  }
}

extension MixtureModel {
  /// Calls a function with this model. A property of an object that is passed as it is is copied, because the function
  /// might change it; one that is lent for a change is not.
  @inline(__always)
  fileprivate mutating func lent<Result, Failure: Error>(
    _ body: (borrowing MixtureModel) throws(Failure) -> Result
  ) throws(Failure) -> Result { try body(self) }
}
