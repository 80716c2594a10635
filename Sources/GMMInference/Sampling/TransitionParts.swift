import GMMKernels
import GMMModel

/// The parts of a transition that are made for one number of components: the model, the sampler and the split-merge
/// moves. If the number has a prior, there are parts for each number that the chain has had.
struct TransitionParts {
  private let index: Int
  private let target: Target
  private let context: ChainContext
  private let tune: Int
  private var memory: SamplerMemory
  /// The model of the number of components that is in use.
  private var model: MixtureModel
  var sampler: any Sampler
  var splitMerge: SplitMergeMover?
  private var conditional: CountConditional?
  /// The parts for other numbers of components, by their number.
  private var others: [Others?] = []

  private struct Others {
    let model: MixtureModel
    let sampler: any Sampler
    let splitMerge: SplitMergeMover?
  }

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
    if target.model.count == nil {
      model = target.model
    } else {
      let most = target.model.componentCount
      model = target.model.known(count: most)
      conditional = CountConditional(target.model, total: target.data.totalWeight)
      others = [Others?](repeating: nil, count: most + 1)
    }
    sampler = try context.sampler(model, tune: tune, memory)
    splitMerge = try context.splitMergeMover(index, model, tune: tune, memory.splitMerge)
  }

  /// Whether the number of components has a prior.
  var varies: Bool { conditional != nil }

  /// What the chain has learned about split-merge moves. A single component makes none.
  var splitMergeTuning: SplitMergeTuning { splitMerge?.tuning ?? memory.splitMerge }

  /// Takes the parts for a number of components into use.
  mutating func use(_ components: Int) throws(ModelError) {
    guard components != model.componentCount else { return }
    // What a chain has learned about moves goes with it.
    memory.splitMerge = splitMergeTuning
    others[model.componentCount] = Others(model: model, sampler: sampler, splitMerge: splitMerge)
    if let found = others[components] {
      (model, sampler, splitMerge) = (found.model, found.sampler, found.splitMerge)
      others[components] = nil
      splitMerge?.tuning = memory.splitMerge
    } else {
      model = target.model.known(count: components)
      sampler = try context.sampler(model, tune: tune, memory)
      splitMerge = try context.splitMergeMover(index, model, tune: tune, memory.splitMerge)
    }
  }

  /// Draws the number of components of a state, given the partition of the rows, and takes its parts into use.
  mutating func drawCount(_ state: inout ChainState, _ stream: inout RandomStream) throws(ModelError) {
    guard let components = conditional?.draw(state.statistics.counts, &stream) else { return }
    state.setCount(components)
    try use(components)
  }

  /// Returns the log density of the prior.
  func logPrior(_ parameters: Parameters) -> Double {
    model.logPrior(parameters) + (varies ? target.model.logCounts[parameters.componentCount - 1] : 0)
  }
}
