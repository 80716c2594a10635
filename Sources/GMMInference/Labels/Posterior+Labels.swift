import GMMKernels
import GMMModel

extension Posterior {
  /// Whether the draws say something about labels: they are not from the prior alone.
  var hasLabelsToLearn: Bool { !isPrior && data.count > 0 && data.totalWeight > 0 }

  /// Whether labels of components are exchanged between draws by default: the prior gives some components no names of
  /// their own, and the draws are given data.
  ///
  /// Where the means have an order, it defines the labels. Prior draws stay as drawn, because there is nothing to learn
  /// from them.
  package var exchangesLabels: Bool {
    switch labels.origin {
    case .given: return true
    case .part(let other, _): return other.exchangesLabels
    case .automatic: return hasLabelsToLearn && !model.orderedMeans && !model.labelGroups(given: data).isEmpty
    }
  }

  /// The rule of the labels that ``relabelled`` has, or that draws have which keep theirs. No labels are made.
  package var labelRule: LabelRule {
    if let shown { return shown.labelling.rule }
    guard !keepsDrawnLabels, exchangesLabels else { return .asDrawn }
    if case .part(let other, _) = labels.origin { return other.labelRule }
    return .divergence
  }

  /// This posterior with labels that mean the same in all draws.
  ///
  /// Components that share all priors form groups, within which labels are exchanged. The labels are made once, at the
  /// first use, and kept. This object is returned where nothing is exchanged. No draw is discarded, and the draws as
  /// drawn stay as they are.
  ///
  /// - Throws: ``ModelError`` of kind `outOfMemory`.
  public var relabelled: Posterior { get throws(ModelError) { try relabelled(RunControl()) } }

  /// Returns ``relabelled``.
  ///
  /// - Parameter control: threads and cancelling.
  package func relabelled(_ control: RunControl) throws(ModelError) -> Posterior {
    if shown != nil { return self }
    guard exchangesLabels else { return self }
    let draws = try labelledDraws(control)
    return draws.rows == nil && !keepsDrawnLabels ? self : showing(draws)
  }

  /// The draws with the labels that the chains gave them.
  public var asDrawn: Posterior {
    shown == nil && keepsDrawnLabels ? self : showing(nil, keepsDrawnLabels: true)
  }

  /// The labels that ``relabelled`` has, for the draws of this posterior.
  ///
  /// Their confidence is 1 where the priors tell all components apart or the means have an order. Draws that keep their
  /// labels, ``asDrawn``, and prior draws have labels as drawn, of confidence NaN.
  public var labelling: Labelling { get throws(ModelError) { try labelling(RunControl()) } }

  /// Returns ``labelling``.
  package func labelling(_ control: RunControl) throws(ModelError) -> Labelling {
    let components = layout.componentCount
    var need = MemoryNeed()
    need.add(chainCount, drawCount, 2 * components)
    try need.require(for: "the labels of \(chainCount) x \(drawCount) draws")
    guard exchangesLabels, shown != nil || !keepsDrawnLabels else {
      let isKnown = hasLabelsToLearn && !keepsDrawnLabels && !layout.varies
      return Labelling(
        identityOf: components, draws: chainCount * drawCount, rule: .asDrawn, confidence: isKnown ? 1 : .nan)
    }
    let whole: LabelledDraws
    if let shown { whole = shown } else { whole = try labelledDraws(control) }
    if place == DrawSelection(), drawCount == labels.drawCount { return whole.labelling }
    var permutations: [UInt8] = []
    permutations.reserveCapacity(chainCount * drawCount * components)
    for chain in 0..<chainCount {
      for draw in 0..<drawCount {
        let first = (chain * labels.drawCount + place[draw]) * components
        permutations += whole.labelling.permutations[first..<first + components]
      }
    }
    return Labelling(
      rule: whole.labelling.rule, permutations: permutations, confidence: whole.labelling.confidence,
      overallConfidence: whole.labelling.overallConfidence)
  }

  /// Returns this posterior with labels by another method.
  ///
  /// The labels are those of these draws alone. They are exchanged within groups of components that share all priors,
  /// also where the means have an order. Sampling on gives labels anew.
  ///
  /// - Throws: ``ModelError`` for prior draws, for a reference of other components or dimensions, for labels and
  ///   coordinates out of range, when memory runs out and when the caller cancels.
  public func relabelled(
    by method: LabelMethod, _ control: RunControl = RunControl()
  ) throws(ModelError) -> Posterior {
    try method.check(for: self)
    let draws = try LabelledDraws(self, try learnedLabels(method, control))
    return showing(draws, from: LabelSource(.given, drawn, drawCount: drawCount, made: draws))
  }

  /// Returns the labels of the posterior from which this one has its labels.
  private func labelledDraws(_ control: RunControl) throws(ModelError) -> LabelledDraws {
    try labels.draws { () throws(ModelError) in
      let whole = whole
      switch labels.origin {
      case .automatic, .given: return try LabelledDraws(whole, try whole.learnedLabels(.automatic, control))
      case .part(let other, let chains):
        return try LabelledDraws(whole, try other.labelling(control).part(chains, of: other))
      }
    }
  }

  /// Learns labels of the draws as drawn.
  private func learnedLabels(_ method: LabelMethod, _ control: RunControl) throws(ModelError) -> Labelling {
    let components = layout.componentCount
    let total = chainCount * drawCount
    let groups = model.labelGroups(given: data)
    // Permutations, and then renumbered rows. Arrays are made only where there is memory for them.
    var need = MemoryNeed()
    need.add(total, components, 3)
    need.add(total, layout.width, 8)
    need.add(components, LabelFeatures.count(layout.shape.dimensionCount, hasMatrices: layout.shape.hasMatrices), 64)
    try need.require(for: "the labels of \(total) draws")
    guard !groups.isEmpty else {
      return Labelling(identityOf: components, draws: total, rule: method.rule, confidence: 1)
    }
    let features = labelFeatures(hasMatrices: layout.shape.hasMatrices || method.hasMatrices)
    let pass = LabelPass(self, features, groups: groups, control)
    let table: LabelTable
    let result: LabelPass.Result
    if case .automatic = method {
      (table, result) = try LabelSearch(pass).run()
    } else if let order = LabelOrder(method, layout, groups: groups) {
      table = try LabelTable(draws: total, components: components)
      for draw in 0..<total {
        order.write(drawnRow(chain: draw / drawCount, draw: draw % drawCount), into: table[draw])
      }
      let sums = try pass.run(table, nil).sums
      result = try pass.run(table, LabelReference(sums: sums, features), .compare)
    } else {
      table = try LabelTable(draws: total, components: components)
      result = try pass.run(table, LabelReference(sums: try sums(of: method, features, control), features))
    }
    let share = { (count: Int) in Double(count) / Double(total) }
    return Labelling(
      rule: method.rule, permutations: table.permutations, confidence: result.nearest.map(share),
      overallConfidence: share(result.allNearest))
  }

  /// Returns the features of components in units of this posterior's data.
  private func labelFeatures(hasMatrices: Bool) -> LabelFeatures {
    LabelFeatures(layout, hasMatrices: hasMatrices, DataSpread(data))
  }

  /// Returns the summed features of a caller's reference.
  private func sums(
    of method: LabelMethod, _ features: LabelFeatures, _ control: RunControl
  ) throws(ModelError) -> [Double] {
    switch method {
    case .rows(let labels): return features.sums(of: data, labels: labels)
    case .mixture(let mixture):
      let layout = DrawLayout(mixture.shape)
      let ofMixture = LabelFeatures(layout, hasMatrices: features.hasMatrices, DataSpread(data))
      var row = [Double](repeating: 0, count: layout.width)
      var sums = [Double](repeating: 0, count: layout.componentCount * features.count)
      row.withUnsafeMutableBufferPointer { row in
        sums.withUnsafeMutableBufferPointer { sums in
          guard let row = row.baseAddress, let sums = sums.baseAddress else { return }
          mixture.factored.write(to: row, layout)
          ofMixture.write(row, into: sums)
        }
      }
      return sums
    case .posterior(let other):
      let other = try other.keepsDrawnLabels && other.shown == nil ? other : other.relabelled(control)
      let ofOther = LabelFeatures(other.layout, hasMatrices: features.hasMatrices, DataSpread(data))
      let table = try LabelTable(draws: other.chainCount * other.drawCount, components: layout.componentCount)
      table.setInverses(of: try other.labelling(control).permutations)
      return try LabelPass(other, ofOther, groups: [], control).run(table, nil).sums
    case .automatic, .means, .sds, .weights: return []
    }
  }
}

extension LabelMethod {
  /// Whether the reference has covariance matrices.
  fileprivate var hasMatrices: Bool {
    switch self {
    case .mixture(let mixture): mixture.shape.hasMatrices
    case .posterior(let other): other.layout.shape.hasMatrices
    case .rows, .automatic, .means, .sds, .weights: false
    }
  }
}

extension Labelling {
  /// Returns the labels of some chains of a posterior that has these labels.
  fileprivate func part(_ chains: [Int], of posterior: Posterior) -> Labelling {
    let size = posterior.drawCount * confidence.count
    return Labelling(
      rule: rule, permutations: chains.flatMap { permutations[$0 * size..<($0 + 1) * size] }, confidence: confidence,
      overallConfidence: overallConfidence)
  }
}
