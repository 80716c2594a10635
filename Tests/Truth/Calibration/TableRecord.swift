/// The result of one kernel and row, for the report.
struct TableRecord<Statistic: Encodable & Sendable>: Encodable {
  let row: String
  let kernel: String
  let levels: [String: String]
  let replicates: Int
  var acceptance: Double?
  let names: [String]
  let statistics: [Statistic]
  let probabilities: [Double]
  /// The smallest probabilities with a bias of 0.05 posterior sds, if one was added.
  var biasedProbabilities: [Double]?
  var histograms: [[Int]]?

  init(
    _ row: ModelRow, _ kernel: String, replicates: Int, names: [String], statistics: [Statistic],
    probabilities: [Double]
  ) {
    self.row = row.testDescription
    self.kernel = kernel
    levels = Dictionary(uniqueKeysWithValues: row.levels.map { ($0.factor, $0.level) })
    self.replicates = replicates
    self.names = names
    self.statistics = statistics
    self.probabilities = probabilities
  }
}
