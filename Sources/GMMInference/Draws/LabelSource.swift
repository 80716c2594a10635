import GMMModel

/// Draws with their labels.
struct LabelledDraws: Sendable {
  let labelling: Labelling
  /// The rows of the draws, renumbered; `nil` if every component keeps its label.
  let rows: DrawStore?
}

/// The labels of a posterior's draws, which its subsets share. They are made at the first use, by one thread.
final class LabelSource: @unchecked Sendable {
  /// The origin of labels.
  enum Origin: Sendable {
    /// They are learned from the draws.
    case automatic
    /// They are those of some chains of another posterior.
    case part(of: Posterior, chains: [Int])
    /// The caller chose the rule, or a file had them.
    case given
  }

  let origin: Origin
  /// The draws that have labels, in the memory of the draws, and their number in each chain.
  let selection: DrawSelection
  let drawCount: Int
  private let mutex = Mutex()
  private var made: LabelledDraws?

  init(_ origin: Origin, _ selection: DrawSelection, drawCount: Int, made: LabelledDraws? = nil) {
    self.origin = origin
    self.selection = selection
    self.drawCount = drawCount
    self.made = made
  }

  /// Returns the labels, and makes them at the first use. Other threads wait for them.
  ///
  /// If `make` fails, the next use tries again.
  func draws(orMake make: () throws(ModelError) -> LabelledDraws) throws(ModelError) -> LabelledDraws {
    let result = mutex.locked { () -> Result<LabelledDraws, ModelError> in
      if let made { return .success(made) }
      let result = Result { () throws(ModelError) in try make() }
      made = try? result.get()
      return result
    }
    return try result.get()
  }
}
