import GMMModel

/// The numbers of a component in which the cost of each label is linear: v (1, μ, Σ + μ μᵀ), with μ and Σ about the
/// data's mean in units of the data's standard deviations.
///
/// v is the component's weight w, made smaller where the component is far wider or farther from the data than they are
/// themselves: v = w min(1, 4 D / r), with r the sum over coordinates of (σ² + μ²). Components without rows are drawn
/// from the prior, which may have no variance.
struct LabelFeatures: Sendable {
  let layout: DrawLayout
  /// Whether features have whole matrices, not only their diagonals.
  let hasMatrices: Bool
  /// The number of features of a component.
  let count: Int
  private let centers: [Double]
  private let inverses: [Double]
  /// The first columns of means, sds and covariances.
  private let firstMean: Int
  private let firstSD: Int
  private let firstCovariance: Int

  /// - Parameters:
  ///   - layout: the layout of the rows.
  ///   - hasMatrices: whether the rows or their reference have covariance matrices.
  ///   - spread: the data's.
  init(_ layout: DrawLayout, hasMatrices: Bool, _ spread: DataSpread) {
    let dimensions = layout.shape.dimensionCount
    self.layout = layout
    self.hasMatrices = hasMatrices
    count = Self.count(dimensions, hasMatrices: hasMatrices)
    (firstMean, firstSD) = (layout.means.lowerBound, layout.sds.lowerBound)
    firstCovariance = layout.covariances.lowerBound
    centers = spread.means
    // A column of one value has no unit of its own.
    inverses = spread.variances.map { $0 > 0 && (1 / $0.squareRoot()).isFinite ? 1 / $0.squareRoot() : 1 }
  }

  static func count(_ dimensions: Int, hasMatrices: Bool) -> Int {
    1 + dimensions + (hasMatrices ? PackedTriangle.count(dimensions) : dimensions)
  }

  var dimensionCount: Int { layout.shape.dimensionCount }
  var componentCount: Int { layout.componentCount }

  /// Writes the features of all components of a draw, (K, ``count``).
  func write(_ row: UnsafePointer<Double>, into features: UnsafeMutablePointer<Double>) {
    let (dimensions, shape) = (dimensionCount, layout.shape)
    centers.withUnsafeBufferPointer { centers in
      inverses.withUnsafeBufferPointer { inverses in
        // SAFETY: a data set has at least one column.
        guard let centers = centers.baseAddress, let inverses = inverses.baseAddress else { return }
        for k in 0..<componentCount {
          let target = features + k * count
          let (means, squares) = (target + 1, target + 1 + dimensions)
          let mean = row + firstMean + k * dimensions
          for d in 0..<dimensions { means[d] = (mean[d] - centers[d]) * inverses[d] }
          let spread =
            shape.hasMatrices
            ? row + firstCovariance + shape.matrix(k) * dimensions * dimensions : row + firstSD + shape.sd(k, 0)
          writeSquares(
            squares, means, inverses, dimensions, spread, areMatrices: shape.hasMatrices,
            step: shape.structure == .spherical ? 0 : 1)
          var size = 0.0
          for d in 0..<dimensions { size += squares[hasMatrices ? PackedTriangle.index(d, d) : d] }
          weigh(target, row[k], size: size)
        }
      }
    }
  }

  /// Writes Σ + μ μᵀ of one component, or its diagonal.
  ///
  /// - Parameters:
  ///   - spread: the covariance matrix, or the sds.
  ///   - step: the distance between two sds; 0 if one serves all coordinates.
  @inline(__always)
  private func writeSquares(
    _ squares: UnsafeMutablePointer<Double>, _ means: UnsafePointer<Double>, _ inverses: UnsafePointer<Double>,
    _ dimensions: Int, _ spread: UnsafePointer<Double>, areMatrices: Bool, step: Int
  ) {
    guard hasMatrices else {
      for d in 0..<dimensions {
        let sd = spread[d * step] * inverses[d]
        squares[d] = sd * sd + means[d] * means[d]
      }
      return
    }
    var row = squares
    for i in 0..<dimensions {
      for j in 0...i { row[j] = means[i] * means[j] }
      if areMatrices {
        let entries = spread + i * dimensions
        for j in 0...i { row[j] += entries[j] * inverses[i] * inverses[j] }
      } else {
        let sd = spread[i * step] * inverses[i]
        row[i] += sd * sd
      }
      row += i + 1
    }
  }

  /// Multiplies the features of a component by their weight v.
  private func weigh(_ features: UnsafeMutablePointer<Double>, _ weight: Double, size: Double) {
    let room = 4 * Double(dimensionCount)
    let v = size > room ? weight * (room / size) : weight
    // A component beyond the range of numbers, or of weight 0, may have any label.
    guard v > 0, size.isFinite else { return features.update(repeating: 0, count: count) }
    features[0] = v
    for f in 1..<count { features[f] *= v }
  }

  /// Returns the sums of rows whose components are known, as features with the number of rows in place of v.
  ///
  /// The data's covariance counts as one more row at the mean of each component, so that few rows do not make a
  /// component that is arbitrarily narrow.
  ///
  /// - Parameter labels: a component for each row, or -1.
  func sums(of data: DataSet, labels: [Int]) -> [Double] {
    let dimensions = dimensionCount
    var sums = [Double](repeating: 0, count: componentCount * count)
    var point = [Double](repeating: 0, count: dimensions)
    for (i, label) in labels.enumerated() where label >= 0 {
      let weight = data.weights?[i] ?? 1
      guard weight > 0 else { continue }
      for d in 0..<dimensions { point[d] = (data.filled(i, d) - centers[d]) * inverses[d] }
      let first = label * count
      sums[first] += weight
      for d in 0..<dimensions {
        sums[first + 1 + d] += weight * point[d]
        addSquares(&sums, first, d, weight * point[d], point)
      }
    }
    for k in 0..<componentCount {
      let first = k * count
      let rows = sums[first]
      for d in 0..<dimensions { point[d] = rows > 0 ? sums[first + 1 + d] / rows : 0 }
      sums[first] += 1
      for d in 0..<dimensions {
        sums[first + 1 + d] += point[d]
        addSquares(&sums, first, d, point[d], point)
        sums[first + 1 + dimensions + (hasMatrices ? PackedTriangle.index(d, d) : d)] += 1
      }
    }
    return sums
  }

  @inline(__always)
  private func addSquares(_ sums: inout [Double], _ first: Int, _ d: Int, _ factor: Double, _ point: [Double]) {
    let squares = first + 1 + dimensionCount
    guard hasMatrices else {
      sums[squares + d] += factor * point[d]
      return
    }
    for e in 0...d { sums[squares + PackedTriangle.index(d, e)] += factor * point[e] }
  }
}
