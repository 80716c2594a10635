import GMMModel

extension MixtureModel {
  /// The components that share all their priors, in groups of at least two, ascending. Within a group, a permutation of
  /// the components leaves the prior unchanged, apart from the order of the means.
  /// There are none where the number of components is unknown.
  var labelGroups: [[Int]] {
    guard count == nil else { return [] }
    var groups: [[Int]] = []
    for k in 0..<componentCount {
      if let group = groups.firstIndex(where: { hasPriors($0[0], of: k) }) {
        groups[group].append(k)
      } else {
        groups.append([k])
      }
    }
    return groups.filter { $0.count > 1 }
  }

  /// The groups of ``labelGroups`` without the components that rows of the data are known to have.
  func labelGroups(given data: DataSet) -> [[Int]] {
    let named = data.details?.namedComponents ?? []
    guard !named.isEmpty else { return labelGroups }
    return labelGroups.map { $0.filter { !named.contains($0) } }.filter { $0.count > 1 }
  }

  private func hasPriors(_ a: Int, of b: Int) -> Bool {
    guard concentration[a] == concentration[b] else { return false }
    func areSame<Value: Equatable>(_ values: [Value]) -> Bool {
      let size = values.count / componentCount
      return (0..<size).allSatisfy { values[a * size + $0] == values[b * size + $0] }
    }
    return areSame(meanDensities) && (sharedSpread || (areSame(spreadDensities) && areSame(covarianceDensities)))
  }
}
