import Foundation
import GMMKernels
import GMMModel
import Testing

/// Factors of packed symmetric matrices, against exact small cases and the error bounds of backward stable algorithms.
@Suite struct LinearAlgebraTests {
  /// 2⁻⁵³.
  private let unit = 0x1p-53
  /// Sizes below, at and beyond the width of a vector.
  private static let dimensions = [1, 2, 3, 7, 8, 9, 16, 31, 64, 130]

  @Test func choleskyOfIntegersIsExact() throws {
    let matrix = SymmetricMatrix(dimension: 3, full: [4, 12, -16, 12, 37, -43, -16, -43, 98])
    let factor = try matrix.cholesky()
    #expect(factor.packed == [2, 6, 1, -8, 5, 3])
    #expect(factor.full == [2, 0, 0, 6, 1, 0, -8, 5, 3])
    #expect(factor.square == matrix)
    #expect(factor.squareTransposed.full == [104, -34, -24, -34, 26, 15, -24, 15, 9])
    #expect(factor.solve([2, 7, 0]) == [1, 1, 1])
    #expect(factor.solveTransposed([0, 6, 3]) == [1, 1, 1])
    #expect(factor.multiply([1, 1, 1]) == [2, 7, 0])
    #expect(factor.multiply(factor).packed == [4, 18, 1, -10, 20, 9])
    #expect(abs(factor.logDeterminantOfSquare - log(36)) < 4 * unit * log(36))
  }

  /// |L Lᵀ - A|_ij ≤ (D + 1) u √(A_ii A_jj) for the factor (Higham 2002, theorem 10.3), and D u for the product.
  @Test(arguments: dimensions)
  func choleskyReproducesTheMatrix(dimension: Int) throws {
    let matrix = random(dimension)
    let factor = try matrix.cholesky()
    let product = factor.square
    for i in 0..<dimension {
      #expect(factor[i, i] > 0)
      for j in 0...i {
        let scale = (matrix[i, i] * matrix[j, j]).squareRoot()
        #expect(abs(product[i, j] - matrix[i, j]) <= Double(2 * dimension + 2) * unit * scale)
      }
    }
  }

  /// Each row of X L - I is bounded by D u |X| |L|, twice that with the rounding of the product here.
  @Test(arguments: dimensions)
  func inverseOfATriangleIsStable(dimension: Int) throws {
    let factor = try random(dimension).cholesky()
    let inverse = factor.inverse
    for i in 0..<dimension {
      for j in 0...i {
        var sum = i == j ? -1.0 : 0
        var size = 1.0
        for k in j...i {
          sum += inverse[i, k] * factor[k, j]
          size += abs(inverse[i, k] * factor[k, j])
        }
        #expect(abs(sum) <= Double(2 * dimension + 2) * unit * size)
      }
    }
    // (L Lᵀ)⁻¹ is the sum over rows of the inverse.
    let precision = factor.inverseOfSquare
    for i in 0..<dimension {
      for j in 0...i {
        let terms = (i..<dimension).map { inverse[$0, i] * inverse[$0, j] }
        let size = terms.reduce(0) { $0 + abs($1) }
        #expect(abs(precision[i, j] - terms.reduce(0, +)) <= Double(2 * dimension) * unit * size)
      }
    }
  }

  /// |L x - b| ≤ D u |L| |x| (Higham 2002, theorem 8.5), twice that with the rounding of the product here.
  @Test(arguments: dimensions)
  func solutionsAreBackwardStable(dimension: Int) throws {
    let factor = try random(dimension).cholesky()
    var stream = stream(dimension)
    let b = (0..<dimension).map { _ in stream.normal() }
    for (x, isTransposed) in [(factor.solve(b), false), (factor.solveTransposed(b), true)] {
      for i in 0..<dimension {
        let terms = (0..<dimension).map { (isTransposed ? factor[$0, i] : factor[i, $0]) * x[$0] }
        let size = terms.reduce(abs(b[i])) { $0 + abs($1) }
        #expect(abs(terms.reduce(-b[i], +)) <= Double(2 * dimension + 2) * unit * size)
      }
    }
  }

  /// The determinant of the Hilbert matrix of order 5 is 1 / 266,716,800,000; its condition 5e5 costs six digits of
  /// sixteen.
  @Test func hilbertMatrixHasItsDeterminantAndInverse() throws {
    var hilbert = SymmetricMatrix(dimension: 5)
    for i in 0..<5 { for j in 0...i { hilbert[i, j] = 1 / Double(i + j + 1) } }
    let factor = try hilbert.cholesky()
    #expect(abs(factor.logDeterminantOfSquare + log(266_716_800_000)) < 1e-9)
    let inverse = factor.inverseOfSquare
    #expect(abs(inverse[0, 0] - 25) < 25e-9)
    #expect(abs(inverse[3, 2] + 117_600) < 117_600e-9)
    #expect(abs(inverse[4, 4] - 44_100) < 44_100e-9)
  }

  @Test func failingPivotIsNamedWithItsValue() {
    expectFailure(SymmetricMatrix(dimension: 2, full: [1, 2, 2, 4]), at: 1, value: 0)
    expectFailure(SymmetricMatrix(dimension: 3, full: [1, 2, 0, 2, 1, 0, 0, 0, 1]), at: 1, value: -3)
    expectFailure(SymmetricMatrix(diagonal: [4, 9, 0, 1]), at: 2, value: 0)
    expectFailure(SymmetricMatrix(diagonal: [-1]), at: 0, value: -1)
    expectFailure(SymmetricMatrix(diagonal: [1, .infinity]), at: 1, value: .infinity)
    let hole = #expect(throws: FailedPivot.self) { try SymmetricMatrix(diagonal: [1, .nan]).cholesky() }
    #expect(hole?.index == 1 && hole?.value.isNaN == true)
  }

  /// The second variable is the first plus an independent 2⁻⁴⁰ of its variance.
  @Test func toleranceRefusesPivotsThatAreRounding() throws {
    let rest = 0x1p-40
    let matrix = SymmetricMatrix(dimension: 2, full: [1, 1, 1, 1 + rest])
    #expect(try matrix.cholesky().packed == [1, 1, rest.squareRoot()])
    expectFailure(matrix, at: 1, value: rest, tolerance: 1e-12)
    #expect(throws: Never.self) { try matrix.cholesky(tolerance: 1e-13) }
  }

  /// The second variable is twice the first, the fourth the third; the first pivot that is raised is named.
  @Test func flooredFactorKeepsWhatIsNotSingular() throws {
    var packed = SymmetricMatrix(
      dimension: 4, full: [1, 2, 1, 0, 2, 4, 2, 0, 1, 2, 5, 6, 0, 0, 6, 9]
    ).packed
    let floors = [1e-6, 4e-6, 1e-6, 1e-4]
    let failure = PackedTriangle.factorize(&packed, 4, floors: floors)
    #expect(failure == FailedPivot(index: 1, value: 0))
    #expect(packed == [1, 2, 2e-3, 1, 0, 2, 0, 0, 3, 1e-2])
    // No pivot needs to be raised, so the factor is the matrix's own.
    let matrix = random(9)
    packed = matrix.packed
    #expect(PackedTriangle.factorize(&packed, 9, floors: [Double](repeating: 1e-12, count: 9)) == nil)
    #expect(try packed == matrix.cholesky().packed)
  }

  @Test func squaresAddUp() {
    var matrix = SymmetricMatrix(diagonal: [1, 1, 1])
    matrix.addSquare(of: [1, 2, 3], weight: 2)
    #expect(matrix.full == [3, 4, 6, 4, 9, 12, 6, 12, 19])
    #expect(matrix.diagonal == [3, 9, 19])
    #expect(matrix[0, 2] == 6 && matrix[2, 0] == 6)
    // The arrays are longer than a vector.
    var long = SymmetricMatrix(dimension: 19)
    long.addSquare(of: (0..<19).map(Double.init))
    for i in 0..<19 { for j in 0..<19 { #expect(long[i, j] == Double(i * j)) } }
  }

  @Test func packingAndUnpackingAreInverse() {
    let matrix = random(9)
    #expect(SymmetricMatrix(dimension: 9, full: matrix.full) == matrix)
    let size = 9
    var packed = [Double](repeating: 0, count: PackedTriangle.count(size))
    var full = [Double](repeating: .nan, count: size * size)
    PackedTriangle.pack(matrix.full, size, into: &packed)
    #expect(packed == matrix.packed)
    PackedTriangle.unpackSymmetric(packed, size, into: &full)
    #expect(full == matrix.full)
    PackedTriangle.unpackTriangle(packed, size, into: &full)
    #expect(full == LowerTriangle(dimension: size, packed: packed).full)
  }

  private func expectFailure(_ matrix: SymmetricMatrix, at index: Int, value: Double, tolerance: Double = 0) {
    let failure = #expect(throws: FailedPivot.self) { try matrix.cholesky(tolerance: tolerance) }
    #expect(failure?.index == index && failure?.value == value)
  }

  private func stream(_ number: Int) -> RandomStream {
    RandomStream(StreamKey(seed: UInt64(number), chain: 0, purpose: .parameters).at(iteration: 0))
  }

  /// A random positive definite matrix: sums of 2 D squares of Normal vectors.
  private func random(_ dimension: Int) -> SymmetricMatrix {
    var stream = stream(dimension)
    var matrix = SymmetricMatrix(dimension: dimension)
    for _ in 0..<(2 * dimension) { matrix.addSquare(of: (0..<dimension).map { _ in stream.normal() }) }
    return matrix
  }
}
