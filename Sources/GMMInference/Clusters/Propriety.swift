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
    given observations: Observations, _ sampleWeights: SampleWeights?
  ) throws(ModelError) {
    guard spreadDensities.contains(where: \.reachesZero), observations.count > 0 else { return }
    // Spherical sds need only one coordinate that spreads.
    let isSpherical = shape.structure == .spherical
    for d in 0..<dimensionCount {
      guard let count = tooFewValues(in: d, observations, sampleWeights) else {
        if isSpherical { return } else { continue }
      }
      if isSpherical, d + 1 < dimensionCount { continue }
      throw improper(count, d, observations)
    }
  }

  /// Returns how many distinct values coordinate `d` has, when they are too few; `nil` otherwise.
  private func tooFewValues(in d: Int, _ observations: Observations, _ sampleWeights: SampleWeights?) -> Int? {
    let limit = sharedSpread ? componentCount : 1
    var distinct: [Double] = []
    for i in 0..<observations.count where !distinct.contains(observations[i, d]) {
      if let sampleWeights, sampleWeights[i] == 0 { continue }
      distinct.append(observations[i, d])
      if distinct.count > limit { return nil }
    }
    // Means whose prior shrinks with the sd have no place of their own: they lie at its centre, as if they were fixed there.
    if hasFixedMeans || hasScaledMeans {
      let known = (0..<componentCount).map { meanCenters[$0 * dimensionCount + d] }
      return distinct.allSatisfy(known.contains) ? distinct.count : nil
    }
    let count = sampleWeights?.total ?? Double(observations.count)
    return count > Double(distinct.count) ? distinct.count : nil
  }

  private func improper(_ count: Int, _ d: Int, _ observations: Observations) -> ModelError {
    ModelError(
      .degenerate, "data",
      "\(dimensionCount > 1 ? "column \(d) " : "")must have more than \(count) distinct value\(count == 1 ? "" : "s") under a prior that lets the sd reach 0 (the "
        + "posterior is improper; InverseGamma on the variance keeps it proper), got \(observations.count) observations"
    )
  }
}
