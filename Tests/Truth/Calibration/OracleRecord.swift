import TestSupport

/// The comparison of a long run with an exact posterior, for the report.
struct OracleRecord: Encodable {
  let oracle: String
  let model: String
  let kernel: String
  let count: Int
  let largest: Double
  let quantity: String
  let rootMeanSquare: Double

  init(_ oracle: String, _ model: String, _ kernel: String, _ deviations: Deviations) {
    self.oracle = oracle
    self.model = model
    self.kernel = kernel
    count = deviations.count
    (quantity, largest) = deviations.largest
    rootMeanSquare = deviations.rootMeanSquare
  }
}
