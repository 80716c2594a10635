import GMMModel

/// The search for labels and their reference that minimise the mean cost over the draws.
///
/// Labels of least cost given the reference, and the reference of least cost given the labels, are found in turn, so the
/// cost falls until no label changes, or until it hardly falls (Stephens 2000, algorithm 1, with the divergence of
/// components in place of that of classifications). Some draws serve as the first reference. They are tried on a hundred
/// draws, and the best result goes on to all. Permuting the components of draws permutes every step in the same way, so
/// draws that have labels keep them.
struct LabelSearch {
  private let pass: LabelPass
  private let components: Int
  private let total: Int

  init(_ pass: LabelPass) {
    self.pass = pass
    components = pass.features.componentCount
    total = pass.posterior.chainCount * pass.posterior.drawCount
  }

  /// The number of draws on which first references are tried.
  private static let drawsOfTrial = 128
  /// The number of first references besides the draw of the highest log posterior.
  private static let starts = 3
  /// A search ends when the mean cost of a draw falls by less, where labels are so uncertain that they would go on to
  /// change in a few draws.
  private static let leastGain = 1e-2
  /// The largest number of passes of a search.
  private static let mostPasses = 20

  /// Returns labels whose numbers increase with the first coordinate of the reference's means, within each group.
  func run() throws(ModelError) -> (LabelTable, LabelPass.Result) {
    var (table, result) = try converge(from: try bestStart(), draws: total)
    let reference = LabelReference(sums: result.sums, pass.features)
    var numbers = (0..<components).map { UInt8($0) }
    for group in pass.groups {
      let order = group.sorted {
        (reference.firstCoordinates[$0], $0) < (reference.firstCoordinates[$1], $1)
      }
      for (old, new) in zip(order, group) { numbers[old] = UInt8(new) }
    }
    table.renumber(numbers)
    let nearest = result.nearest
    for (old, new) in numbers.enumerated() { result.nearest[Int(new)] = nearest[old] }
    return (table, result)
  }

  /// Returns the reference to start from.
  private func bestStart() throws(ModelError) -> LabelReference {
    let trial = min(total, Self.drawsOfTrial)
    var best: (cost: Double, reference: LabelReference)?
    var tables: [LabelTable] = []
    for draw in startingDraws {
      let (table, result) = try converge(from: reference(ofDraw: draw), draws: trial, unless: tables)
      tables.append(table)
      guard let result else { continue }
      // NaN is never better.
      if best.map({ result.cost < $0.cost }) ?? true {
        best = (result.cost, LabelReference(sums: result.sums, pass.features))
      }
    }
    return best?.reference ?? reference(ofDraw: 0)
  }

  /// The draw of the highest log posterior, and draws at equal distances.
  private var startingDraws: [Int] {
    let posterior = pass.posterior
    let column = posterior.layout.logPosterior
    func value(_ index: Int) -> Double {
      posterior.drawnRow(chain: index / posterior.drawCount, draw: index % posterior.drawCount)[column]
    }
    var best = 0
    for index in 1..<max(total, 1) where value(index) > value(best) { best = index }
    var draws = [best]
    for start in 0..<Self.starts {
      let draw = start * (total - 1) / max(Self.starts - 1, 1)
      if !draws.contains(draw) { draws.append(draw) }
    }
    return draws
  }

  private func reference(ofDraw index: Int) -> LabelReference {
    let posterior = pass.posterior
    var sums = [Double](repeating: 0, count: components * pass.features.count)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      pass.features.write(
        posterior.drawnRow(chain: index / posterior.drawCount, draw: index % posterior.drawCount), into: base)
    }
    return LabelReference(sums: sums, pass.features)
  }

  private func converge(
    from reference: LabelReference, draws: Int
  ) throws(ModelError) -> (LabelTable, LabelPass.Result) {
    let (table, result) = try converge(from: reference, draws: draws, unless: [])
    guard let result else { throw .outOfMemory("the labels of \(draws) draws") }
    return (table, result)
  }

  /// Finds labels and references in turn.
  ///
  /// - Parameter known: the ends of other searches. A search that meets one of them ends without a result.
  private func converge(
    from reference: LabelReference, draws: Int, unless known: [LabelTable]
  ) throws(ModelError) -> (LabelTable, LabelPass.Result?) {
    let table = try LabelTable(draws: draws, components: components)
    var result = try pass.run(table, reference)
    for _ in 1..<Self.mostPasses {
      if known.contains(where: { $0.hasSameSets(as: table) }) { return (table, nil) }
      let next = try pass.run(table, LabelReference(sums: result.sums, pass.features))
      let isDone = next.changed == 0 || !(result.cost - next.cost > Self.leastGain * Double(draws))
      result = next
      if isDone { break }
    }
    return (table, result)
  }
}
