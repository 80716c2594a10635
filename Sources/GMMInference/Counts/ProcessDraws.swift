import GMMKernels
import GMMModel

/// The draws of a Dirichlet process that a chain makes of its states.
///
/// A draw has the clusters, and one component more, which stands for the infinitely many without rows. Given the
/// partition the weights of all are Dirichlet(n_1, ..., n_t, α). The last component has parameters from their prior, so
/// that the mean of densities over draws is that of the process.
struct ProcessDraws {
  private let model: MixtureModel
  private let key: StreamKey
  /// The models of numbers of clusters that draws have had.
  private var models: [MixtureModel?]

  init(_ model: MixtureModel, _ key: StreamKey) {
    self.model = model
    self.key = key
    models = [MixtureModel?](repeating: nil, count: model.componentCount + 1)
  }

  /// Returns a draw with the statistics of its components, and the log prior density: the log probability of the
  /// partition, plus the log densities of the parameters of the clusters and of the hyperparameters.
  ///
  /// - Parameter state: a state whose clusters come first.
  /// - Throws: a ``ModelError`` of kind `degenerate` if there are as many clusters as a draw has room for.
  mutating func draw(
    _ state: ChainState, concentration: Double
  ) throws(ModelError) -> (state: ChainState, logPrior: Double) {
    let clusters = state.statistics.occupiedCount
    guard clusters < model.componentCount else {
      throw ModelError(
        .degenerate, "num_components", "must be above the number of clusters of a Dirichlet process", got: clusters)
    }
    var stream = RandomStream(key.at(iteration: state.iteration))
    var draw = state
    draw.parameters = state.parameters.withComponents(clusters + 1)
    draw.statistics = state.statistics.withComponents(clusters + 1)
    if state.parameters.componentCount == clusters {
      let one = adopted(1, state.parameters.hyperparameters).drawPriorComponent(sharing: state.parameters, &stream)
      draw.parameters.setComponent(clusters, from: one)
    }
    // A component without rows has the concentration, and the others have their rows.
    var concentrations = [Double](repeating: 0, count: clusters + 1)
    concentrations[clusters] = concentration
    stream.drawWeights(
      &draw.parameters, concentration: concentrations, counts: draw.statistics.counts, minimum: 0)
    return (draw, logPrior(state, clusters, concentration: concentration))
  }

  private mutating func logPrior(_ state: ChainState, _ clusters: Int, concentration: Double) -> Double {
    let known = adopted(max(1, clusters), state.parameters.hyperparameters)
    let parameters = state.parameters.withComponents(max(1, clusters))
    return GammaProcess.logProbability(ofClusters: state.statistics.counts, concentration: concentration)
      + known.logPriorOfMeans(parameters) + known.logPriorOfSpread(parameters)
      + model.logHyperprior(state.parameters.hyperparameters)
  }

  /// Returns the model of so many components with these hyperparameters.
  private mutating func adopted(_ components: Int, _ hyperparameters: [Double]) -> MixtureModel {
    var known = models[components] ?? model.part(count: components)
    models[components] = nil
    known.adopt(hyperparameters)
    models[components] = known
    return known
  }
}
