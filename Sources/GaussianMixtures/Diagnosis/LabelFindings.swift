/// What relabelled parameters say, beside scalars without labels.
struct LabelFindings {
  /// A parameter: its component, if it belongs to one, and its statistics.
  struct Parameter: Sendable {
    let component: Int?
    let measure: ScalarConvergence
  }

  let facts: RunFacts
  let chains: ChainFindings
  let parameters: [Parameter]
  /// The share of the draws in which each component is nearest to its own label; `nil` where no labels are exchanged.
  let confidence: [Double]?
  /// The components that are empty in nearly all draws.
  let empty: [Int]

  /// The components whose labels are uncertain, though they have rows.
  var uncertain: [Int] {
    guard let confidence else { return [] }
    return confidence.indices.filter { confidence[$0] < DiagnosisLimits.confidence && !empty.contains($0) }
  }

  func findings() -> [Finding] {
    var result: [Finding] = []
    if !facts.isShort { result = labels() + sizes() }
    if !empty.isEmpty { result.append(emptiness()) }
    return result
  }

  /// The statistics of parameters of components that have rows.
  private var occupied: [ScalarConvergence] {
    parameters.filter { $0.component.map { !empty.contains($0) } ?? true }.map(\.measure)
  }

  private func labels() -> [Finding] {
    let uncertain = uncertain
    // Where chains are in different modes, so are the parameters, and nothing follows for labels.
    let worst = chains.isBad ? nil : occupied.largestRHat.flatMap { $0.rHat > DiagnosisLimits.badRHat ? $0 : nil }
    guard let confidence else { return worst.map { [ChainFindings.disagreement($0, facts)] } ?? [] }
    guard worst != nil || !uncertain.isEmpty else { return [] }
    var what = "Labels are uncertain"
    var numbers: [(String, Double)] = []
    if !uncertain.isEmpty {
      let shares = uncertain.map { percentage(confidence[$0]) }
      what +=
        ": \(named("component", uncertain)) \(uncertain.count == 1 ? "is" : "are") nearest to "
        + "\(uncertain.count == 1 ? "its own label" : "their own labels") in \(listed(shares)) of the draws"
      numbers += uncertain.map { ("confidence[\($0)]", confidence[$0]) }
    }
    what += "."
    if let worst {
      let free = chains.measures.largestRHat
      what += " R-hat of \(worst.name) is \(decimals(worst.rHat, 3))"
      if let free {
        what += ", and without labels at most \(decimals(free.rHat, 3)): labels are in doubt, not the draws"
      }
      what += "."
      numbers.append(("r_hat", worst.rHat))
    }
    return [
      Finding(
        .labelsUncertain, worst == nil ? .note : .problem, what,
        advice: "Numbers of such a component are averages of several things. Take results that need no labels: pairs "
          + "of rows that share a component, the partition, densities. Fewer components, or priors that differ, make "
          + "labels certain.", numbers)
    ]
  }

  /// The finding of a parameter that mixes worse than all scalars without labels, though its label is certain.
  private func sizes() -> [Finding] {
    guard !chains.isBad, (chains.measures.smallestESS?.leastESS ?? .infinity) >= DiagnosisLimits.ess else { return [] }
    let doubtful = uncertain + empty
    let certain = parameters.filter { $0.component.map { !doubtful.contains($0) } ?? true }.map(\.measure)
    return [certain.smallestESS.flatMap { ChainFindings.smallSample($0, facts) }].compactMap { $0 }
  }

  private func emptiness() -> Finding {
    let isOne = empty.count == 1
    return Finding(
      .emptyComponents, .note,
      "\(isOne ? "Component" : "Components") \(listed(empty.map { "\($0)" })) \(isOne ? "has" : "have") no rows in at "
        + "least nine of ten draws: \(isOne ? "its" : "their") means and spread are draws from the prior.",
      advice: "Fewer components describe the data as well. The number of occupied components tells how many.",
      [("num_empty", Double(empty.count))] + empty.map { ("empty[\($0)]", 1) })
  }
}
