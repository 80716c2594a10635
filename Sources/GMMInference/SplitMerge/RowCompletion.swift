import GMMKernels
import GMMModel

/// Completes rows of which not everything is known, for the split-merge moves of a chain.
///
/// Given the parameters, each row draws a component from what is known of it, and its true values given both. Parameters,
/// assignments and values together have the posterior, of which moves leave the values as they are. A row of weight n is n
/// rows, and rows of which nothing is known are left out.
///
/// It belongs to one chain, and one thread at a time uses it.
final class RowCompletion {
  private let data: DataSet
  private let patterns: RowPatterns
  private let kernels: MixtureKernels
  private let components: UncertainComponents
  private let table: AlignedBuffer<Double>
  private let shares: AlignedBuffer<Double>
  private var row: UncertainRow
  /// The number of each row, as often as its weight says.
  private let places: [Int]

  /// Returns `nil` if there are no moves of such rows: they are complete, have labels, or are more than a block has.
  init?(_ data: DataSet, _ model: MixtureModel, _ set: KernelSet) throws(ModelError) {
    guard let patterns = data.patterns, !(data.details?.hasLabels ?? false), data.hasWholeWeights,
      data.totalWeight >= 2, data.totalWeight <= Double(blockSize)
    else { return nil }
    let shape = model.shape
    kernels = MixtureKernels(
      shape, set, isWeighted: true, box: model.background?.box(dimensions: shape.dimensionCount))
    components = try UncertainComponents(shape, data)
    guard let table = AlignedBuffer<Double>(count: Parameters.tableSize(shape)),
      let shares = AlignedBuffer<Double>(count: RowShares.size(shape.densityCount)),
      let row = UncertainRow(dimensions: shape.dimensionCount, isDiagonal: components.areDiagonal)
    else { throw .outOfMemory("the completion of \(data.count) rows") }
    (self.data, self.patterns, self.table, self.shares, self.row) = (data, patterns, table, shares, row)
    places = (0..<data.count).flatMap { i in
      let copies = patterns.areEmpty(patterns.pattern(of: i)) ? 0 : Int(data.weight(i))
      return [Int](repeating: i, count: copies)
    }
  }

  /// Returns the rows with numbers in the place of what is not known; `nil` if there are no moves of them.
  func filled(_ model: MixtureModel) throws(ModelError) -> SplitMergeRows? {
    try rows(places.flatMap { data.filledRow($0) }, model)
  }

  /// Draws the rows, and writes their components: K for a background.
  func draw(
    _ parameters: Parameters, _ model: MixtureModel, _ labels: inout [Int], _ stream: inout RandomStream
  ) throws(ModelError) -> SplitMergeRows? {
    let (shape, dimensions) = (kernels.shape, kernels.shape.dimensionCount)
    kernels.fillTable(parameters, power: 1, table.base)
    components.fill(
      MultivariateTable(
        count: shape.densityCount, dimensions: dimensions, form: shape.factorForm, memory: table.base))
    var values: [Double] = []
    values.reserveCapacity(places.count * dimensions)
    for (place, i) in places.enumerated() {
      let pattern = patterns.pattern(of: i)
      row.take(pattern)
      let chosen = row.shares(data, i, pattern, components, kernels.box, into: shares.base).draw(&stream)
      labels[place] = chosen
      guard chosen < components.count else {
        BackgroundRow(box: kernels.box, data: data, row: i).draw(into: row.means, &stream)
        for d in 0..<dimensions { values.append(row.means[d]) }
        continue
      }
      let component = components.component(chosen)
      row.prepareDraw(data, i, component)
      row.draw(data, i, component, &stream)
      for d in 0..<dimensions { values.append(component.center[d] + row.means[d]) }
    }
    return try rows(values, model)
  }

  private func rows(_ values: [Double], _ model: MixtureModel) throws(ModelError) -> SplitMergeRows? {
    // Draws beyond the range of data lead to no move.
    guard values.allSatisfy({ abs($0) <= ParameterLimits.mean }) else { return nil }
    return try SplitMergeRows(try DataSet(values, dimensionCount: kernels.shape.dimensionCount), model)
  }
}
