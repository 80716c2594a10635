import GMMKernels
import GMMModel

/// The predictive densities of a next row in each of a few groups of rows, under a ``PredictivePrior``. Rows are added
/// one at a time.
///
/// At power β a member counts β in the statistics of mean and spread, and its density is the ratio of the normalising
/// constants with and without it: Student's t at β = 1.
struct PredictiveDensities {
  private let structure: CovarianceStructure
  private let dimensions: Int
  private let power: Double
  private let priors: [PredictivePrior]
  /// The Cholesky factor's log determinant and the inverse of each prior's scale.
  private let logDeterminants: [Double]
  private let inverses: [[Double]]
  /// The terms of each prior that depend on the number of members alone; NaN before they are needed.
  private var constants: [[Double]]
  /// The prior of each component.
  private let priorOfComponent: [Int]
  /// log(concentration + count), or the log of the known weight.
  private let concentration: [Double]
  private let logWeights: [Double]?

  // The groups: the prior, the number of members, the mean, and the inverse of the scale (matrices) or the scale.
  private var priorOfGroup: [Int]
  private var component: [Int]
  private var counts: [Int]
  private var means: [Double]
  private var scales: [Double]
  private var determinants: [Double]
  /// W (x - mean) of each group for the row that was asked for last, and its square.
  private var products: [Double]
  private var squares: [Double]

  private let scaleSize: Int

  /// - Parameters:
  ///   - groups: the largest number of groups.
  ///   - rows: the number of rows.
  init(_ model: MixtureModel, _ rows: SplitMergeRows, power: Double, groups: Int) {
    structure = model.shape.structure
    dimensions = model.dimensionCount
    self.power = power
    var distinct: [PredictivePrior] = []
    var places: [Int] = []
    for k in 0..<model.componentCount {
      let prior = PredictivePrior(k, model, rows)
      if let place = distinct.firstIndex(of: prior) {
        places.append(place)
      } else {
        places.append(distinct.count)
        distinct.append(prior)
      }
    }
    priors = distinct
    priorOfComponent = places
    concentration = model.concentration
    logWeights = model.hasFixedWeights ? model.concentration.map { log($0) } : nil
    let hasMatrices = model.shape.hasMatrices
    scaleSize = hasMatrices ? dimensions * dimensions : structure == .diag ? dimensions : 1
    var logDeterminants: [Double] = []
    var inverses: [[Double]] = []
    for prior in distinct {
      guard hasMatrices else {
        logDeterminants.append(prior.scale.reduce(0) { $0 + log($1) })
        inverses.append(prior.scale)
        continue
      }
      let matrix = SymmetricMatrix(dimension: dimensions, full: prior.scale)
      guard let factor = try? matrix.cholesky() else {
        logDeterminants.append(0)
        inverses.append((0..<scaleSize).map { $0 % (model.dimensionCount + 1) == 0 ? 1 : 0 })
        continue
      }
      logDeterminants.append(factor.logDeterminantOfSquare)
      inverses.append(factor.inverseOfSquare.full)
    }
    self.logDeterminants = logDeterminants
    self.inverses = inverses
    let rowCount = rows.points.count / dimensions
    constants = distinct.map { _ in [Double](repeating: .nan, count: rowCount + 1) }
    priorOfGroup = [Int](repeating: 0, count: groups)
    component = priorOfGroup
    counts = priorOfGroup
    means = [Double](repeating: 0, count: groups * dimensions)
    scales = [Double](repeating: 0, count: groups * scaleSize)
    determinants = [Double](repeating: 0, count: groups)
    products = means
    squares = determinants
  }

  /// Empties group `g`, which is then one of component `k`.
  mutating func clear(_ g: Int, as k: Int) {
    let prior = priorOfComponent[k]
    (priorOfGroup[g], component[g], counts[g]) = (prior, k, 0)
    for d in 0..<dimensions { means[g * dimensions + d] = priors[prior].center[d] }
    for j in 0..<scaleSize { scales[g * scaleSize + j] = inverses[prior][j] }
    determinants[g] = logDeterminants[prior]
  }

  /// Returns the log of the weight of group `g` times its predictive density at `x`, up to a constant of all groups.
  @inline(__always)
  mutating func logDensity(_ g: Int, at x: UnsafePointer<Double>) -> Double {
    let prior = priorOfGroup[g]
    let count = counts[g]
    if constants[prior][count].isNaN { constants[prior][count] = constant(prior, count) }
    let worth = priors[prior].kappa + power * Double(count)
    let factor = power * worth / (worth + power)
    let logWeight = logWeights.map { $0[component[g]] } ?? log(concentration[component[g]] + Double(count))
    var result = logWeight + constants[prior][count]
    let dof = priors[prior].dof
    switch structure {
    case .full, .tied:
      let square = multiply(g, x)
      squares[g] = square
      result -= 0.5 * power * determinants[g]
      result -= 0.5 * (dof + power * Double(count + 1)) * log(1 + factor * square)
    case .diag:
      var product = 1.0
      for d in 0..<dimensions {
        let distance = x[d] - means[g * dimensions + d]
        product *= 1 + factor * distance * distance / scales[g * dimensions + d]
        if product > 1e200 {
          result -= 0.5 * (dof + power * Double(count + 1)) * log(product)
          product = 1
        }
      }
      result -= 0.5 * power * determinants[g]
      result -= 0.5 * (dof + power * Double(count + 1)) * log(product)
    case .spherical:
      var square = 0.0
      for d in 0..<dimensions {
        let distance = x[d] - means[g * dimensions + d]
        square += distance * distance
      }
      let size = Double(dimensions)
      squares[g] = square
      result -= 0.5 * power * size * determinants[g]
      result -= 0.5 * (dof + power * size * Double(count + 1)) * log(1 + factor * square / scales[g])
    }
    return result
  }

  /// Adds the row for which the density of group `g` was asked for last.
  @inline(__always)
  mutating func add(_ x: UnsafePointer<Double>, to g: Int) {
    let worth = priors[priorOfGroup[g]].kappa + power * Double(counts[g])
    let factor = power * worth / (worth + power)
    let share = power / (worth + power)
    let first = g * dimensions
    switch structure {
    case .full, .tied:
      let growth = 1 + factor * squares[g]
      let ratio = factor / growth
      scales.withUnsafeMutableBufferPointer { scales in
        products.withUnsafeBufferPointer { products in
          for i in 0..<dimensions {
            let row = g * scaleSize + i * dimensions
            let step = ratio * products[first + i]
            for j in 0..<dimensions { scales[row + j] -= step * products[first + j] }
          }
        }
      }
      determinants[g] += log(growth)
    case .diag:
      var sum = 0.0
      for d in 0..<dimensions {
        let distance = x[d] - means[first + d]
        let old = scales[first + d]
        scales[first + d] = old + factor * distance * distance
        sum += log(scales[first + d] / old)
      }
      determinants[g] += sum
    case .spherical:
      let old = scales[g]
      scales[g] = old + factor * squares[g]
      determinants[g] += log(scales[g] / old)
    }
    for d in 0..<dimensions { means[first + d] += share * (x[d] - means[first + d]) }
    counts[g] += 1
  }

  /// Takes a member of group `g` out of it.
  ///
  /// - Returns: whether the group's numbers keep their digits. If not, the group must be made anew from its rows.
  @inline(__always)
  mutating func remove(_ x: UnsafePointer<Double>, from g: Int) -> Bool {
    if counts[g] == 1 {
      clear(g, as: component[g])
      return true
    }
    // The mean includes the row, so the factor is that of the smaller group.
    let worth = priors[priorOfGroup[g]].kappa + power * Double(counts[g])
    let factor = power * worth / (worth - power)
    let share = power / (worth - power)
    let first = g * dimensions
    var isExact = true
    switch structure {
    case .full, .tied:
      let shrinkage = 1 - factor * multiply(g, x)
      guard shrinkage > Self.leastShrinkage else { return false }
      let ratio = factor / shrinkage
      scales.withUnsafeMutableBufferPointer { scales in
        products.withUnsafeBufferPointer { products in
          for i in 0..<dimensions {
            let row = g * scaleSize + i * dimensions
            let step = ratio * products[first + i]
            for j in 0..<dimensions { scales[row + j] += step * products[first + j] }
          }
        }
      }
      determinants[g] += log(shrinkage)
    case .diag:
      var sum = 0.0
      for d in 0..<dimensions {
        let distance = x[d] - means[first + d]
        let old = scales[first + d]
        let new = old - factor * distance * distance
        if !(new > Self.leastShrinkage * old) { isExact = false }
        scales[first + d] = new
        sum += log(new / old)
      }
      determinants[g] += sum
    case .spherical:
      var square = 0.0
      for d in 0..<dimensions {
        let distance = x[d] - means[first + d]
        square += distance * distance
      }
      let old = scales[g]
      let new = old - factor * square
      if !(new > Self.leastShrinkage * old) { isExact = false }
      scales[g] = new
      determinants[g] += log(new / old)
    }
    for d in 0..<dimensions { means[first + d] -= share * (x[d] - means[first + d]) }
    counts[g] -= 1
    return isExact
  }

  /// The share of a scale that must be left for a difference to keep its digits.
  private static let leastShrinkage = 1e-8

  /// Returns the number of rows in group `g`.
  func count(_ g: Int) -> Int { counts[g] }

  /// Writes W (x - mean) to the products, and returns the square (x - mean)ᵀ W (x - mean).
  @inline(__always)
  private mutating func multiply(_ g: Int, _ x: UnsafePointer<Double>) -> Double {
    let first = g * dimensions
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: dimensions) { distance in
      for d in 0..<dimensions { distance[d] = x[d] - means[first + d] }
      var square = 0.0
      scales.withUnsafeBufferPointer { scales in
        products.withUnsafeMutableBufferPointer { products in
          for i in 0..<dimensions {
            let row = g * scaleSize + i * dimensions
            var sum = 0.0
            for j in 0..<dimensions { sum += scales[row + j] * distance[j] }
            products[first + i] = sum
            square += sum * distance[i]
          }
        }
      }
      return max(0, square)
    }
  }

  /// Returns the terms of the log density that depend on the number of members alone.
  private func constant(_ prior: Int, _ count: Int) -> Double {
    let (kappa, dof) = (priors[prior].kappa, priors[prior].dof)
    let worth = kappa + power * Double(count)
    let size = Double(dimensions)
    var sum = 0.5 * size * log(worth / (worth + power))
    func ratio(_ before: Double, _ step: Double) -> Double {
      logGammaFunction(0.5 * (before + step)) - logGammaFunction(0.5 * before)
    }
    let before = dof + power * Double(count)
    switch structure {
    case .full, .tied: for j in 0..<dimensions { sum += ratio(before - Double(j), power) }
    case .diag: sum += size * ratio(before, power)
    case .spherical: sum += ratio(dof + power * size * Double(count), power * size)
    }
    return sum
  }
}
