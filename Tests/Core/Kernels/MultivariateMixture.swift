import Foundation
import TestSupport
import Testing

#if GMM_AVX512
  @testable import GMMKernelsAVX512
#elseif GMM_AVX2
  @testable import GMMKernelsAVX2
#else
  @testable import GMMKernels
#endif

/// A mixture in D dimensions in plain arrays, evaluated by forward substitution instead of by inverse factors.
struct MultivariateMixture {
  let dimensions: Int
  let form: FactorForm
  var logWeights: [Double]
  var means: [[Double]]
  /// Lower factors L with Σ = L Lᵀ, rows of full length.
  var factors: [[[Double]]]

  var count: Int { means.count }

  /// The sds lie between 0.5 and a few. The correlations leave the factors well-conditioned for any D, and the means
  /// are some sds apart.
  init(components: Int, dimensions: Int, form: FactorForm, spread: Double = 2, _ stream: inout RandomStream) {
    self.dimensions = dimensions
    self.form = form
    let weights = (0..<components).map { _ in stream.exponential() }
    logWeights = weights.map { log($0 / weights.reduce(0, +)) }
    means = (0..<components).map { _ in (0..<dimensions).map { _ in spread * stream.normal() } }
    factors = (0..<components).map { _ in
      (0..<dimensions).map { i in
        (0..<dimensions).map { j in
          if i == j { return 0.5 + stream.exponential() }
          return i < j || form == .diagonal ? 0 : 0.5 * stream.normal() / Double(dimensions).squareRoot()
        }
      }
    }
  }

  /// Returns a point of a component of equal chance.
  func point(_ stream: inout RandomStream) -> [Double] {
    let k = stream.index(below: count)
    let z = (0..<dimensions).map { _ in stream.normal() }
    return (0..<dimensions).map { i in means[k][i] + (0...i).reduce(0) { $0 + factors[k][i][$1] * z[$1] } }
  }

  /// Returns the inverse of component `k`'s factor, column by column, rows of full length.
  func inverse(_ k: Int) -> [[Double]] {
    let factor = factors[k]
    var result = [[Double]](repeating: [Double](repeating: 0, count: dimensions), count: dimensions)
    for j in 0..<dimensions {
      for i in j..<dimensions {
        var sum = i == j ? 1.0 : 0
        for m in j..<i { sum -= factor[i][m] * result[m][j] }
        result[i][j] = sum / factor[i][i]
      }
    }
    return result
  }

  /// Writes the table.
  func fill(_ table: MultivariateTable) {
    for k in 0..<count {
      table.constants[k] = constant(k)
      for i in 0..<dimensions { table.center(of: k)[i] = means[k][i] }
      let inverse = inverse(k)
      for i in 0..<dimensions {
        switch form {
        case .diagonal: table.factor(of: k)[i] = inverse[i][i] * 0.5.squareRoot()
        case .triangular:
          for j in 0...i { table.factor(of: k)[i * (i + 1) / 2 + j] = inverse[i][j] * 0.5.squareRoot() }
        }
      }
    }
  }

  private func constant(_ k: Int) -> Double {
    (0..<dimensions).reduce(logWeights[k]) { $0 - log(factors[k][$1][$1]) - halfLogTwoPi }
  }

  /// Returns the log shares of all components at `x`, and a bound of the error of each.
  ///
  /// A y of D terms is exact to (D + 2) 2^-53 Σ|F||d|, its coefficients to as much again, and the sum of D squares to D
  /// 2^-53 of itself; the reference errs as much. Σ|F||d| is bounded by the same substitution with all signs equal.
  func logShares(_ x: [Double]) -> [(value: Double, error: Double)] {
    (0..<count).map { k in
      let factor = factors[k]
      var y = [Double](repeating: 0, count: dimensions)
      var bounds = y
      var (square, bound) = (0.0, 0.0)
      for i in 0..<dimensions {
        var sum = x[i] - means[k][i]
        var size = abs(sum)
        if form == .triangular {
          for j in 0..<i {
            sum -= factor[i][j] * y[j]
            size += abs(factor[i][j]) * bounds[j]
          }
        }
        y[i] = sum / factor[i][i]
        bounds[i] = size / factor[i][i]
        square += y[i] * y[i]
        bound += bounds[i] * bounds[i]
      }
      let rounding = 0x1p-53 * Double(8 * dimensions + 32)
      return (constant(k) - square / 2, rounding * (bound + abs(constant(k)) + 1))
    }
  }

  /// Returns responsibilities at `x`, a bound of the relative error of each, and the log density with its own.
  func responsibilities(_ x: [Double]) -> (values: [Double], errors: [Double], logDensity: Double, error: Double) {
    let shares = logShares(x)
    let largest = shares.map(\.value).max() ?? 0
    let ratios = shares.map { exp($0.value - largest) }
    let total = ratios.reduce(0, +)
    let values = ratios.map { $0 / total }
    // The total errs by the mean of its terms' errors.
    let error = zip(values, shares).reduce(0) { $0 + $1.0 * $1.1.error }
    return (values, shares.map { $0.error + error }, largest + log(total), error)
  }
}

/// The memory of a kernel and its inputs.
final class MultivariateWorkspace {
  let table: MultivariateTable
  let sums: MultivariateSums
  let scratch: AlignedBuffer<Double>
  let x: AlignedBuffer<Double>
  let labels: AlignedBuffer<UInt8>
  let size: Int
  private let memory: AlignedBuffer<Double>

  init(_ mixture: MultivariateMixture, _ points: [[Double]]) throws {
    let (count, dimensions, form) = (mixture.count, mixture.dimensions, mixture.form)
    size = MultivariateSums.size(count: count, dimensions: dimensions, form: form)
    memory = try #require(AlignedBuffer<Double>(count: 2 * size))
    table = MultivariateTable(count: count, dimensions: dimensions, form: form, memory: memory.base)
    sums = MultivariateSums(count: count, dimensions: dimensions, form: form, memory: memory.base + size)
    let scratchSize = multivariateScratchSize(count: count, dimensions: dimensions, form: form)
    // The earlier contents must not matter.
    scratch = try #require(AlignedBuffer<Double>(count: scratchSize + 8))
    for i in 0..<scratchSize { scratch.base[i] = .nan }
    for i in 0..<8 { scratch.base[scratchSize + i] = 12_345 }
    for i in 0..<size { sums.memory[i] = .nan }
    let groups = (points.count + 7) / 8
    x = try #require(AlignedBuffer<Double>(count: groups * 8 * dimensions))
    labels = try #require(AlignedBuffer<UInt8>(count: groups * 8))
    mixture.fill(table)
    for (i, point) in points.enumerated() {
      for d in 0..<dimensions { x.base[(i / 8 * dimensions + d) * 8 + i % 8] = point[d] }
    }
  }

  /// The sums of the last call.
  var values: [Double] { (0..<size).map { sums.memory[$0] } }

  /// Whether nothing was written beyond the scratch memory.
  var isScratchKept: Bool { (0..<8).allSatisfy { scratch.base[scratch.count - 8 + $0] == 12_345 } }
}

/// Sums over points in plain arrays, in the order of ``MultivariateSums``, with the error that each may have.
struct ExpectedSums {
  private let mixture: MultivariateMixture
  private(set) var values: [Double]
  private(set) var errors: [Double]

  init(_ mixture: MultivariateMixture) {
    self.mixture = mixture
    let size = MultivariateSums.size(count: mixture.count, dimensions: mixture.dimensions, form: mixture.form)
    values = [Double](repeating: 0, count: size)
    errors = values
  }

  /// Adds a point to component `k`.
  ///
  /// - Parameter error: the relative error of the weight and of everything that is done with it.
  mutating func add(_ k: Int, _ x: [Double], weight: Double, error: Double) {
    let (count, dimensions) = (mixture.count, mixture.dimensions)
    let distance = (0..<dimensions).map { x[$0] - mixture.means[k][$0] }
    add(k, weight, error)
    for i in 0..<dimensions { add(count + k * dimensions + i, weight * distance[i], error) }
    let squares = count * (1 + dimensions) + k * mixture.form.size(dimensions: dimensions)
    for i in 0..<dimensions {
      switch mixture.form {
      case .diagonal: add(squares + i, weight * distance[i] * distance[i], error)
      case .triangular:
        for j in 0...i { add(squares + i * (i + 1) / 2 + j, weight * distance[i] * distance[j], error) }
      }
    }
  }

  private mutating func add(_ place: Int, _ term: Double, _ error: Double) {
    values[place] += term
    errors[place] += abs(term) * error
  }

  /// Returns how many of `other` deviate by more than they may.
  func deviations(_ other: [Double]) -> Int {
    // 1e-290: responsibilities that underflow.
    values.indices.count { !(abs(values[$0] - other[$0]) <= errors[$0] + 1e-290) }
  }
}
