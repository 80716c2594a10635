/// What scalars without labels say of the chains.
struct ChainFindings {
  let facts: RunFacts
  let scalars: [Scalar]
  let measures: [ScalarConvergence]

  /// Whether the chains do not agree, so that nothing finer can be said.
  var isBad: Bool { (measures.largestRHat?.rHat ?? 1) > DiagnosisLimits.badRHat }

  func findings() -> [Finding] {
    guard !facts.isShort else { return [] }
    if isBad { return [modes() ?? disagreement()].compactMap { $0 } }
    let size = measures.smallestESS.flatMap { Self.smallSample($0, facts) }
    guard let worst = measures.largestRHat, worst.rHat > DiagnosisLimits.rHat else { return [size].compactMap { $0 } }
    return [disagreement(), size].compactMap { $0 }
  }

  /// The finding of chains that differ in a scalar such that their ranges do not overlap. The log posterior is looked at
  /// first, then the scalars by decreasing R-hat.
  private func modes() -> Finding? {
    guard facts.chains > 1, let logPosterior = scalars.first else { return nil }
    let order = measures.indices.filter { measures[$0].rHat > DiagnosisLimits.badRHat }
      .sorted { $0 != $1 && ($0 == 0 || ($1 != 0 && measures[$0].rHat > measures[$1].rHat)) }
    for place in order {
      let found = ChainGroups(scalars[place])
      if found.groups.count > 1 { return modes(found, scalars[place], logPosterior, rHat: measures[place].rHat) }
    }
    return nil
  }

  private func modes(_ found: ChainGroups, _ scalar: Scalar, _ logPosterior: Scalar, rHat: Double) -> Finding {
    let levels = found.means(logPosterior)
    let best = levels.max() ?? 0
    let nats = best - (levels.min() ?? 0)
    let isByLevel = scalar.name == logPosterior.name
    let values = isByLevel ? levels : found.means(scalar)
    let shown = 6
    var parts = zip(found.groups, values).prefix(shown).enumerated().map { (place, each) in
      let share = percentage(Double(each.0.count) / Double(facts.chains)) + (place == 0 ? " of the draws" : "")
      return "\(named("chain", each.0)) (\(share)) \(isByLevel ? "at " : "")\(decimals(each.1, isByLevel ? 1 : 3))"
    }
    if found.groups.count > shown { parts.append("\(found.groups.count - shown) more") }
    let what =
      isByLevel
      ? "Chains are in different modes, \(decimals(nats, 1)) nats apart. Mean log posterior: \(parts.joined(separator: "; "))."
      : "Chains are in different modes: they differ in \(scalar.name), with R-hat \(decimals(rHat, 2)). "
        + "Means: \(parts.joined(separator: "; ")). Their mean log posteriors are \(decimals(nats, 1)) nats apart."
    let kept = zip(found.groups, levels).filter { best - $0.1 < DiagnosisLimits.nats }.flatMap(\.0).sorted()
    var advice =
      kept.count < facts.chains
      ? "A mode that is 20 nats or more below another one has next to no mass: the subset of \(named("chain", kept)) "
        + "leaves it out. "
      : "Modes so close may all count, and their shares are known only where chains pass between them. "
    if !facts.makesMoves { advice += "Allow moves, which cross between modes. " }
    advice += "Try a longer tune, more chains, fewer components, or a prior that says what a group looks like."
    var numbers = [("r_hat", rHat), ("num_modes", Double(found.groups.count)), ("nats", nats)]
    for (place, group) in found.groups.enumerated() {
      for chain in group { numbers.append(("mode_of_chain[\(chain)]", Double(place))) }
    }
    return Finding(.differentModes, .problem, what, advice: advice, numbers)
  }

  private func disagreement() -> Finding? {
    guard let worst = measures.largestRHat else { return nil }
    return Self.disagreement(worst, facts)
  }

  /// The finding of a large R-hat.
  static func disagreement(_ worst: ScalarConvergence, _ facts: RunFacts) -> Finding {
    let isBad = worst.rHat > DiagnosisLimits.badRHat
    let subject = facts.chains > 1 ? "Chains do" : "The halves of the chain do"
    return Finding(
      .chainsDisagree, isBad ? .problem : .note,
      "\(subject) not \(isBad ? "" : "quite ")agree on \(worst.name): R-hat is \(decimals(worst.rHat, 3)).",
      advice: isBad
        ? "Numbers of this run are not to be relied on. Make more draws after a longer tune."
        : "Up to 1.01 is good. More draws bring it down if chains pass between all modes.",
      [("r_hat", worst.rHat)])
  }

  /// The finding of a small effective sample size. Where that of the tails alone is small, means are good, and quantiles
  /// are not.
  static func smallSample(_ least: ScalarConvergence, _ facts: RunFacts) -> Finding? {
    let size = least.leastESS
    guard size < DiagnosisLimits.ess else { return nil }
    let isOfBulk = !(least.essTail < least.essBulk)
    let needed = roundedUp(Double(facts.draws) * DiagnosisLimits.ess / max(size, 1))
    return Finding(
      .fewEffectiveDraws, least.essBulk < DiagnosisLimits.badESS ? .problem : .note,
      "The draws are worth few: \(counted(facts.total, "draw")) of \(least.name) have an effective sample size of "
        + "\(whole(size)) in the \(isOfBulk ? "bulk" : "tails").",
      advice: "Estimates, and R-hat itself, need 400: about \(whole(needed)) draws of each chain.",
      [("ess", size), ("draws_needed", needed)])
  }

  /// Returns a number with two digits that is not smaller.
  private static func roundedUp(_ value: Double) -> Double {
    var unit = 1.0
    while value / unit >= 100 { unit *= 10 }
    return (value / unit).rounded(.up) * unit
  }
}
