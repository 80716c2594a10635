import GMMModel

/// The judgement whether a chain has collapsed: whether components that hold nothing but ties have run towards an sd of
/// 0.
///
/// A chain can do so where the posterior is improper (``MixtureModel/requireProperPosterior(given:_:)``). The sd of
/// such components has no scale. They have collapsed when it is below a small share of every scale there is: that of the
/// prior, the data's sd, and the distance from the ties to the nearest other value. Then no other row belongs to them.
/// Where the posterior density of the sd is sd^-a, the sd returns from the share ε with a probability of about
/// ε^(a - 1). So a thousandth is enough for a ≥ 2. Below, as for two tied rows, the sd wanders and may well return, and
/// the share is 10⁻⁸. Distances do not depend on where the data lie, so neither does the judgement.
struct CollapseJudge: Sendable {
  private let target: Target
  /// The sds below which a chain may have collapsed; 0 where the prior keeps the sd from 0.
  let limits: [Double]

  private static let largestShare = 1e-3

  private static func share(divergence: Double) -> Double { divergence < 2 ? 1e-8 : largestShare }

  init(_ target: Target) {
    var target = target
    if target.model.isProcess {
      let model = target.model.part(count: target.model.partShape.componentCount)
      target = Target(model: model, data: target.data, power: target.power)
    }
    self.target = target
    let (model, variances) = (target.model, DataSpread(target.data).variances)
    limits = model.spreadDensities.enumerated().map { j, density in
      let coordinates = model.shape.members(ofSD: j).coordinates
      let variance = coordinates.reduce(0) { $0 + variances[$1] } / Double(coordinates.count)
      return density.scaleAtZero.map { Self.largestShare * min($0, variance.squareRoot()) } ?? 0
    }
  }

  /// Refuses the state of a chain in which standard deviation `j`, which is below its limit, has collapsed.
  ///
  /// - Complexity: O(N) where members tie, otherwise O(K).
  func require(ofSD j: Int, _ parameters: Parameters, _ statistics: SufficientStatistics) throws(ModelError) {
    let model = target.model
    let (components, coordinates) = parameters.shape.members(ofSD: j)
    // The sd of components without members is drawn from the prior, and may be of any size.
    let holders: [Int]
    let weight: Double
    if target.data.hasWholeWeights, target.data.patterns == nil {
      holders = components.filter { statistics.counts[$0] > 0 }
      weight = holders.reduce(0) { $0 + statistics.counts[$1] }
      guard holders.allSatisfy({ k in coordinates.allSatisfy { areTied(k, $0, statistics) } }) else { return }
    } else {
      // The assignments of divided rows are not all that counts, and missing values are drawn anew. What such small
      // components hold are the rows within their reach.
      let nearest = components.map { (component: $0, place: nearestRow(to: $0, coordinates, parameters)) }
        .filter { $0.place.distance < 10 * parameters.sds[j] }
      holders = nearest.map(\.component)
      weight = nearest.reduce(0) { sum, holder in
        let values = coordinates.map { target.data[holder.place.row, $0] }
        return sum + target.data.occurrences(of: values, in: coordinates).weight
      }
    }
    let free = holders.count { !model.isAnchored($0) }
    guard model.isImproper(weight: target.power * weight, freeMeans: free, coordinates) else { return }
    let gap = holders.reduce(Double.infinity) { min($0, distanceToOthers($1, coordinates, parameters)) }
    let divergence = model.divergence(weight: target.power * weight, freeMeans: free, coordinates)
    let share = Self.share(divergence: divergence)
    // Smaller distances than this are no distances to the kernels.
    let limit = max(share * min(gap, limits[j] / Self.largestShare), 10 * sdLimits.lowerBound)
    guard parameters.sds[j] < limit else { return }
    throw .collapsed(onto: weight, sd: parameters.sds[j])
  }

  /// Returns whether the members of component `k` are equal in coordinate `d` up to rounding, and equal its mean if that
  /// is known.
  private func areTied(_ k: Int, _ d: Int, _ statistics: SufficientStatistics) -> Bool {
    let j = k * statistics.shape.dimensionCount + d
    let squares = statistics.squares(of: k, d, about: statistics.centers[j])
    guard squares > 0, !target.model.hasFixedMean(k) else { return squares == 0 }
    return squares - statistics.sums[j] * statistics.sums[j] / statistics.counts[k] <= 1e-6 * squares
  }

  /// Returns the distance from the row that is nearest to the mean of component `k` to the nearest row with other
  /// values, as the largest of the distances in the coordinates. It is 0 where the prior of the mean shrinks to another
  /// point than that row, and so keeps the sd from 0.
  private func distanceToOthers(_ k: Int, _ coordinates: Range<Int>, _ parameters: Parameters) -> Double {
    let (model, data) = (target.model, target.data)
    let row = nearestRow(to: k, coordinates, parameters).row
    let values = coordinates.map { data[row, $0] }
    if model.hasScaledMean(k), values != coordinates.map({ model.meanCenters[k * model.dimensionCount + $0] }) {
      return 0
    }
    var least = Double.infinity
    for row in 0..<data.count where data.weights?[row] ?? 1 > 0 {
      let distance = distance(from: row, to: values, coordinates)
      if distance > 0 { least = min(least, distance) }
    }
    return least
  }

  /// Returns the row that is nearest to the mean of component `k`.
  private func nearestRow(
    to k: Int, _ coordinates: Range<Int>, _ parameters: Parameters
  ) -> (row: Int, distance: Double) {
    let mean = coordinates.map { parameters.means[k * target.model.dimensionCount + $0] }
    var nearest = (row: 0, distance: Double.infinity)
    for row in 0..<target.data.count where target.data.weights?[row] ?? 1 > 0 {
      let distance = distance(from: row, to: mean, coordinates)
      if distance < nearest.distance { nearest = (row, distance) }
    }
    return nearest
  }

  /// Returns the largest of the distances in the coordinates.
  private func distance(from row: Int, to point: [Double], _ coordinates: Range<Int>) -> Double {
    var largest = 0.0
    // A row that lacks a coordinate is no neighbour.
    if target.data.lacks(row, coordinates) { return .infinity }
    for (d, value) in zip(coordinates, point) { largest = max(largest, abs(target.data[row, d] - value)) }
    return largest
  }
}
