import GMMKernels
import GMMModel

/// The search for the start of a chain whose number of components is unknown: the start of the number, and the division
/// of the data, that seem to have the most mass.
///
/// The mass of a known number of components is estimated as ``StartSearch`` does, times the prior probability of the
/// number, times the K! orders of its components. Numbers are tried upwards, with larger steps as they grow, until three
/// in a row are worse than the best one. A chain that starts with too many components takes long to empty one of two that
/// share a cluster; one that starts with too few waits for a move that divides one.
struct CountStart {
  private let context: ChainContext
  private let index: Int
  private let crew: BlockCrew?
  private let data: DataSet
  private let rows: SplitMergeRows

  /// The numbers that may be worse than the best one, in a row.
  private static let patience = 3

  /// - Throws: ``ModelError`` when memory runs out.
  init?(_ context: ChainContext, _ index: Int, _ crew: BlockCrew?) throws(ModelError) {
    let target = context.target
    guard target.data.totalWeight >= 2 else { return nil }
    if let rows = context.splitMergeRows {
      (data, self.rows) = (target.data, rows)
    } else if target.data.patterns != nil {
      guard let rows = try context.completedRows(index) else { return nil }
      (data, self.rows) = (rows.data, rows)
    } else {
      // Every so many of the rows, which are enough to see the clusters that a start needs.
      let step = max(1, (target.data.count + StartingValues.mostRows - 1) / StartingValues.mostRows)
      let chosen = stride(from: 0, to: target.data.count, by: step)
      let data = try DataSet(
        chosen.flatMap { target.data.filledRow($0) }, dimensionCount: target.data.dimensionCount)
      guard let rows = try SplitMergeRows(data, target.model) else { return nil }
      (self.data, self.rows) = (data, rows)
    }
    (self.context, self.index, self.crew) = (context, index, crew)
  }

  /// Returns the best start.
  ///
  /// - Parameter isWanted: is asked now and then; after `false` the result is not used.
  func best(while isWanted: () -> Bool) throws(ModelError) -> Parameters? {
    let model = context.target.model
    var best: (parameters: Parameters, logMass: Double)?
    var worse = 0
    for components in Self.numbers(most: model.componentCount) where model.logCounts[components - 1] > -.infinity {
      guard worse < Self.patience, isWanted() else { break }
      let known = Target(model: model.part(count: components), data: data, power: context.target.power)
      let found = try context.bestStart(index, known, rows, crew, while: isWanted)
      let logMass = found.logMass + model.logCounts[components - 1] + logGammaFunction(Double(components + 1))
      if best.map({ logMass > $0.logMass }) ?? true {
        best = (found.parameters, logMass)
        worse = 0
      } else {
        worse += 1
      }
    }
    return best?.parameters
  }

  /// Returns 1, 2, ..., 6, 8, 10, 12, 15, ..., and the largest number.
  private static func numbers(most: Int) -> [Int] {
    var result: [Int] = []
    var k = 1
    while k <= most {
      result.append(k)
      k += max(1, k / 4)
    }
    if result.last != most { result.append(most) }
    return result
  }
}

extension ChainContext {
  /// Returns the parameters at which chain `index` starts, if the number of components is unknown.
  func startOfUnknownCount(
    _ index: Int, tune: Int, _ crew: BlockCrew?, while isWanted: () -> Bool
  ) throws(ModelError) -> Parameters {
    if tune >= SplitMergeSchedule.leastTune, let search = try CountStart(self, index, crew),
      let start = try search.best(while: isWanted)
    {
      return start
    }
    // A number near ten that has a prior probability. The chain soon leaves it.
    let possible = (1...target.model.componentCount).filter { target.model.logCounts[$0 - 1] > -.infinity }
    let components = possible.min { abs($0 - 10) < abs($1 - 10) } ?? 1
    var stream = RandomStream(key(index, .start).at(iteration: 0))
    let known = Target(model: target.model.part(count: components), data: target.data, power: target.power)
    return StartingValues(known).draw(&stream, keeping: PartialParameters(), while: isWanted)
  }
}
