import GMMKernels
import GMMModel

/// The conditional distribution of one covariance matrix: inverse-Wishart(ν0 + n, Ψ0 + S).
///
/// Its memory serves one matrix after another: only ``init(dimension:)`` allocates.
struct CovarianceConditional {
  private(set) var dof = 0.0
  private(set) var scale: SymmetricMatrix
  /// Memory for the factor of a draw, for the scratch of the draw, and for a vector.
  private var factor: LowerTriangle
  private var scratch: LowerTriangle
  private var vector: [Double]

  init(dimension: Int) {
    scale = SymmetricMatrix(dimension: dimension)
    factor = LowerTriangle(dimension: dimension)
    scratch = factor
    vector = [Double](repeating: 0, count: dimension)
  }

  /// Makes this the prior, inverse-Wishart(`dof`, `scale`).
  mutating func start(dof: Double, scale: SymmetricMatrix) {
    self.dof = dof
    for i in scale.packed.indices { self.scale.packed[i] = scale.packed[i] }
  }

  /// Adds the members of component `k`.
  ///
  /// - Parameter point: the coordinates of their mean, relative to the statistics' center.
  mutating func add(_ statistics: SufficientStatistics, _ k: Int, about point: (Int) -> Double) {
    dof += statistics.counts[k]
    for d in vector.indices { vector[d] = point(d) }
    statistics.addSquares(of: k, about: vector, to: &scale.packed)
  }

  /// Adds `weight` v vᵀ, worth `degrees` observations.
  mutating func add(squareOf vector: (Int) -> Double, weight: Double, degrees: Double) {
    dof += degrees
    for d in self.vector.indices { self.vector[d] = vector(d) }
    scale.addSquare(of: self.vector, weight: weight)
  }

  /// Draws the Cholesky factor of the matrix and writes it, packed, to `factors` from place `start` on.
  ///
  /// - Throws: a ``ModelError`` of kind `degenerate` if the matrix is not positive definite after rounding.
  mutating func draw(
    _ stream: inout RandomStream, into factors: inout [Double], at start: Int
  ) throws(ModelError) {
    for i in scale.packed.indices { factor.packed[i] = scale.packed[i] }
    if let failure = factor.factorize() {
      throw ModelError(
        .degenerate, "spread",
        "must have a prior scale that is not lost against the data's (a component's scatter is singular)",
        got: "pivot \(failure.value) in row \(failure.index)")
    }
    factor.withMemory { factor, dimension in
      scratch.withMemory { scratch, _ in
        stream.inverseWishart(dof: dof, factor: factor, dimension, scratch: scratch)
      }
    }
    for i in factor.packed.indices { factors[start + i] = factor.packed[i] }
  }
}
