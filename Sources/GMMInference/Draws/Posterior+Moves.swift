import GMMModel

/// The moves that a chain makes beside the steps of its method, and what they have done since the tuning.
public struct ChainMoves: Sendable, Equatable {
  /// How often split-merge moves are made.
  public enum SplitMerge: Sendable, Equatable {
    /// Never: there is one component, nothing to infer or more rows than a block has, or the caller wants none.
    case off
    /// Now and then, because the tuning saw no move that reaches what steps do not.
    case rarely
    /// Often, because the tuning saw such moves, or because the rows are so few that they cost nothing.
    case regularly
  }

  /// The number of joint moves, with the assignments summed out, of each iteration; 0 if they do not pay.
  public let jointMoves: Int
  /// How often split-merge moves are made.
  public let splitMerge: SplitMerge
  /// The number of iterations from one with split-merge moves to the next; 0 if there are none.
  public let interval: Int
  /// The number of split-merge moves since the tuning.
  public let proposed: Int
  /// The number of those that gave rows to other components.
  public let accepted: Int
}

extension Posterior {
  /// Returns the moves of each chain, or `nil` for prior draws, subsets, and the draws before a collapse.
  public var moves: [ChainMoves]? {
    guard !isPrior, let continuation else { return nil }
    let whole = (try? DividedRows(data)) ?? nil
    return continuation.map { chain in
      let model = model.count == nil ? model : model.known(count: chain.state.parameters.componentCount)
      let schedule = SplitMergeRows.count(whole?.whole ?? data, model).map {
        SplitMergeSchedule(
          model, rows: $0, tune: options.tune, isForced: options.splitMerge == .always,
          varies: self.model.count != nil)
      }
      let tuning = chain.memory.splitMerge
      var (kind, interval) = (ChainMoves.SplitMerge.off, 0)
      if let schedule, !tuning.isOff, options.splitMerge != .never {
        let isRegular = schedule.isAlwaysPaying || tuning.pays
        kind = isRegular ? .regularly : .rarely
        interval = Int(isRegular ? schedule.wherePaying : schedule.whereIdle)
      }
      return ChainMoves(
        jointMoves: chain.memory.moves.count, splitMerge: kind, interval: interval,
        proposed: Int(truncatingIfNeeded: tuning.proposed), accepted: Int(truncatingIfNeeded: tuning.accepted))
    }
  }
}
