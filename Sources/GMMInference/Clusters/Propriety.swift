import GMMModel

extension MixtureModel {
  /// Refuses data for which the whole posterior is improper.
  ///
  /// A prior under which the density of an sd stays positive at 0 gives infinite mass to sds near 0 as soon as a component
  /// can hold nothing but ties: with its mean at their value the likelihood grows as sd^(-n). Checked are the cases in
  /// which every assignment leads there: all observations equal; a shared sd with no more distinct values than
  /// components. (With an sd for each component any two equal observations are enough in theory; those modes are
  /// so narrow that chains on rounded data do not find them, and a chain that does is stopped.)
  func requireProperPosterior(
    given data: DataSet
  ) throws(ModelError) {
    guard spreadDensities.contains(where: \.reachesZero), data.count > 0 else { return }
    // Spherical sds need only one coordinate that spreads.
    let isSpherical = shape.structure == .spherical
    for d in 0..<dimensionCount {
      guard let count = tooFewValues(in: d, data) else {
        if isSpherical { return } else { continue }
      }
      if isSpherical, d + 1 < dimensionCount { continue }
      throw improper(count, d, data)
    }
  }

  /// Returns how many distinct values coordinate `d` has, when they are too few; `nil` otherwise.
  private func tooFewValues(in d: Int, _ data: DataSet) -> Int? {
    let limit = sharedSpread ? componentCount : 1
    var distinct: [Double] = []
    for i in 0..<data.count where !distinct.contains(data[i, d]) {
      if let weights = data.weights, weights[i] == 0 { continue }
      distinct.append(data[i, d])
      if distinct.count > limit { return nil }
    }
    // Means whose prior shrinks with the sd have no place of their own: they lie at its centre, as if they were fixed there.
    if hasFixedMeans || hasScaledMeans {
      let known = (0..<componentCount).map { meanCenters[$0 * dimensionCount + d] }
      return distinct.allSatisfy(known.contains) ? distinct.count : nil
    }
    let count = data.totalWeight
    return count > Double(distinct.count) ? distinct.count : nil
  }

  private func improper(_ count: Int, _ d: Int, _ data: DataSet) -> ModelError {
    ModelError(
      .degenerate, "data",
      "\(dimensionCount > 1 ? "column \(data.columnName(d)) " : "")must have more than \(count) distinct value\(count == 1 ? "" : "s") under a prior that lets the sd reach 0 (the "
        + "posterior is improper; InverseGamma on the variance keeps it proper), got \(data.count) observations"
    )
  }
}
