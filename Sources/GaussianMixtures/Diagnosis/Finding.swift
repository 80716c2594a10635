/// One thing that is wrong with the draws of a posterior, or that a reader of its numbers should know.
public struct Finding: Sendable, Equatable {
  /// What was found. The order is the rank of findings of the same severity.
  public enum Kind: Int, Sendable, CaseIterable {
    /// A chain has collapsed, so the draws end early.
    case endedEarly
    /// The posterior is improper.
    case improper
    /// There are too few draws to judge.
    case shortRun
    /// An unknown number of components lies at the largest one that there is room for.
    case countCutOff
    /// Chains are in different modes.
    case differentModes
    /// R-hat of a result that needs no labels is large.
    case chainsDisagree
    /// An effective sample size is small.
    case fewEffectiveDraws
    /// There is one chain.
    case singleChain
    /// Labels of components are uncertain.
    case labelsUncertain
    /// Components are empty in nearly all draws.
    case emptyComponents
    /// The data lie far from what the prior says.
    case priorAgainstData
    /// The prior says more than the data.
    case informativePrior
    /// Metropolis proposals are accepted too rarely or too often.
    case acceptance
  }

  /// How much a finding matters.
  public enum Severity: Int, Sendable {
    /// Something to know: the numbers are good for what they say.
    case note
    /// Something is wrong: numbers mislead.
    case problem
  }

  /// A number of a finding.
  public struct Number: Sendable, Equatable {
    public let name: String
    public let value: Double
  }

  public let kind: Kind
  public let severity: Severity
  /// What was found, in one or more sentences. The first sentence says it all.
  public let what: String
  /// What to do about it.
  public let advice: String
  /// The numbers behind the words.
  public let numbers: [Number]

  init(_ kind: Kind, _ severity: Severity, _ what: String, advice: String, _ numbers: [(String, Double)]) {
    self.kind = kind
    self.severity = severity
    self.what = what
    self.advice = advice
    self.numbers = numbers.map { Number(name: $0.0, value: $0.1) }
  }
}

extension Finding {
  /// The word for the severity.
  var heading: String { severity == .problem ? "Problem" : "Note" }
}
