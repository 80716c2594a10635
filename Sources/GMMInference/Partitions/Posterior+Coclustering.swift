import GMMKernels
import GMMModel

extension Posterior {
  /// The largest number of rows for which ``coclustering(_:)`` returns all pairs: 4,096 rows take 134 MB.
  public static let coclusteringRows = 4_096

  /// Returns the probability that two rows share a component, given the data, for all pairs of rows.
  ///
  /// - Returns: N x N, row after row; symmetric, 1 on the diagonal.
  /// - Throws: ``ModelError`` for more than ``coclusteringRows`` rows, whose pairs take much memory and are asked for
  ///   by ``coclustering(rows:columns:_:)``, for prior draws, and when the caller cancels.
  public func coclustering(_ control: RunControl = RunControl()) throws(ModelError) -> [Double] {
    try requireData()
    guard data.count <= Self.coclusteringRows else {
      var need = MemoryNeed()
      need.add(data.count, data.count, 8)
      throw ModelError(
        "rows",
        "must be given for more than \(Self.coclusteringRows) rows, because all pairs take "
          + "\(need.bytes.map { "\($0)" } ?? "more than 2^63") bytes", got: "none for \(data.count) rows")
    }
    return try coclustering(rows: Array(0..<data.count), control)
  }

  /// Returns the probability that two rows share a component, given the data, for some pairs.
  ///
  /// - Parameters:
  ///   - rows: numbers of rows, at least one. A row may be named more than once.
  ///   - columns: numbers of the rows that they are paired with; `nil` for the same.
  /// - Returns: rows x columns, row after row; 1 for the pair of a row with itself.
  /// - Throws: ``ModelError`` for numbers out of range, for prior draws, if there is not enough memory, and when the
  ///   caller cancels.
  public func coclustering(
    rows: [Int], columns: [Int]? = nil, _ control: RunControl = RunControl()
  ) throws(ModelError) -> [Double] {
    try check(rows, columns)
    return try makeArray([rows.count, columns?.count ?? rows.count], "probabilities of pairs") {
      (output) throws(ModelError) in
      try coclustering(rows: rows, columns: columns, into: output, control)
    }
  }

  /// Writes the probability that two rows share a component: the average over all draws of Σ_k p_ik p_jk, where p are
  /// the exact responsibilities given a draw, and 1 for the pair of a row with itself.
  ///
  /// - Parameter output: rows x columns, row-major. It is partly written when the caller cancels.
  /// - Complexity: O(draws rows columns K) time, half of it without columns; no memory beyond the output that grows
  ///   with the draws or the rows.
  package func coclustering(
    rows: [Int], columns: [Int]?, into output: UnsafeMutablePointer<Double>, _ control: RunControl = RunControl()
  ) throws(ModelError) {
    try check(rows, columns)
    let patches = CoclusteringPatches(rows: rows, columns: columns)
    let kernels = kernels(control.build.kernels)
    let target = SharedOutput(output)
    let share = 1 / Double(valueCount)
    // An AVX-512 core adds about 20 products in a nanosecond, and takes about 5 ns for a responsibility.
    let pairs = min(Double(rows.count), Double(CoclusteringPatch.size))
    let cost = 1e-3 * Double(valueCount) * Double(shape.componentCount) * pairs * (pairs / 20 + 10)
    try BlockTeam.run(
      blocks: patches.count, costPerBlock: cost, control,
      makeWorkspace: {
        CoclusteringPatch(self, kernels, rows: patches.rows.count, columns: patches.columns.count)
      },
      body: { patch, workspace, monitor in
        let (across, along) = patches[patch]
        let columns = patches.columns
        guard workspace.run(patches.rows[across], columns[along], isSame: patches.isSame(patch), monitor) else {
          return
        }
        for i in across {
          for j in along {
            let value =
              patches.rows[i] == columns[j] ? 1 : share * workspace[i - across.lowerBound, j - along.lowerBound]
            target.base[i * columns.count + j] = value
            if patches.isSymmetric { target.base[j * columns.count + i] = value }
          }
        }
      })
  }

  /// Refuses draws without data.
  func requireData() throws(ModelError) {
    guard data.count > 0 else {
      throw ModelError(.unsupported, "posterior", "must have observations", got: isPrior ? "prior draws" : "none")
    }
  }

  private func check(_ rows: [Int], _ columns: [Int]?) throws(ModelError) {
    try requireData()
    for (name, numbers) in [("rows", rows), ("columns", columns ?? rows)] {
      guard !numbers.isEmpty else { throw ModelError(name, "must name at least one row", got: "none") }
      for (place, row) in numbers.enumerated() where row < 0 || row >= data.count {
        throw ModelError("\(name)[\(place)]", "must be between 0 and \(data.count - 1)", got: row)
      }
    }
  }
}

/// The patches of a matrix of pairs. Where rows and columns are the same, those below the diagonal are left out.
private struct CoclusteringPatches {
  let rows: [Int]
  let columns: [Int]
  let isSymmetric: Bool
  private let across: Int
  private let along: Int

  init(rows: [Int], columns: [Int]?) {
    self.rows = rows
    self.columns = columns ?? rows
    isSymmetric = columns == nil
    across = (rows.count + CoclusteringPatch.size - 1) / CoclusteringPatch.size
    along = (self.columns.count + CoclusteringPatch.size - 1) / CoclusteringPatch.size
  }

  var count: Int { isSymmetric ? across * (across + 1) / 2 : across * along }

  private func place(_ patch: Int) -> (row: Int, column: Int) {
    guard isSymmetric else { return (patch / along, patch % along) }
    // Patch c (c + 1) / 2 + r is that of row r ≤ c and column c.
    var column = Int(((8 * Double(patch) + 1).squareRoot() - 1) / 2)
    while column * (column + 1) / 2 > patch { column -= 1 }
    while (column + 1) * (column + 2) / 2 <= patch { column += 1 }
    return (patch - column * (column + 1) / 2, column)
  }

  func isSame(_ patch: Int) -> Bool {
    let (row, column) = place(patch)
    return isSymmetric && row == column
  }

  subscript(_ patch: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let (row, column) = place(patch)
    let size = CoclusteringPatch.size
    return (row * size..<min(rows.count, (row + 1) * size), column * size..<min(columns.count, (column + 1) * size))
  }
}
