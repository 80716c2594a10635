import GMMDiagnostics
import GMMInference
import GMMModel

extension Posterior {
  /// Returns what is wrong with the draws, in words, the worst first.
  ///
  /// - Parameters:
  ///   - extent: how much is looked at.
  ///   - control: threads, progress in scalars, and cancelling.
  /// - Throws: ``ModelError`` for prior draws, when memory runs out and when the caller cancels.
  /// - Complexity: `full` makes labels, if nothing has made them, and looks at up to four million numbers of scalars
  ///   without labels and as many of parameters.
  public func diagnosis(
    _ extent: Diagnosis.Extent = .full, _ control: RunControl = RunControl()
  ) throws(ModelError) -> Diagnosis {
    guard !isPrior else {
      throw ModelError(.unsupported, "posterior", "must be of draws from a posterior", got: "prior draws")
    }
    let facts = RunFacts(self)
    // What is told of components means nothing where their number varies.
    guard extent == .full, !layout.varies, data.count > 0, data.totalWeight > 0 else {
      let scalars = try quickScalars()
      let chains = ChainFindings(facts: facts, scalars: scalars, measures: try convergences(scalars, control))
      return Diagnosis(
        collapseFindings() + facts.findings() + countFindings() + chains.findings() + acceptanceFindings(),
        chains.measures, run: facts.text)
    }
    return try fullDiagnosis(facts, control)
  }

  private func fullDiagnosis(_ facts: RunFacts, _ control: RunControl) throws(ModelError) -> Diagnosis {
    var control = control
    let shown = try part(&control) { (part) throws(ModelError) in try relabelled(part) }
    let labelling = try part(&control) { (part) throws(ModelError) in try shown.labelling(part) }
    let scalars = try part(&control) { (part) throws(ModelError) in try labelFreeColumns(part) }
    let empty = try part(&control) { (part) throws(ModelError) in try shown.emptyComponents(part) }
    let propriety = try part(&control) { (part) throws(ModelError) in try proprietyFindings(part) }
    let columns = try shown.parameterColumns()
    // Hyperparameters are a part of the prior.
    let ofComponents = columns.map(\.column).filter {
      !layout.hyperparameters.all.contains($0.index) && !layout.background.contains($0.index)
    }
    let sensitivities = try part(&control) { (part) throws(ModelError) in
      try shown.thinned(for: layout.parameterCount, numbers: 2_000_000).priorSensitivity(part)
    }
    let sensitive = Set(sensitivities.filter { $0.prior >= DiagnosisLimits.sensitivity }.map(\.name))
    // Priors that data have chosen are at the scale of the columns, of which a component may have a small part.
    let isStated = model.defaultPriors == nil
    let distances = try part(&control) { (part) throws(ModelError) in
      try shown.priorDistances(
        ofComponents.filter { column in
          layout.component(ofColumn: column.index).map { !empty.contains($0) } ?? true
        }, part, isSensitive: { isStated && empty.isEmpty && sensitive.contains($0) })
    }
    // All statistics are made at once, and the caller's thread reports them.
    let measures = try convergences(scalars + columns.map(\.scalar), control)
    let chains = ChainFindings(facts: facts, scalars: scalars, measures: Array(measures.prefix(scalars.count)))
    let parameters = zip(columns, measures.dropFirst(scalars.count)).map {
      LabelFindings.Parameter(component: layout.component(ofColumn: $0.column.index), measure: $1)
    }
    let labels = LabelFindings(
      facts: facts, chains: chains, parameters: parameters,
      confidence: exchangesLabels && layout.componentCount > 1 ? labelling.confidence : nil, empty: empty)
    let doubtful = Set(labels.uncertain + empty)
    let certain = Set(
      ofComponents.filter { column in
        layout.component(ofColumn: column.index).map { !doubtful.contains($0) } ?? true
      }.map(\.name))
    // The log prior of draws with empty components is about these components, and says nothing of the others. Nor do
    // draws that are no sample of the posterior.
    let isJudged = !facts.isShort && !chains.isBad && empty.isEmpty
    let priors = PriorFindings(
      distances: distances,
      sensitivities: isJudged ? sensitivities.filter { certain.contains($0.name) } : [])
    return Diagnosis(
      collapseFindings() + propriety + facts.findings() + chains.findings() + labels.findings() + priors.findings()
        + acceptanceFindings(),
      Self.worstOfEachKind(chains.measures + parameters.map(\.measure)), run: facts.text)
  }

  /// Runs a part of the diagnosis, which is reported as its beginning.
  private func part<Result>(
    _ control: inout RunControl, _ body: (RunControl) throws(ModelError) -> Result
  ) throws(ModelError) -> Result {
    try control.runPart(before: RunProgress(done: 0, of: 1), body)
  }

  /// Returns for each kind of scalars, which share a name up to their indices, the one with the largest R-hat.
  private static func worstOfEachKind(_ measures: [ScalarConvergence]) -> [ScalarConvergence] {
    var kinds: [(name: Substring.UTF8View, measures: [ScalarConvergence])] = []
    for measure in measures {
      let name = measure.name.utf8.prefix { $0 != UInt8(ascii: "[") }
      if let place = kinds.firstIndex(where: { $0.name.elementsEqual(name) }) {
        kinds[place].measures.append(measure)
      } else {
        kinds.append((name, [measure]))
      }
    }
    return kinds.compactMap { $0.measures.worst }
  }
}
