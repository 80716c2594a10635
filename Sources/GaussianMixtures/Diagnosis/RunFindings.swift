import GMMInference
import GMMKernels
import GMMModel

/// The run that is diagnosed.
struct RunFacts: Sendable {
  let chains: Int
  let draws: Int
  let components: Int
  let observations: Int
  /// Whether chains may make moves beside the steps of their method.
  let makesMoves: Bool

  init(_ posterior: Posterior) {
    chains = posterior.chainCount
    draws = posterior.drawCount
    components = posterior.layout.componentCount
    observations = posterior.data.count
    makesMoves = posterior.options.makesMoves
  }

  var total: Int { chains * draws }
  /// Whether there are so few draws that R-hat and effective sample sizes say nothing.
  var isShort: Bool { Double(total) < DiagnosisLimits.ess || draws < 8 }

  var text: String {
    "\(counted(chains, "chain")) of \(counted(draws, "draw")), \(counted(components, "component")), "
      + counted(observations, "observation")
  }
}

extension RunFacts {
  /// Findings on the length of the run.
  func findings() -> [Finding] {
    var result: [Finding] = []
    if isShort {
      result.append(
        Finding(
          .shortRun, .problem,
          "The run is too short to judge: \(counted(chains, "chain")) of \(counted(draws, "draw")).",
          advice: "Make at least 400 draws in all; the default is 1,000 in each of 4 chains.",
          [("num_draws", Double(total))]))
    }
    if chains == 1 {
      result.append(
        Finding(
          .singleChain, .note, "One chain cannot disagree with others; R-hat below compares its halves.",
          advice: "Sample at least 4 chains, so that a chain that stays in one mode is found out.", []))
    }
    return result
  }
}

extension Posterior {
  /// The finding of a chain that has collapsed.
  func collapseFindings() -> [Finding] {
    guard let planned = drawsBeforeCollapse else { return [] }
    return [
      Finding(
        .endedEarly, .problem,
        "A chain has collapsed onto equal observations: each chain ends after \(grouped(drawCount)) of "
          + "\(counted(planned, "draw")).",
        advice: "The posterior is improper. A prior that keeps the spread from 0, such as InverseGamma on the variance "
          + "or the default priors, makes it proper.",
        [("num_draws", Double(drawCount)), ("num_planned", Double(planned))])
    ]
  }

  /// The finding of a number of components that lies at the largest one, where its prior was cut off.
  func countFindings() -> [Finding] {
    guard let count = model.count, let column = layout.count, !model.isProcess else { return [] }
    // Probabilities that the caller has listed say that there is no larger number.
    if case .probabilities = count { return [] }
    let largest = layout.componentCount
    var found = 0
    for chain in 0..<chainCount {
      for draw in 0..<drawCount where rowMemory(chain: chain, draw: draw)[column] == Double(largest) { found += 1 }
    }
    let share = Double(found) / Double(chainCount * drawCount)
    guard share > DiagnosisLimits.largestCount, share > 2 * exp(model.logCounts[largest - 1]) else { return [] }
    return [
      Finding(
        .countCutOff, share > DiagnosisLimits.badLargestCount ? .problem : .note,
        "The number of components is the largest that there is room for, \(largest), in \(percentage(share)) of the draws.",
        advice:
          "Its posterior is cut off there: make room for more. Many components where few groups are known are often "
          + "the pieces of groups that have another form, such as full covariances.",
        [("largest", Double(largest)), ("share", share)])
    ]
  }

  /// The finding of a posterior that does not exist.
  func proprietyFindings(_ control: RunControl) throws(ModelError) -> [Finding] {
    do throws(ModelError) {
      try model.requireProperPosterior(given: data, control)
      return []
    } catch {
      guard error.kind == .improper || error.kind == .degenerate else { throw error }
      return [
        Finding(
          .improper, .problem, "The posterior is improper, though chains may never notice: \(error.rule).",
          advice: "Take a prior that keeps the spread from 0, such as InverseGamma on the variance or the default "
            + "priors.", [])
      ]
    }
  }

  /// The finding of Metropolis chains whose proposals are too long or too short.
  func acceptanceFindings() -> [Finding] {
    guard options.method == .metropolis else { return [] }
    var sum = 0.0
    for chain in 0..<chainCount {
      for draw in 0..<drawCount { sum += rowMemory(chain: chain, draw: draw)[layout.acceptance] }
    }
    let rate = sum / Double(chainCount * drawCount)
    guard !DiagnosisLimits.acceptance.contains(rate) else { return [] }
    return [
      Finding(
        .acceptance, .note,
        "Metropolis proposals are accepted \(rate < 0.5 ? "rarely" : "nearly always"): \(percentage(rate)) of them.",
        advice: "A longer tune finds better lengths of the proposals; Gibbs needs none.", [("acceptance", rate)])
    ]
  }
}
