import GMMModel

extension Posterior {
  /// Returns the posterior of some of the chains, in the given order. They keep their labels.
  ///
  /// The draws are copied, because arrays have one distance between chains. The result cannot be extended.
  ///
  /// - Throws: ``ModelError`` unless there is a chain, and all are different ones of this posterior; when memory runs
  ///   out.
  public func subset(chains: [Int]) throws(ModelError) -> Posterior {
    guard !chains.isEmpty else { throw ModelError("chains", "must have at least 1 value", got: 0) }
    for (i, chain) in chains.enumerated() {
      guard chain >= 0, chain < chainCount else {
        throw ModelError("chains[\(i)]", "must be between 0 and \(chainCount - 1)", got: chain)
      }
      guard !chains[..<i].contains(chain) else {
        throw ModelError("chains[\(i)]", "must not be an earlier chain again", got: chain)
      }
    }
    let copy = try DrawStore(
      layout: layout, chains: chains.count, draws: drawCount, observationCount: store.observationCount,
      keepsAssignments: hasAssignments)
    for (target, chain) in chains.enumerated() {
      for draw in 0..<drawCount {
        copy.row(chain: target, draw: draw).update(from: drawnRow(chain: chain, draw: draw), count: layout.width)
        let drawn = drawnAssignments(chain: chain, draw: draw)
        if let labels = copy.assignments(chain: target, draw: draw), let drawn {
          labels.update(from: drawn, count: store.observationCount)
        }
      }
    }
    var options = options
    options.chains = chains.count
    options.thin = thin
    if options.initial.count > 1 { options.initial = chains.map { options.initial[$0] } }
    let part = Posterior(
      target, options: options, store: copy, continuation: nil, isPrior: isPrior, draws: drawCount, seconds: seconds,
      origin: .part(of: self, chains: chains), keepsDrawnLabels: keepsDrawnLabels)
    return shown == nil ? part : try part.relabelled
  }
}
