import GMMModel

/// The list of all kinds of models with which the samplers are tested.
enum ModelTable {
  /// Every prior of the weights with every prior of the means, every order and every prior of the spread, shared or
  /// not, in every form, in 1, 2 and 3 dimensions.
  static let all: [ModelRow] = {
    var rows: [ModelRow] = []
    for dimensions in 1...3 {
      for structure in CovarianceStructure.allCases {
        for isShared in [false, true] {
          for spread in SpreadKind.allCases {
            for means in MeansKind.allCases {
              for order in OrderKind.allCases {
                for weights in WeightsKind.allCases {
                  let row = ModelRow(
                    weights: weights, means: means, order: order, spread: spread, isShared: isShared,
                    structure: structure, dimensions: dimensions)
                  if row.isOffered { rows.append(row) }
                }
              }
            }
          }
        }
      }
    }
    return rows
  }()

  /// Rows of ``all`` that hold every pair of kinds that can meet, chosen greedily, and the unusual sizes.
  static let covering: [ModelRow] = {
    var missing = Set(all.flatMap(pairs))
    // The pairs are numbers, because each choice weighs thousands of rows.
    let ids = Dictionary(uniqueKeysWithValues: missing.sorted().enumerated().map { ($1, $0) })
    let candidates = all.map { row in (row: row, pairs: pairs(row).compactMap { ids[$0] }) }
    var isMissing = [Bool](repeating: true, count: ids.count)
    var rows: [ModelRow] = []
    while isMissing.contains(true) {
      var best = (row: candidates[0].row, pairs: [Int](), gain: 0)
      for candidate in candidates {
        let gain = candidate.pairs.count { isMissing[$0] }
        if gain > best.gain { best = (candidate.row, candidate.pairs, gain) }
      }
      for pair in best.pairs { isMissing[pair] = false }
      rows.append(best.row)
    }
    missing.removeAll()
    return rows + sizes
  }()

  /// Rows with one component, with many components, with few observations, and with more than a handful.
  static let sizes: [ModelRow] = [
    ModelRow(means: .normal, spread: .halfCauchy, components: 1),
    ModelRow(means: .scaled, spread: .inverseWishart, isShared: true, structure: .tied, dimensions: 2, components: 1),
    ModelRow(weights: .asymmetric, means: .normalOfEach, spread: .uniform, components: 2, observations: 1),
    ModelRow(weights: .asymmetric, means: .normal, order: .first, spread: .gamma, components: 5, observations: 4),
    ModelRow(
      weights: .flatAboveMinimum, means: .scaled, order: .last, spread: .inverseWishart, structure: .full,
      dimensions: 2, components: 5, observations: 20),
    ModelRow(means: .normal, order: .first, spread: .inverseGamma, components: 2, observations: 100),
  ]

  /// The pairs of kinds of a row.
  static func pairs(_ row: ModelRow) -> [String] {
    let levels = row.levels.map { "\($0.factor) \($0.level)" } + ["of each \(row.hasSpreadOfEach)"]
    return levels.indices.flatMap { i in levels[..<i].map { "\($0), \(levels[i])" } }
  }
}
