import GMMKernels
import GMMModel

/// The rows that split-merge moves assign: those of a data set, each as often as its whole weight says, in one block.
///
/// The chains of a run share them.
struct SplitMergeRows: Sendable {
  /// The rows for the kernels, without weights.
  let data: DataSet
  /// The points about their mean, by rows (N, D), in units of ``scales``.
  let points: [Double]
  /// The means of the columns, (D).
  let origin: [Double]
  /// The units of the columns, (D): their sds or, where coordinates share an sd, one number for all.
  let scales: [Double]

  /// Returns the number of the rows, or `nil` if there are no moves: the model has one component or no free parameter,
  /// or there are fewer than 2 rows or more than a block has.
  ///
  /// - Parameter data: with whole weights.
  static func count(_ data: DataSet, _ model: MixtureModel) -> Int? {
    guard model.componentCount > 1, model.freeParameterCount > 0, data.patterns == nil, data.totalWeight >= 2,
      data.totalWeight <= Double(blockSize)
    else { return nil }
    return Int(data.totalWeight)
  }

  /// Creates the rows, or returns `nil` if there are no moves; see ``count(_:_:)``.
  init?(_ data: DataSet, _ model: MixtureModel) throws(ModelError) {
    guard Self.count(data, model) != nil else { return nil }
    let dimensions = data.dimensionCount
    var values: [Double] = []
    for i in 0..<data.count {
      for _ in 0..<Int(data.weights?[i] ?? 1) { values += data.filledRow(i) }
    }
    // Rows without weights are shared, with their blocks.
    self.data = data.isPlain && data.firstRow == 0 ? data : try DataSet(values, dimensionCount: dimensions)
    let spread = DataSpread(self.data)
    var scales = spread.variances.map { $0.squareRoot() }
    if model.shape.structure == .spherical {
      let common = (spread.variances.reduce(0, +) / Double(dimensions)).squareRoot()
      scales = scales.map { _ in common }
    }
    for d in scales.indices where !(scales[d] > 0 && scales[d].isFinite) { scales[d] = 1 }
    origin = spread.means
    self.scales = scales
    for j in values.indices {
      let d = j % dimensions
      values[j] = (values[j] - spread.means[d]) / scales[d]
    }
    points = values
  }
}
