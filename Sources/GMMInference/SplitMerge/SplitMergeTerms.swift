/// The terms of the log acceptance ratio of a split-merge move.
struct SplitMergeTerms {
  /// The terms of the parameters of one state.
  struct OfParameters {
    /// log p(θ, z, x).
    var target: Double
    /// log q(θ | z).
    var density: Double

    /// An estimate of the log probability of the assignments with the parameters summed out.
    var logWeight: Double { target - density }
  }

  /// The terms log q - log r of one division; see ``SequentialAllocation``.
  struct OfDivision {
    /// The choice of the components that get rows.
    var occupied: Double
    /// The choice of the anchors.
    var anchors: Double
    /// The allocation of the other rows, and that of the last of them, which is a part of it.
    var rows: Double
    var lastRow: Double

    var sum: Double { occupied + anchors + rows }
  }

  var new: OfParameters
  var old: OfParameters
  /// The proposed division and the present one.
  var forward: OfDivision
  var backward: OfDivision
  /// The log probabilities that the components are chosen, given the proposed division and the present one.
  var choiceFromNew: Double
  var choiceFromOld: Double

  var logRatio: Double {
    new.logWeight - old.logWeight + (backward.sum - forward.sum) + (choiceFromNew - choiceFromOld)
  }
}
