import GMMKernels
import GMMModel

/// The conditional distribution of one component's mean given its covariance matrix: Normal(m, P⁻¹), with
/// P = P0 + n Σ⁻¹ and m = c + P⁻¹ (P0 (m0 - c) + Σ⁻¹ Σ(x - c)), where P0 is the prior's precision.
struct MeanConditional {
  /// What the distribution's spread is known by.
  private enum Root {
    /// C with P = C Cᵀ.
    case precision(LowerTriangle)
    /// L with P⁻¹ = scale² L Lᵀ.
    case covariance(LowerTriangle, scale: Double)
  }

  /// m, the mean and the mode.
  let mean: [Double]
  private let root: Root

  init(
    _ k: Int, _ model: MixtureModel, _ parameters: Parameters, _ statistics: SufficientStatistics
  ) throws(ModelError) {
    let range = model.shape.mean(k)
    let centers = range.map { statistics.centers[$0] }
    let sums = range.map { statistics.sums[$0] }
    let distances = range.map { model.meanCenters[$0] - statistics.centers[$0] }
    let count = statistics.counts[k]
    let factor = parameters.factor(k)
    if model.hasScaledMeans {
      // P = (κ + n) Σ⁻¹: the factor of Σ is all that it takes.
      let kappa = model.meanKappas[k]
      mean = (0..<centers.count).map { centers[$0] + (kappa * distances[$0] + sums[$0]) / (kappa + count) }
      root = .covariance(factor, scale: 1 / (kappa + count).squareRoot())
      return
    }
    var precision = factor.inverseOfSquare
    for i in precision.packed.indices { precision.packed[i] *= count }
    var target = factor.solveTransposed(factor.solve(sums))
    for (d, j) in range.enumerated() {
      let priorPrecision = 1 / (model.meanSDs[j] * model.meanSDs[j])
      precision[d, d] += priorPrecision
      target[d] += priorPrecision * distances[d]
    }
    let precisionFactor = try Self.cholesky(precision)
    mean = zip(centers, precisionFactor.solveTransposed(precisionFactor.solve(target))).map(+)
    root = .precision(precisionFactor)
  }

  /// Returns m and P of coordinate `d` where the coordinates are independent: P = 1/s0² + n/σ² and
  /// m = c + ((m0 - c)/s0² + Σ(x - c)/σ²) / P; where the prior is scaled by the spread, 1/s0² is κ/σ².
  @inline(__always)
  static func coordinate(
    _ k: Int, _ d: Int, _ model: MixtureModel, _ parameters: Parameters, _ statistics: SufficientStatistics
  ) -> (mean: Double, precision: Double) {
    let j = k * model.dimensionCount + d
    let sd = parameters.sd(k, d)
    let dataPrecision = 1 / (sd * sd)
    let center = statistics.centers[j]
    let distance = model.meanCenters[j] - center
    if model.hasScaledMeans {
      // Without the spread, which cancels, so that nothing overflows.
      let worth = model.meanKappas[k] + statistics.counts[k]
      return (
        center + model.meanKappas[k] / worth * distance + statistics.sums[j] / worth, worth * dataPrecision
      )
    }
    let priorPrecision = 1 / (model.meanSDs[j] * model.meanSDs[j])
    let precision = priorPrecision + statistics.counts[k] * dataPrecision
    let shift = (priorPrecision * distance + dataPrecision * statistics.sums[j]) / precision
    if shift.isFinite { return (center + shift, precision) }
    // Precisions of the smallest sds times the largest distances overflow; shares of the precision do not.
    let shares = (prior: priorPrecision / precision, data: dataPrecision / precision)
    return (center + (shares.prior * distance + shares.data * statistics.sums[j]), precision)
  }

  private static func cholesky(_ matrix: SymmetricMatrix) throws(ModelError) -> LowerTriangle {
    do throws(FailedPivot) {
      return try matrix.cholesky()
    } catch {
      throw ModelError(
        .degenerate, "spread",
        "must keep the covariance matrices invertible, got pivot \(error.value) in row \(error.index) of a precision")
    }
  }

  /// Returns an exact draw, (D).
  func draw(_ stream: inout RandomStream) -> [Double] {
    let normals = mean.map { _ in stream.normal() }
    let noise =
      switch root {
      case .precision(let factor): factor.solveTransposed(normals)
      case .covariance(let factor, let scale): factor.multiply(normals).map { scale * $0 }
      }
    return zip(mean, noise).map(+)
  }

  /// Returns column `d` of P⁻¹.
  private func covarianceColumn(_ d: Int) -> [Double] {
    switch root {
    case .precision(let factor):
      var unit = [Double](repeating: 0, count: mean.count)
      unit[d] = 1
      return factor.solveTransposed(factor.solve(unit))
    case .covariance(let factor, let scale):
      return factor.multiply(mean.indices.map { scale * scale * factor[d, $0] })
    }
  }

  /// Turns a draw into one from the same distribution with a coordinate restricted to an interval.
  ///
  /// The coordinate is drawn anew from its restricted margin, and the others follow it along their regression on it
  /// (Matheron's rule): y + V e (t - y_d) / V_dd has the conditional distribution of the rest given t.
  func restrict(
    _ point: inout [Double], coordinate d: Int, to bounds: (lower: Double, upper: Double), _ stream: inout RandomStream
  ) {
    let value = stream.normal(
      mean: mean[d], sd: variance(d).squareRoot(), lower: bounds.lower, upper: bounds.upper)
    move(&point, coordinate: d, to: value)
  }

  /// Moves a point along the regression of the other coordinates on coordinate `d`.
  func move(_ point: inout [Double], coordinate d: Int, to value: Double) {
    let column = covarianceColumn(d)
    let shift = (value - point[d]) / column[d]
    for i in point.indices { point[i] += column[i] * shift }
    point[d] = value
  }

  /// The variance of coordinate `d`.
  func variance(_ d: Int) -> Double { covarianceColumn(d)[d] }
}
