import GMMKernels
import GMMModel

/// The parts of a transition that are made for one number of components. If the number has a prior, there are parts for
/// each number that the chain has had.
///
/// It belongs to one chain, and one thread at a time uses it.
final class TransitionParts {
  /// The parts for one number of components. They are an object, because a copy of a model would count the users of all
  /// its arrays.
  final class Part {
    private(set) var model: MixtureModel
    var sampler: any Sampler
    var splitMerge: SplitMergeMover?

    init(_ model: MixtureModel, _ sampler: any Sampler, _ splitMerge: SplitMergeMover?) {
      (self.model, self.sampler, self.splitMerge) = (model, sampler, splitMerge)
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
        conditional = CountConditional(model, total: target.data.totalWeight)
      }
      others = [Part?](repeating: nil, count: model.partShape.componentCount + 1)
      // These parts are the smallest. The state of the chain says which are needed.
      model = model.part(count: 1)
    }
    current = Part(
      model, try context.sampler(model, tune: tune, memory),
      try context.splitMergeMover(index, model, tune: tune, memory.splitMerge))
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
    let before = current.model.componentCount
    guard components != before else { return }
    // What a chain has learned about moves goes with it.
    memory.splitMerge = splitMergeTuning
    others[before] = current
    if let other = others[components] {
      current = other
      current.splitMerge?.tuning = memory.splitMerge
    } else {
      let model = target.model.part(count: components)
      current = Part(
        model, try context.sampler(model, tune: tune, memory),
        try context.splitMergeMover(index, model, tune: tune, memory.splitMerge))
    }
  }

  /// Draws the number of components of a state, given the partition of the rows, and takes its parts into use.
  func drawCount(_ state: inout ChainState, _ stream: inout RandomStream) throws(ModelError) {
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
    guard let components = conditional?.draw(state.statistics.counts, &stream) else { return }
    state.setCount(components)
    try use(for: state.parameters)
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
    guard hyperparameters != nil else { return }
    try hyperparameters?.draw(&state, current.model, sumsOut: current.sampler.redrawsFromCounts, &stream)
    current.adopt(state.parameters.hyperparameters)
  }

  /// Returns the log density of the prior.
  func logPrior(_ parameters: Parameters) -> Double {
    current.model.logPrior(parameters) + target.model.logProbability(ofCount: parameters.componentCount)
      + target.model.logHyperprior(parameters.hyperparameters)
  }
}
