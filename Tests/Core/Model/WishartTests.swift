import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

/// Wishart and inverse-Wishart draws agree with their moments and marginal distributions.
@Suite struct WishartTests {
  private let scale = SymmetricMatrix(dimension: 3, full: [2, 0.6, -0.4, 0.6, 1, 0.3, -0.4, 0.3, 0.5])

  /// E W = dof S, Var W_ij = dof (S_ij² + S_ii S_jj) (Anderson 2003, 7.3); the mean of n draws within 5 standard
  /// errors.
  @Test(arguments: [2.5, 3, 7, 40.5])
  func wishartNumbersHaveTheirMoments(dof: Double) throws {
    let count = 40_000
    var sum = SymmetricMatrix(dimension: 3)
    for factor in try wishart(dof: dof, count) {
      let draw = factor.square
      for i in sum.packed.indices { sum.packed[i] += draw.packed[i] }
    }
    for i in 0..<3 {
      for j in 0...i {
        let variance = dof * (scale[i, j] * scale[i, j] + scale[i, i] * scale[j, j])
        let mean = sum[i, j] / Double(count)
        #expect(abs(mean - dof * scale[i, j]) < 5 * (variance / Double(count)).squareRoot(), "entry \(i), \(j)")
      }
    }
  }

  /// E Σ_ij = Ψ_ij / (m - 1) with m = dof - D, Var Σ_ij = ((m + 1) Ψ_ij² + (m - 1) Ψ_ii Ψ_jj) / (m (m - 1)² (m - 3))
  /// (von Rosen 1988). dof is large enough for the average of the draws to be nearly Normal.
  @Test(arguments: [13.0, 40.5])
  func inverseWishartNumbersHaveTheirMoments(dof: Double) throws {
    let count = 40_000
    var sum = SymmetricMatrix(dimension: 3)
    for factor in try inverseWishart(scale, dof: dof, count) {
      let draw = factor.square
      for i in sum.packed.indices { sum.packed[i] += draw.packed[i] }
    }
    let m = dof - 3
    for i in 0..<3 {
      for j in 0...i {
        let variance =
          ((m + 1) * scale[i, j] * scale[i, j] + (m - 1) * scale[i, i] * scale[j, j])
          / (m * (m - 1) * (m - 1) * (m - 3))
        let mean = sum[i, j] / Double(count)
        #expect(abs(mean - scale[i, j] / (m - 1)) < 5 * (variance / Double(count)).squareRoot(), "entry \(i), \(j)")
      }
    }
  }

  /// aᵀ Σ⁻¹ a / aᵀ Ψ⁻¹ a is chi-square with dof degrees of freedom for any a, and the leading q x q block of Σ
  /// inverse-Wishart with dof - D + q: for q = 1 an inverse Gamma number.
  @Test(arguments: [2.1, 3, 10])
  func inverseWishartNumbersHaveTheirMargins(dof: Double) throws {
    let factors = try inverseWishart(scale, dof: dof, 50_000)
    let root = try scale.cholesky()
    for direction in [[1.0, 0, 0], [0, 0, 1], [0.3, -2, 1]] {
      let size = squared(root.solve(direction))
      let draws = factors.map { log(0.5 * squared($0.solve(direction)) / size) }
      let statistic = GoodnessOfFit.kolmogorov(draws) { Distributions.gamma(logX: $0, shape: 0.5 * dof) }
      #expect(statistic < GoodnessOfFit.kolmogorovLimit, "direction \(direction)")
    }
    let variances = factors.map { log(0.5 * scale[0, 0]) - 2 * log($0[0, 0]) }
    let margin = GoodnessOfFit.kolmogorov(variances) { Distributions.gamma(logX: $0, shape: 0.5 * (dof - 2)) }
    #expect(margin < GoodnessOfFit.kolmogorovLimit)
  }

  /// log |Ψ| - log |Σ| is a sum of logarithms of independent chi-square numbers, mean Σ ψ((dof - i) / 2) + D log 2,
  /// variance Σ ψ'((dof - i) / 2); the derivatives of log Γ by central differences with an error below 1e-6.
  @Test func determinantsOfInverseWishartNumbersHaveTheirMoments() throws {
    let dof = 6.5
    let count = 40_000
    let logDeterminant = try scale.cholesky().logDeterminantOfSquare
    let draws = try inverseWishart(scale, dof: dof, count).map { logDeterminant - $0.logDeterminantOfSquare }
    var mean = 3 * log(2.0)
    var variance = 0.0
    let step = 1e-4
    for i in 0..<3 {
      let x = 0.5 * (dof - Double(i))
      mean += (lgamma(x + step) - lgamma(x - step)) / (2 * step)
      variance += (lgamma(x + step) - 2 * lgamma(x) + lgamma(x - step)) / (step * step)
    }
    let average = draws.reduce(0, +) / Double(count)
    #expect(abs(average - mean) < 5 * (variance / Double(count)).squareRoot())
    let square = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    // The kurtosis of the sum is below 2 beyond the Normal's 3, so its square has a variance below 4 times σ⁴.
    #expect(abs(square / variance - 1) < 5 * (4 / Double(count)).squareRoot())
  }

  @Test func inOneDimensionTheNumbersAreInverseGamma() throws {
    let one = SymmetricMatrix(diagonal: [3])
    for dof in [0.3, 1, 4.7, 1e4] {
      let draws = try inverseWishart(one, dof: dof, 20_000)
      let statistic = GoodnessOfFit.kolmogorov(draws.map { log(1.5) - 2 * log($0[0, 0]) }) {
        Distributions.gamma(logX: $0, shape: 0.5 * dof)
      }
      #expect(statistic < GoodnessOfFit.kolmogorovLimit, "dof \(dof)")
      // The numbers are those of the Gamma generator, except for the rounding of six operations.
      var stream = stream(dof)
      for draw in draws.prefix(100) {
        let variance = exp(log(1.5) - stream.logGamma(shape: 0.5 * dof))
        #expect(abs(draw[0, 0] * draw[0, 0] / variance - 1) < 1e-14 * max(1, abs(log(variance))))
      }
    }
  }

  /// The second variable is the first plus an independent 10⁻⁹ of it, out of reach of any inverse of Ψ: its conditional
  /// sd is 10⁻⁹ over the root of a chi-square number all the same.
  @Test func illConditionedScalesKeepTheirDigits() {
    let draws = inverseWishart(LowerTriangle(dimension: 2, packed: [1, 1, 1e-9]), dof: 5, 20_000)
    let statistic = GoodnessOfFit.kolmogorov(draws.map { log(0.5e-18) - 2 * log($0[1, 1]) }) {
      Distributions.gamma(logX: $0, shape: 2.5)
    }
    #expect(statistic < GoodnessOfFit.kolmogorovLimit)
  }

  /// Mean and covariance of points within 5 standard errors: Var of a product's average (S_ij² + S_ii S_jj) / n.
  /// Two thirds of the first chi-square roots are below 1e-140 here, and many of their inverses beyond any double.
  @Test(arguments: [1, 2, 5]) func degreesOfFreedomJustAboveTheirLeastLeaveNumbers(dimension: Int) {
    var root = LowerTriangle(dimension: dimension)
    for i in 0..<dimension { for j in 0...i { root.packed[i * (i + 1) / 2 + j] = i == j ? 1 : 0.5 } }
    let factors = inverseWishart(root, dof: Double(dimension - 1) + 1e-3, 1_000)
    var atLimit = 0
    for factor in factors {
      let isFinite = factor.packed.allSatisfy { $0.isFinite }
      #expect(isFinite)
      for i in 0..<dimension { #expect(factor[i, i] > 0) }
      atLimit += factor[0, 0] == 1e140 ? 1 : 0
    }
    #expect(atLimit > 100)
  }

  @Test func normalPointsHaveTheirMoments() throws {
    let mean = [1.0, -20, 300]
    let factor = try scale.cholesky()
    let count = 100_000
    var stream = stream(11)
    var sums = [Double](repeating: 0, count: 3)
    var squares = SymmetricMatrix(dimension: 3)
    for _ in 0..<count {
      var point = mean
      stream.normal(mean: mean, factor: factor.packed, 3, into: &point)
      let distance = zip(point, mean).map { $0 - $1 }
      for i in 0..<3 { sums[i] += distance[i] }
      squares.addSquare(of: distance)
    }
    let n = Double(count)
    for i in 0..<3 {
      #expect(abs(sums[i] / n) < 5 * (scale[i, i] / n).squareRoot())
      for j in 0...i {
        let variance = scale[i, j] * scale[i, j] + scale[i, i] * scale[j, j]
        #expect(abs(squares[i, j] / n - scale[i, j]) < 5 * (variance / n).squareRoot())
      }
    }
  }

  /// log Γ_2(x) = log π / 2 + log Γ(x) + log Γ(x - 1/2) = log(π) + (2 - 2x) log 2 + log Γ(2x - 1), by duplication.
  @Test func multivariateGammaFunctionObeysDuplication() {
    for x in [0.6, 1, 2.5, 30, 1e4] {
      let expected = log(Double.pi) + (2 - 2 * x) * log(2) + lgamma(2 * x - 1)
      #expect(abs(logGammaFunction(x, dimension: 2) - expected) < 1e-14 * max(10, abs(expected)))
      #expect(logGammaFunction(x, dimension: 1) == lgamma(x))
    }
  }

  private func stream(_ number: Double) -> RandomStream {
    RandomStream(StreamKey(seed: UInt64(1_000 * number), chain: 0, purpose: .parameters).at(iteration: 0))
  }

  private func squared(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 } }

  private func wishart(dof: Double, _ count: Int) throws -> [LowerTriangle] {
    let root = try scale.cholesky()
    var stream = stream(dof)
    return (0..<count).map { _ in
      var factor = root
      stream.wishart(dof: dof, scale: root.packed, 3, into: &factor.packed)
      return factor
    }
  }

  private func inverseWishart(_ scale: SymmetricMatrix, dof: Double, _ count: Int) throws -> [LowerTriangle] {
    inverseWishart(try scale.cholesky(), dof: dof, count)
  }

  private func inverseWishart(_ root: LowerTriangle, dof: Double, _ count: Int) -> [LowerTriangle] {
    var stream = stream(dof)
    var scratch = root.packed
    return (0..<count).map { _ in
      var factor = root
      stream.inverseWishart(dof: dof, factor: &factor.packed, root.dimension, scratch: &scratch)
      return factor
    }
  }
}
