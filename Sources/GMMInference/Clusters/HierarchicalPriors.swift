import GMMModel

/// Hierarchical priors at the scale of the data, after Malsiner-Walli, Frühwirth-Schnatter, Grün (2016), "Model-based
/// clustering based on sparse finite Gaussian mixtures", Statistics and Computing 26.
///
/// Let m_d be the median and R_d the range of column d. The priors are mean_k ~ Normal(m, diag(R²)), Σ_k ~
/// inverse-Wishart(D + 4, W) and W ~ Wishart(D + 1, (D + 4) / (100 (D + 1)) diag(R²)) above (D + 4) / 10⁴ diag(u R²). So
/// the scale of the covariances is learned from the data, and what is typical of a component is shared: W / (D + 4) has
/// the mean diag(R² / 100) and the bound diag(u R² / 10⁴). With C the correlation matrix of the data, u_d = 1 / ((C + 10⁻⁶
/// I)⁻¹)_dd is the share of a column's variance that the others do not determine. For a column that is nearly a sum of
/// others, the components are as thin as the data. A variance has the prior of one dimension, inverse-Gamma(5 / 2,
/// β) with β ~ Gamma(1, 40 / R²) above R² / 4000: of its own column for `diag`; for `spherical` with the average of R²
/// over the columns. None of this depends on the number of components.
///
/// The bound is not in the paper, and W there has D degrees of freedom. Without it the posterior is improper where rows
/// tie in a column or columns determine each other: near 0 the density of a covariance matrix is then ∝ |Σ|^(-1/2), and
/// the likelihood grows without limit. The least of the degrees of freedom for which the constant of a bounded
/// Wishart distribution is known is D + 1.
///
/// (In the paper's words c₀ = (D + 4) / 2 and g₀ = D / 2. Its inverse-Wishart(c₀, C₀) has 2 c₀ degrees of freedom and the
/// scale 2 C₀, so W = 2 C₀.)
struct HierarchicalPriors: Sendable {
  let means: MeansPrior
  let spread: SpreadPrior
  let hyperpriors: Hyperpriors

  /// - Parameter control: threads, progress in columns and in blocks of observations over up to three passes, cancelling.
  /// - Throws: ``ModelError`` for fewer than 2 rows, for a constant column, and when the caller cancels.
  init(_ shape: MixtureShape, _ data: DataSet, _ control: RunControl) throws(ModelError) {
    try data.requireScale()
    let dimensions = shape.dimensionCount
    let blocks = shape.hasMatrices ? data.blockCount : 0
    let team = WorkTeam(control, units: 1, blocks: blocks)
    let kernels = control.build.kernels
    let (columns, shares) = try team.pass(control, blocks: dimensions + 3 * blocks) {
      (crew, tally) throws(ModelError) -> (columns: [(median: Double, range: Double)], shares: [Double]) in
      var columns: [(median: Double, range: Double)] = []
      for d in 0..<dimensions {
        guard tally.goesOn else { throw tally.cancellationError }
        columns.append(try Self.column(d, of: data))
        tally.pass()
      }
      guard shape.hasMatrices else { return (columns, []) }
      let scale = DataSpread(data, tally)
      guard tally.goesOn else { throw tally.cancellationError }
      let covariance = try ScaledPriors.covariance(
        data, scale, divisor: data.totalWeight, kernels, workers: team.workers, crew, tally)
      guard tally.goesOn else { throw tally.cancellationError }
      return (columns, Self.sharesOfVariance(covariance))
    }
    let squares = columns.map { $0.range * $0.range }
    means = .normal(mean: columns.map(\.median), sd: columns.map(\.range))
    switch shape.structure {
    case .full, .tied:
      let (dof, ownDof) = (Double(dimensions + 4), Double(dimensions + 1))
      let scale = SymmetricMatrix(diagonal: squares.map { 0.01 * dof / ownDof * $0 }).full
      let lower = zip(squares, shares).map { 1e-4 * dof * $0 * $1 }
      // Chains start at the mean of the scale.
      let mean = zip(scale, SymmetricMatrix(diagonal: lower).full).map { ownDof * $0 + $1 }
      spread = .inverseWishart(dof: [dof], scale: mean)
      hyperpriors = Hyperpriors(scale: ScalePrior(dof: ownDof, scale: scale, lower: lower))
    case .diag, .spherical:
      let average = squares.reduce(0, +) / Double(dimensions)
      let means = (shape.structure == .diag ? squares : [average]).map { $0 / 40 }
      spread = .inverseGamma(shape: [2.5], scale: means)
      hyperpriors = Hyperpriors(
        rate: RatePrior(shape: [1], rate: means.map { 1 / $0 }, lower: means.map { 0.01 * $0 }))
    }
  }

  /// Returns the share of the variance of each column that the other columns do not determine, at least about 1e-6.
  private static func sharesOfVariance(_ covariance: SymmetricMatrix) -> [Double] {
    let dimensions = covariance.dimension
    var correlation = covariance
    for i in 0..<dimensions {
      for j in 0..<i { correlation[i, j] /= (covariance[i, i] * covariance[j, j]).squareRoot() }
    }
    for d in 0..<dimensions { correlation[d, d] = 1 + 1e-6 }
    // Positive definite, as the least eigenvalue is 1e-6 up to rounding.
    guard let inverse = try? correlation.cholesky().inverseOfSquare else {
      return [Double](repeating: 1e-6, count: dimensions)
    }
    return (0..<dimensions).map { min(1, 1 / inverse[$0, $0]) }
  }

  /// Returns the median and the range of a column, of the rows of positive weight. A row of weight w counts as w rows in
  /// the median.
  private static func column(_ d: Int, of data: DataSet) throws(ModelError) -> (median: Double, range: Double) {
    let median: Double
    let range: Double
    if let weights = data.weights {
      let rows = (0..<data.count).filter { weights[$0] > 0 && !data.isMissing($0, d) }
        .sorted { data[$0, d] < data[$1, d] }
      range = rows.isEmpty ? 0 : data[rows[rows.count - 1], d] - data[rows[0], d]
      // The middle of all points at which half of the weight is reached.
      let half = 0.5 * (data.patterns == nil ? data.totalWeight : rows.reduce(0) { $0 + weights[$1] })
      var sum = 0.0
      let place = rows.firstIndex {
        sum += weights[$0]
        return sum >= half
      }
      let lower = min(place ?? 0, max(rows.count - 1, 0))
      let upper = sum == half ? min(lower + 1, rows.count - 1) : lower
      median = rows.isEmpty ? 0 : 0.5 * (data[rows[lower], d] + data[rows[upper], d])
    } else {
      let values = (0..<data.count).filter { !data.isMissing($0, d) }.map { data[$0, d] }.sorted()
      range = values.isEmpty ? 0 : values[values.count - 1] - values[0]
      median = values.isEmpty ? 0 : 0.5 * (values[(values.count - 1) / 2] + values[values.count / 2])
    }
    guard range > 0 else {
      throw ModelError(
        .degenerate, "data", "must vary in every column for priors on their scale",
        got: "a constant column \(data.columnName(d))")
    }
    return (median, range)
  }
}
