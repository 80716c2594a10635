/// The rule that gave the components of draws their labels.
public enum LabelRule: Sendable, Equatable {
  /// Labels are those of the chains.
  case asDrawn
  /// The draws' own reference, of the least mean divergence.
  case divergence
  /// Means increase in a coordinate.
  case means(coordinate: Int)
  /// Standard deviations increase in a coordinate, or determinants of covariances where there is none.
  case sds(coordinate: Int?)
  /// Weights increase.
  case weights
  /// Rows of the data whose components the caller knows.
  case rows
  /// A mixture of the caller's.
  case mixture
  /// The draws of another posterior.
  case posterior
}

/// The labels of the components in each draw.
public struct Labelling: Sendable, Equatable {
  /// The rule of the labels.
  public let rule: LabelRule
  /// The component of the draw as drawn that has label k, (chains, draws, K).
  public let permutations: [UInt8]
  /// The share of the draws in which the component with label k is nearer to the reference's component k than to any
  /// other with which it could exchange labels, (K).
  ///
  /// It is 1 if the labels are certain. With subsets it is that of the posterior from which they come.
  public let confidence: [Double]
  /// The share of the draws in which every component is nearest to its own label.
  ///
  /// Its complement is the rate of draws whose classification is no permutation (Frühwirth-Schnatter 2011).
  public let overallConfidence: Double

  package init(rule: LabelRule, permutations: [UInt8], confidence: [Double], overallConfidence: Double) {
    self.rule = rule
    self.permutations = permutations
    self.confidence = confidence
    self.overallConfidence = overallConfidence
  }

  /// Creates labels as drawn, with a given confidence.
  init(identityOf components: Int, draws: Int, rule: LabelRule, confidence: Double) {
    var permutations = [UInt8](repeating: 0, count: draws * components)
    for j in permutations.indices { permutations[j] = UInt8(j % components) }
    self.init(
      rule: rule, permutations: permutations, confidence: [Double](repeating: confidence, count: components),
      overallConfidence: confidence)
  }

  /// Whether every component keeps the label that it was drawn with.
  package var isIdentity: Bool {
    let components = confidence.count
    return permutations.indices.allSatisfy { Int(permutations[$0]) == $0 % components }
  }
}
