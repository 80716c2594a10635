import GMMModel

extension DrawLayout {
  /// Writes a draw whose component k is component `permutation[k]` of another.
  func permute(
    _ source: UnsafePointer<Double>, _ permutation: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Double>
  ) {
    target.update(from: source, count: width)
    let ofSpread = shape.sharedSpread ? [] : [sds, covariances]
    for columns in [weights, means] + ofSpread where !columns.isEmpty {
      let size = columns.count / componentCount
      for k in 0..<componentCount {
        (target + columns.lowerBound + k * size).update(
          from: source + columns.lowerBound + Int(permutation[k]) * size, count: size)
      }
    }
  }
}

extension LabelledDraws {
  /// Makes the rows of a posterior's draws under labels.
  init(_ posterior: Posterior, _ labelling: Labelling) throws(ModelError) {
    self.labelling = labelling
    guard !labelling.isIdentity else {
      rows = nil
      return
    }
    let (layout, draws) = (posterior.layout, posterior.drawCount)
    let store = try DrawStore(
      layout: layout, chains: posterior.chainCount, draws: draws, observationCount: 0, keepsAssignments: false)
    labelling.permutations.withUnsafeBufferPointer { permutations in
      guard let base = permutations.baseAddress else { return }
      for chain in 0..<posterior.chainCount {
        for draw in 0..<draws {
          layout.permute(
            posterior.drawnRow(chain: chain, draw: draw), base + (chain * draws + draw) * layout.componentCount,
            into: store.row(chain: chain, draw: draw))
        }
      }
    }
    rows = store
  }
}
