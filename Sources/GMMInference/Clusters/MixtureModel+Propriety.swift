import GMMModel

// A prior under which the density of an sd stays positive at 0 makes the posterior improper where components with that
// sd can hold nothing but ties. Let W be the sum of the weights of the rows that they hold, on a number of coordinates,
// and let f of their means be free. With the means at the values of the ties the likelihood grows as sd^(-W) for each
// coordinate. Free means lie within about an sd of them, which costs a factor sd each. The integral of
// sd^(-(W - f) coordinates) diverges at 0 where the exponent is 1 or more.

extension MixtureModel {
  /// Refuses data for which the posterior is improper. It is proper under priors that keep every sd from 0.
  ///
  /// - Parameter control: progress in blocks of observations over a pass for each coordinate, cancelling.
  /// - Throws: ``ModelError`` of kind `degenerate` for data that components can hold as a whole, which the calls that
  ///   sample refuse as well; of kind `improper` for data of which a component can hold a part; of kind `cancelled`.
  public func requireProperPosterior(
    given data: DataSet, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    // One component, and components that share an sd, hold all rows or none, unless a background has the others.
    let canHoldParts = background != nil || (!sharedSpread && componentCount > 1)
    let shrinking = (0..<sdCount).filter { canHoldParts && spreadDensities[$0].reachesZero }
    let groups = Dictionary(grouping: shrinking) { shape.members(ofSD: $0).coordinates }
    let team = WorkTeam(threads: 1, workers: 1)
    try team.pass(control, blocks: max(1, groups.count * data.blockCount)) { (_, tally) throws(ModelError) in
      try requireDistinctValues(in: data)
      var worst: ImproperPart?
      for coordinates in groups.keys.sorted(by: { $0.lowerBound < $1.lowerBound }) where tally.goesOn {
        let components =
          sharedSpread
          ? Array(0..<componentCount)
          : (groups[coordinates] ?? []).map { shape.members(ofSD: $0).components.lowerBound }
        let part = try improperPart(of: data, components, coordinates, tally)
        if let part, part.weight > worst?.weight ?? 0 { worst = part }
      }
      if let worst, tally.goesOn { throw worst.error(self, data) }
    }
  }

  /// Refuses data that components with an sd of their own, or all components with a shared sd, can hold as a whole.
  ///
  /// Every chain would then run to an sd of 0. The other improper posteriors have modes that a chain may never meet.
  func requireDistinctValues(in data: DataSet) throws(ModelError) {
    guard data.totalWeight > 0 else { return }
    for (j, density) in spreadDensities.enumerated() where density.reachesZero {
      let (components, coordinates) = shape.members(ofSD: j)
      guard let values = data.fewValues(in: coordinates, limit: components.count),
        let free = freeMeans(holding: values, components, coordinates),
        isImproper(weight: data.totalWeight(in: coordinates), freeMeans: free, coordinates)
      else { continue }
      let column = dimensionCount > 1 && coordinates.count == 1 ? "column \(data.columnName(j % dimensionCount)) " : ""
      throw ModelError(
        .degenerate, "data",
        "\(column)must have more than \(values.count) distinct value\(values.count == 1 ? "" : "s") under a prior "
          + "that lets the sd reach 0 (the posterior is improper; InverseGamma on the variance keeps it proper)",
        got: "\(data.count) observations")
    }
  }

  /// Returns whether the integral over an sd diverges at 0.
  ///
  /// - Parameters:
  ///   - weight: W, the sum of the weights of rows that tie at the means of the components.
  ///   - freeMeans: f, the number of means that hold rows and are free.
  func isImproper(weight: Double, freeMeans: Int, _ coordinates: Range<Int>) -> Bool {
    // Sums of fractions such as 1/3 are rounded.
    divergence(weight: weight, freeMeans: freeMeans, coordinates) >= 1 - 1e-9
  }

  /// Returns the exponent (W - f) coordinates of the integral over an sd.
  func divergence(weight: Double, freeMeans: Int, _ coordinates: Range<Int>) -> Double {
    (weight - Double(freeMeans)) * Double(coordinates.count)
  }

  /// Returns whether the mean of component `k` stays where it is as the sd goes to 0: it is known, or its prior shrinks
  /// with the sd.
  func isAnchored(_ k: Int) -> Bool { hasFixedMean(k) || hasScaledMean(k) }

  /// Returns the tie of the largest weight that makes the posterior improper.
  ///
  /// - Parameter components: components with sds of their own in `coordinates`, which can reach 0.
  private func improperPart(
    of data: DataSet, _ components: [Int], _ coordinates: Range<Int>, _ tally: BlockTally
  ) throws(ModelError) -> ImproperPart? {
    var worst: ImproperPart?
    let ties = components.allSatisfy(isAnchored) ? nil : try TiedRows(data, coordinates, tally)
    for k in components {
      let part: ImproperPart?
      if isAnchored(k) {
        let center = center(k, coordinates)
        let weight = data.occurrences(of: center, in: coordinates).weight
        let isHeld = freeMeans(holding: [center], k..<k + 1, coordinates) == 0
        part =
          isHeld && isImproper(weight: weight, freeMeans: 0, coordinates)
          ? ImproperPart(component: k, coordinates: coordinates, values: center, weight: weight) : nil
      } else {
        let tie = ties?.largest {
          freeMeans(holding: [data.values(of: $0.row, in: coordinates)], k..<k + 1, coordinates) == 1
        }
        part = tie.flatMap { tie in
          guard isImproper(weight: tie.weight, freeMeans: 1, coordinates) else { return nil }
          let values = data.values(of: tie.row, in: coordinates)
          return ImproperPart(component: k, coordinates: coordinates, values: values, weight: tie.weight)
        }
      }
      if let part, part.weight > worst?.weight ?? 0 { worst = part }
    }
    return worst
  }

  /// The prior mean or the known mean of component `k`.
  private func center(_ k: Int, _ coordinates: Range<Int>) -> [Double] {
    coordinates.map { meanCenters[k * dimensionCount + $0] }
  }

  /// Returns how many free means it takes for the components to hold rows of the given values at their means, or `nil`
  /// if they cannot.
  ///
  /// Where the means are in order, a free mean lies between the known means around it. Means that shrink to the centers
  /// of their priors together must be in order there.
  private func freeMeans(
    holding values: [[Double]], _ components: Range<Int>, _ coordinates: Range<Int>
  ) -> Int? {
    func hasMembers(_ k: Int) -> Bool { !hasFixedWeights || concentration[k] > 0 }
    let anchors = components.filter { isAnchored($0) && hasMembers($0) }.map { center($0, coordinates) }
    let others = values.filter { !anchors.contains($0) }
    if hasBoundedMeans { return boundedFreeMeans(holding: others, components, coordinates, hasMembers) }
    func isFree(_ k: Int) -> Bool { components.contains(k) && hasMembers(k) && !isAnchored(k) }
    guard let order = orderCoordinate, coordinates.contains(order) else {
      return others.count <= components.count(where: isFree) ? others.count : nil
    }
    // The values are given to the runs of free means between fixed points, from below.
    var left = others.map { $0[order - coordinates.lowerBound] }.sorted()[...]
    var (lower, run) = (-Double.infinity, 0)
    for k in 0...componentCount {
      if k < componentCount, isFree(k) { run += 1 }
      let isFixedPoint = k == componentCount || hasFixedMean(k) || (components.contains(k) && isAnchored(k))
      guard isFixedPoint else { continue }
      let upper = k < componentCount ? meanCenters[k * dimensionCount + order] : .infinity
      guard upper >= lower else { return nil }
      while run > 0, let value = left.first, value <= upper {
        guard value >= lower else { return nil }
        left = left.dropFirst()
        run -= 1
      }
      (lower, run) = (upper, 0)
    }
    return left.isEmpty ? others.count : nil
  }
}

// MARK: Bounds

extension MixtureModel {
  /// Returns the number of `values` if free means, each between its bounds, can lie at them, otherwise `nil`.
  ///
  /// A mean at its bound holds rows there as well as others do, since half of the mass about them is within the bounds.
  private func boundedFreeMeans(
    holding values: [[Double]], _ components: Range<Int>, _ coordinates: Range<Int>, _ hasMembers: (Int) -> Bool
  ) -> Int? {
    func canHold(_ k: Int, _ value: [Double]) -> Bool {
      zip(coordinates, value).allSatisfy { d, x in
        guard let (lower, upper) = meanDensities[k * dimensionCount + d].bounds else { return true }
        return x >= lower && x <= upper
      }
    }
    let free = components.filter { hasMembers($0) && !isAnchored($0) }
    guard values.count <= free.count else { return nil }
    if let order = orderCoordinate, coordinates.contains(order) {
      return holdInOrder(values, free, components, order, coordinates, canHold) ? values.count : nil
    }
    // Kuhn's method: each value takes a component, whose former value looks for another one.
    var holder: [Int: Int] = [:]
    func place(_ value: Int, _ seen: inout Set<Int>) -> Bool {
      for k in free where !seen.contains(k) && canHold(k, values[value]) {
        seen.insert(k)
        if let former = holder[k], !place(former, &seen) { continue }
        holder[k] = value
        return true
      }
      return false
    }
    for value in values.indices {
      var seen: Set<Int> = []
      if !place(value, &seen) { return nil }
    }
    return values.count
  }

  /// Returns whether free means can lie at the values in the order of the components.
  ///
  /// The components take their places from below, and `levels[i]` is the least place of the last one where the `i`
  /// smallest values are held.
  private func holdInOrder(
    _ values: [[Double]], _ free: [Int], _ components: Range<Int>, _ order: Int, _ coordinates: Range<Int>,
    _ canHold: (Int, [Double]) -> Bool
  ) -> Bool {
    let place = order - coordinates.lowerBound
    let values = values.sorted { $0[place] < $1[place] }
    let isFree = Set(free)
    var levels: [Double?] = [-.infinity] + values.map { _ in nil }
    for k in 0..<componentCount {
      let density = meanDensities[k * dimensionCount + order]
      let isAtCenter = hasFixedMean(k) || (components.contains(k) && isAnchored(k))
      var next = levels
      for i in levels.indices {
        next[i] = nil
        // The mean lies anywhere above the last one and between its bounds.
        if let level = levels[i] {
          if isAtCenter {
            next[i] = density.center >= level ? density.center : nil
          } else if level < density.bounds?.upper ?? .infinity {
            // A mean that must be above its bound leaves no room at the bound.
            next[i] = max(level, density.bounds?.lower.nextUp ?? -.infinity)
          }
        }
        // The mean lies at the next value.
        guard i > 0, isFree.contains(k), let level = levels[i - 1], canHold(k, values[i - 1]) else { continue }
        let value = values[i - 1][place]
        if value >= level { next[i] = min(next[i] ?? .infinity, value) }
      }
      levels = next
    }
    return levels[values.count] != nil
  }
}

/// Rows that a component can hold as ties, so that the posterior is improper.
private struct ImproperPart: Sendable {
  let component: Int
  let coordinates: Range<Int>
  let values: [Double]
  let weight: Double

  func error(_ model: MixtureModel, _ data: DataSet) -> ModelError {
    let rows = data.occurrences(of: values, in: coordinates).rows
    var got = "\(rows) row\(rows == 1 ? "" : "s")"
    if data.weights != nil { got += " with weights of sum \(weight)" }
    let shown = values.prefix(4).map { "\($0)" }.joined(separator: ", ")
    got += " equal to \(values.count == 1 ? shown : "(\(shown)\(values.count > 4 ? ", ..." : ""))")"
    if values.count < data.dimensionCount { got += " in column \(data.columnName(coordinates.lowerBound))" }
    if model.isAnchored(component) {
      got += ", the \(model.hasFixedMean(component) ? "known" : "prior") mean of component \(component)"
    }
    return ModelError(
      .improper, "data",
      "must not hold ties where a prior lets the sd of their component reach 0: the posterior is improper, and chains "
        + "may collapse (Uniform with a lower bound above 0, or InverseGamma on the variance, keeps it proper)",
      got: got)
  }
}

extension DataSet {
  /// Returns the values of a row in some coordinates, with 0 for -0.
  fileprivate func values(of row: Int, in coordinates: Range<Int>) -> [Double] { coordinates.map { self[row, $0] + 0 } }

  /// The sum of the weights of the rows that have all of some coordinates.
  fileprivate func totalWeight(in coordinates: Range<Int>) -> Double {
    guard patterns != nil else { return totalWeight }
    return (0..<count).reduce(0) { lacks($1, coordinates) ? $0 : $0 + (weights?[$1] ?? 1) }
  }

  /// Returns the distinct values of the rows with positive weight, or `nil` if there are more than `limit`, or if a row
  /// has some but not all of the coordinates.
  fileprivate func fewValues(in coordinates: Range<Int>, limit: Int) -> [[Double]]? {
    var rows: [Int] = []
    for i in 0..<count where lacks(i, coordinates) || !rows.contains(where: { areEqual($0, i, in: coordinates) }) {
      if let weights, weights[i] == 0 { continue }
      if lacks(i, coordinates) {
        if coordinates.allSatisfy({ isMissing(i, $0) }) { continue }
        return nil
      }
      if rows.count == limit { return nil }
      rows.append(i)
    }
    return rows.map { values(of: $0, in: coordinates) }
  }
}
