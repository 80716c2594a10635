import GMMModel

extension MixtureModel {
  /// Refuses data for which the whole posterior is improper.
  ///
  /// A prior under which the density of an sd stays positive at 0 gives infinite mass to sds near 0 as soon as a component
  /// can hold nothing but ties: with its mean at their value the likelihood grows as sd^(-n). Checked are the cases in
  /// which every assignment leads there: all observations equal; a shared sd with no more distinct values than
  /// components. (With an sd for each component any two equal observations are enough in theory; those modes are
  /// so narrow that chains on rounded data do not find them, and a chain that does is stopped.)
  func requireProperPosterior(given observations: Observations) throws(ModelError) {
    guard spreadDensities.contains(where: \.reachesZero), observations.count > 0 else { return }
    let limit = sharedSpread ? componentCount : 1
    var distinct: [Double] = []
    for x in observations.values where !distinct.contains(x) {
      distinct.append(x)
      if distinct.count > limit { return }
    }
    if hasFixedMeans {
      guard distinct.allSatisfy({ meanCenters.contains($0) }) else { return }
    } else {
      guard observations.count > distinct.count else { return }
    }
    let count = distinct.count
    throw ModelError(
      .degenerate, "data",
      "must have more than \(count) distinct value\(count == 1 ? "" : "s") under a prior that lets the sd reach 0 (the "
        + "posterior is improper; InverseGamma on the variance keeps it proper), got \(observations.count) observations"
    )
  }
}
