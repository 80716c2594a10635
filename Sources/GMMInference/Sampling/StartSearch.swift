import GMMKernels
import GMMModel

/// The search for the start of a chain: a few starts go a few iterations, and the one whose assignments are then the
/// most probable is kept.
///
/// One start in a few merges two groups or divides one, and a chain takes long to mend it. The probability of the
/// assignments has the parameters summed out (``ParameterProposal/logWeight(_:_:given:assigned:)``). The density of the
/// parameters would not do: it is high at modes that are too narrow to have mass.
struct StartSearch {
  private let rows: SplitMergeRows
  private let model: MixtureModel
  private let power: Double
  private let judge: CollapseJudge?

  /// The number of starts, and of the iterations of each.
  static let count = 4
  static let iterations = 15

  /// - Parameter judge: judges whether a start collapses; `nil` where none can.
  init(_ model: MixtureModel, _ rows: SplitMergeRows, power: Double, _ judge: CollapseJudge?) {
    self.judge = judge
    self.model = model
    self.rows = rows
    self.power = power
  }

  /// Returns the best start.
  ///
  /// - Parameters:
  ///   - sweeper: sweeps of the chain's rows.
  ///   - key: the chain's key for starts.
  ///   - makeStart: makes a start with a stream.
  ///   - isWanted: is asked now and then; after `false` the result is not used.
  func best(
    _ sweeper: AssignmentSweeper, _ key: StreamKey, _ crew: BlockCrew?, while isWanted: () -> Bool,
    _ makeStart: (inout RandomStream) -> Parameters
  ) -> Parameters {
    var gibbs = GibbsSampler(model, power: power)
    var proposal = ParameterProposal(model, rows, power: power)
    var statistics = SufficientStatistics(model.shape)
    let all = Array(0..<model.componentCount)
    var best = (parameters: Parameters(zerosOf: model.shape), logWeight: -Double.infinity)
    for index in 0..<Self.count {
      var stream = RandomStream(key.at(iteration: UInt64(index)))
      var parameters = makeStart(&stream)
      let first = parameters
      var logWeight = -Double.infinity
      for iteration in 0..<Self.iterations {
        guard isWanted() else { return parameters }
        let number = UInt64(index * Self.iterations + iteration)
        _ = sweeper.sweep(parameters, iteration: number, into: &statistics, crew)
        // A start that collapses is none: where the posterior is improper, it would always seem the best.
        guard isSound(parameters, statistics) else { break }
        guard (try? gibbs.draw(&parameters, given: statistics, &stream)) != nil else { break }
        if iteration == Self.iterations - 1 {
          logWeight = proposal.logWeight(parameters, all, given: statistics, assigned: statistics)
        }
      }
      if !logWeight.isFinite { (parameters, logWeight) = (first, -.infinity) }
      if index == 0 || logWeight > best.logWeight { best = (parameters, logWeight) }
    }
    return best.parameters
  }

  /// Returns whether no component has collapsed onto ties.
  private func isSound(_ parameters: Parameters, _ statistics: SufficientStatistics) -> Bool {
    guard let judge else { return true }
    return parameters.sds.indices.allSatisfy { j in
      parameters.sds[j] >= judge.limits[j] || (try? judge.require(ofSD: j, parameters, statistics)) != nil
    }
  }
}
