import GMMKernels
import GMMModel

/// The predictive densities of a next row in each of a few groups of rows, under a ``PredictivePrior``. Rows are added
/// one at a time.
///
/// At power β a member counts β in the statistics of mean and spread, and its density is the ratio of the normalising
/// constants with and without it: Student's t at β = 1.
final class PredictiveDensities {
  private typealias Lanes = SIMD4<Double>

  private let structure: CovarianceStructure
  private let dimensions: Int
  private let power: Double

  /// What the components have in common that are alike.
  private struct Kind: Equatable {
    let prior: PredictivePrior
    let concentration: Double
  }

  private let kinds: [Kind]
  private let kindOfComponent: [Int]
  /// Whether the concentrations are the weights themselves. If not, a group's weight is its concentration + count.
  private let hasFixedWeights: Bool
  /// Whether the weights are jumps, of which a group of n members has w^n on average.
  private let hasJumps: Bool
  /// The log determinant and the inverse of each kind's scale, as ``scales`` has it.
  private let logDeterminants: [Double]
  private let inverses: [[Double]]
  /// The terms of each kind that depend on the number of members alone; NaN before they are needed.
  private let constants: UnsafeMutablePointer<Double>
  /// The number of such terms of a kind.
  private let termCount: Int

  /// What a group's densities have in common.
  private struct Group {
    var kind = 0
    var count = 0
    var kappa = 0.0
    var dof = 0.0
    /// The sum of the log determinant of its scale and of the terms of the number of members.
    var base = 0.0
    /// κ and the members, in rows.
    var worth = 0.0
    var logDeterminant = 0.0
    /// The square (x - mean)ᵀ W (x - mean) of the row that was asked for last.
    var square = 0.0
    /// The log of the growth of the determinant with the row that was asked for last.
    var logGrowth = 0.0
  }

  private let groups: UnsafeMutableBufferPointer<Group>
  private let means: UnsafeMutablePointer<Double>
  /// The inverse W of each group's scale (matrices), or the scale.
  private let scales: UnsafeMutablePointer<Double>
  /// W (x - mean) of each group for the row that was asked for last.
  private let products: UnsafeMutablePointer<Double>
  private let distances: UnsafeMutablePointer<Double>
  private let scaleSize: Int
  /// The numbers of a row of W: D, and zeros up to whole vectors.
  private let width: Int
  /// The number of coordinates that share one scale, as the log determinant counts it: D if spherical, else 1.
  private let coordinates: Double

  /// - Parameters:
  ///   - groups: the largest number of groups.
  ///   - rows: the number of rows.
  init(_ model: MixtureModel, _ rows: SplitMergeRows, power: Double, groups: Int) {
    structure = model.shape.structure
    dimensions = model.dimensionCount
    self.power = power
    (hasFixedWeights, hasJumps) = (model.hasFixedWeights, model.hasJumps)
    var distinct: [Kind] = []
    var places: [Int] = []
    for k in 0..<model.componentCount {
      let kind = Kind(prior: PredictivePrior(k, model, rows), concentration: model.concentration[k])
      if let place = distinct.firstIndex(of: kind) {
        places.append(place)
      } else {
        places.append(distinct.count)
        distinct.append(kind)
      }
    }
    kinds = distinct
    kindOfComponent = places
    let hasMatrices = model.shape.hasMatrices
    coordinates = model.shape.structure == .spherical ? Double(model.dimensionCount) : 1
    let lanes = Lanes.scalarCount
    let width = hasMatrices ? (dimensions + lanes - 1) / lanes * lanes : dimensions
    self.width = width
    scaleSize = hasMatrices ? dimensions * width : structure == .diag ? dimensions : 1
    func padded(_ matrix: SymmetricMatrix) -> [Double] {
      let full = matrix.full
      let zeros = [Double](repeating: 0, count: width - matrix.dimension)
      return (0..<matrix.dimension).flatMap { full[$0 * matrix.dimension..<($0 + 1) * matrix.dimension] + zeros }
    }
    var logDeterminants: [Double] = []
    var inverses: [[Double]] = []
    for prior in distinct.map(\.prior) {
      guard hasMatrices else {
        logDeterminants.append(prior.scale.reduce(0) { $0 + log($1) })
        inverses.append(prior.scale)
        continue
      }
      let matrix = SymmetricMatrix(dimension: dimensions, full: prior.scale)
      guard let factor = try? matrix.cholesky() else {
        logDeterminants.append(0)
        inverses.append(padded(SymmetricMatrix(diagonal: [Double](repeating: 1, count: dimensions))))
        continue
      }
      logDeterminants.append(factor.logDeterminantOfSquare)
      inverses.append(padded(factor.inverseOfSquare))
    }
    self.logDeterminants = logDeterminants
    self.inverses = inverses
    termCount = rows.points.count / dimensions + 1
    // SAFETY: this object owns the memory until `deinit`. All of it is initialised here.
    func memory(_ count: Int, of value: Double = 0) -> UnsafeMutablePointer<Double> {
      let first = UnsafeMutablePointer<Double>.allocate(capacity: count)
      first.initialize(repeating: value, count: count)
      return first
    }
    constants = memory(distinct.count * termCount, of: .nan)
    self.groups = .allocate(capacity: groups)
    self.groups.initialize(repeating: Group())
    means = memory(groups * dimensions)
    scales = memory(groups * scaleSize)
    products = memory(groups * width)
    distances = memory(width)
  }

  deinit {
    groups.deallocate()
    for memory in [constants, means, scales, products, distances] { memory.deallocate() }
  }

  /// Empties group `g`, which is then one of component `k`.
  func clear(_ g: Int, as k: Int) {
    groups[g].kind = kindOfComponent[k]
    clear(g)
  }

  /// Empties group `g`, which stays one of its component.
  func clear(_ g: Int) {
    let kind = groups[g].kind
    let prior = kinds[kind].prior
    groups[g].count = 0
    (groups[g].kappa, groups[g].dof) = (prior.kappa, prior.dof)
    for d in 0..<dimensions { means[g * dimensions + d] = prior.center[d] }
    for j in 0..<scaleSize { scales[g * scaleSize + j] = inverses[kind][j] }
    groups[g].logDeterminant = logDeterminants[kind]
    refresh(g)
  }

  /// Returns the number of rows in group `g`.
  func count(_ g: Int) -> Int { groups[g].count }

  /// Returns the log of the weight of group `g` times its predictive density at `x`, up to a constant of all groups.
  func logDensity(_ g: Int, at x: UnsafePointer<Double>) -> Double {
    let worth = groups[g].worth
    let logGrowth = logGrowth(g, x, power * worth / (worth + power))
    groups[g].logGrowth = logGrowth
    return groups[g].base - exponent(g, groups[g].count + 1) * logGrowth
  }

  /// Returns the same for a member `x` of group `g`, under the group without it.
  ///
  /// - Returns: NaN if the difference loses its digits. The group must then be made anew without the row.
  func logDensityOfMember(_ g: Int, at x: UnsafePointer<Double>) -> Double {
    if groups[g].count == 1 {
      clear(g)
      let result = logDensity(g, at: x)
      add(x, to: g)
      return result
    }
    // The mean includes the row. Without it the growth is the inverse of this shrinkage; so is that of the determinant.
    let worth = groups[g].worth
    let logShrinkage = logGrowth(g, x, -power * worth / (worth - power))
    groups[g].logGrowth = logShrinkage
    return base(groups[g], groups[g].count - 1)
      + (exponent(g, groups[g].count) - 0.5 * power * coordinates) * logShrinkage
  }

  /// Adds the row for which the density of group `g` was asked for last.
  func add(_ x: UnsafePointer<Double>, to g: Int) {
    let worth = groups[g].worth
    change(g, x, factor: power * worth / (worth + power), share: power / (worth + power), by: 1)
  }

  /// Takes a member out of group `g`, for which ``logDensityOfMember(_:at:)`` was asked last and is not NaN.
  func remove(_ x: UnsafePointer<Double>, from g: Int) {
    guard groups[g].count > 1 else { return clear(g) }
    let worth = groups[g].worth
    change(g, x, factor: -power * worth / (worth - power), share: -power / (worth - power), by: -1)
  }

  /// The share of a scale that must be left for a difference to keep its digits.
  private static let leastShrinkage = 1e-8

  /// Returns the power of the growth of a group that has `count` members with it.
  private func exponent(_ g: Int, _ count: Int) -> Double {
    return 0.5 * (groups[g].dof + power * coordinates * Double(count))
  }

  /// Returns the log of 1 + `factor` times the square of the distance to group `g`, summed over the coordinates where
  /// each has a scale of its own; NaN if that is too small.
  private func logGrowth(_ g: Int, _ x: UnsafePointer<Double>, _ factor: Double) -> Double {
    let mean = means + g * dimensions
    let scale = scales + g * scaleSize
    switch structure {
    case .full, .tied:
      multiply(g, x)
      let growth = 1 + factor * groups[g].square
      return growth > Self.leastShrinkage ? log(growth) : .nan
    case .diag:
      var (sum, product) = (0.0, 1.0)
      for d in 0..<dimensions {
        let distance = x[d] - mean[d]
        let growth = 1 + factor * distance * distance / scale[d]
        guard growth > Self.leastShrinkage else { return .nan }
        product *= growth
        if product > 1e200 || product < 1e-200 {
          sum += log(product)
          product = 1
        }
      }
      return sum + log(product)
    case .spherical:
      var square = 0.0
      for d in 0..<dimensions {
        let distance = x[d] - mean[d]
        square += distance * distance
      }
      groups[g].square = square
      let growth = 1 + factor * square / scale[0]
      return growth > Self.leastShrinkage ? log(growth) : .nan
    }
  }

  /// Adds or removes a row: the update of rank one of the scale, and that of the mean.
  private func change(_ g: Int, _ x: UnsafePointer<Double>, factor: Double, share: Double, by step: Int) {
    let mean = means + g * dimensions
    let scale = scales + g * scaleSize
    switch structure {
    case .full, .tied:
      let growth = 1 + factor * groups[g].square
      let ratio = factor / growth
      let product = products + g * width
      for i in 0..<dimensions {
        let step = ratio * product[i]
        for column in stride(from: 0, to: width, by: Lanes.scalarCount) {
          let row = scale + i * width + column
          UnsafeMutableRawPointer(row).storeBytes(
            of: Self.lanes(row) - step * Self.lanes(product + column), as: Lanes.self)
        }
      }
    case .diag:
      for d in 0..<dimensions {
        let distance = x[d] - mean[d]
        scale[d] += factor * distance * distance
      }
    case .spherical:
      scale[0] += factor * groups[g].square
    }
    groups[g].logDeterminant += groups[g].logGrowth
    for d in 0..<dimensions { mean[d] += share * (x[d] - mean[d]) }
    groups[g].count += step
    refresh(g)
  }

  /// Takes the terms that a group's densities have in common.
  private func refresh(_ g: Int) {
    let group = groups[g]
    groups[g].worth = group.kappa + power * Double(group.count)
    groups[g].base = base(group, group.count)
  }

  private func base(_ group: Group, _ count: Int) -> Double {
    let place = group.kind * termCount + count
    if constants[place].isNaN { constants[place] = constant(kinds[group.kind], count) }
    return constants[place] - 0.5 * power * coordinates * group.logDeterminant
  }

  /// Takes W (x - mean) and the square (x - mean)ᵀ W (x - mean).
  private func multiply(_ g: Int, _ x: UnsafePointer<Double>) {
    let mean = means + g * dimensions
    for d in 0..<dimensions { distances[d] = x[d] - mean[d] }
    let product = products + g * width
    var square = Lanes.zero
    // W is symmetric, so its rows are summed, in as many columns at a time as a vector has.
    for column in stride(from: 0, to: width, by: Lanes.scalarCount) {
      var row = scales + g * scaleSize + column
      var (even, odd) = (Lanes.zero, Lanes.zero)
      var i = 0
      while i + 1 < dimensions {
        even += distances[i] * Self.lanes(row)
        odd += distances[i + 1] * Self.lanes(row + width)
        row += 2 * width
        i += 2
      }
      if i < dimensions { even += distances[i] * Self.lanes(row) }
      let sum = even + odd
      UnsafeMutableRawPointer(product + column).storeBytes(of: sum, as: Lanes.self)
      square += sum * Self.lanes(distances + column)
    }
    groups[g].square = max(0, square.sum())
  }

  /// Returns the numbers from `first` on that a vector has.
  private static func lanes(_ first: UnsafePointer<Double>) -> Lanes {
    // SAFETY: rows and columns have whole vectors; the load asks for no alignment.
    UnsafeRawPointer(first).loadUnaligned(as: Lanes.self)
  }

  /// Returns the terms of the log density that depend on the number of members alone.
  private func constant(_ kind: Kind, _ count: Int) -> Double {
    let (kappa, dof) = (kind.prior.kappa, kind.prior.dof)
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
    if hasJumps {
      return sum + GammaProcess.logMoment(Double(count + 1)) - GammaProcess.logMoment(Double(count))
    }
    let weight = hasFixedWeights ? kind.concentration : kind.concentration + Double(count)
    return log(weight) + sum
  }
}
