import GMMModel

extension MixtureModel {
  /// Refuses data for which the whole posterior is improper.
  ///
  /// A prior under which the density of an sd stays positive at 0 gives infinite mass to sds near 0 as soon as a
  /// component can hold nothing but ties. With the mean at the value of the ties, the likelihood grows as sd^(-n). The
  /// check asks whether a component with such an sd, or the components that share the sd, can hold all observations.
  /// They can if all observations are equal, or if the sd is shared and there are no more distinct values than
  /// components. (With an sd for each component any two equal observations are enough in theory. Those modes are so
  /// narrow that chains on rounded data do not find them, and a chain that does find one is stopped.)
  func requireProperPosterior(
    given data: DataSet
  ) throws(ModelError) {
    guard spreadDensities.contains(where: \.reachesZero), data.count > 0 else { return }
    let values = (0..<dimensionCount).map { fewValues(in: $0, data) }
    let total = data.totalWeight
    for (j, density) in spreadDensities.enumerated() where density.reachesZero {
      let (components, coordinates) = shape.members(ofSD: j)
      // A spherical sd needs only one coordinate that varies.
      let areHeld = coordinates.allSatisfy { d in
        values[d].map { canHold($0, components, in: d, total: total) } ?? false
      }
      if areHeld, let d = coordinates.last, let distinct = values[d] { throw improper(distinct.count, d, data) }
    }
  }

  /// Returns whether components can hold all observations as ties at their means, so that the likelihood grows as their
  /// sd goes to 0.
  ///
  /// A free mean moves to one value, at the cost of one observation. A mean whose prior shrinks with the sd lies at the
  /// prior's center, as if it were known.
  private func canHold(_ distinct: [Double], _ components: Range<Int>, in d: Int, total: Double) -> Bool {
    let known = components.filter { hasFixedMean($0) || hasScaledMean($0) }.map { meanCenters[$0 * dimensionCount + d] }
    let others = distinct.count { !known.contains($0) }
    return others <= components.count - known.count && total > Double(others)
  }

  /// Returns the distinct values of coordinate `d`, or `nil` if there are more of them than components that share an
  /// sd.
  private func fewValues(in d: Int, _ data: DataSet) -> [Double]? {
    let limit = sharedSpread ? componentCount : 1
    var distinct: [Double] = []
    for i in 0..<data.count where !distinct.contains(data[i, d]) {
      if let weights = data.weights, weights[i] == 0 { continue }
      distinct.append(data[i, d])
      if distinct.count > limit { return nil }
    }
    return distinct
  }

  private func improper(_ count: Int, _ d: Int, _ data: DataSet) -> ModelError {
    ModelError(
      .degenerate, "data",
      "\(dimensionCount > 1 ? "column \(data.columnName(d)) " : "")must have more than \(count) distinct value\(count == 1 ? "" : "s") under a prior that lets the sd reach 0 (the "
        + "posterior is improper; InverseGamma on the variance keeps it proper)",
      got: "\(data.count) observations")
  }
}
