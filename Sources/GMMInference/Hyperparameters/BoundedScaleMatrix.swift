import GMMKernels
import GMMModel

/// A Markov step of a scale matrix W that leaves its conditional distribution above a bound invariant.
///
/// For F = diag(lower), V = W - F positive definite, and a precision A, the density is ∝ |W|^(n / 2) exp(-tr(A W) / 2).
/// Without the bound it is Wishart(n + D + 1, A⁻¹). The caller tries a draw of that first, which lies above the bound
/// unless rows that tie push the matrix onto it. Whether a try lies there does not depend on the present matrix. So the
/// step may take its place where it does not.
///
/// The step goes over the columns. Let v be column j of V without its entry V_jj, and t = V_jj - vᵀ V₋₋⁻¹ v > 0, where
/// V₋₋ and W₋₋ are without row and column j. As |W| = |W₋₋| (F_jj + t + vᵀ M v) with M = V₋₋⁻¹ - W₋₋⁻¹ = V₋₋⁻¹ F₋₋ W₋₋⁻¹,
/// the density of (v, t) given the rest is
///
///     (g + t)^(n / 2) exp(-A_jj t / 2)  ×  exp(-(A_jj vᵀ V₋₋⁻¹ v + 2 aᵀ v) / 2),  g = F_jj + vᵀ M v,
///
/// where a is column j of A without A_jj. The second factor is Normal(-V₋₋ a / A_jj, V₋₋ / A_jj), which proposes v. Given
/// v, g + t is Gamma(n / 2 + 1, A_jj / 2) above g, whose mass Z(g) decides on the proposal (Metropolis, Hastings).
struct BoundedScaleMatrix {
  private let lower: [Double]
  private var others: [Int] = []
  private var factorOfV: LowerTriangle
  private var factorOfW: LowerTriangle

  init(lower: [Double]) {
    self.lower = lower
    factorOfV = LowerTriangle(dimension: lower.count - 1)
    factorOfW = factorOfV
  }

  /// Makes a step.
  ///
  /// - Parameters:
  ///   - matrix: W, the lower triangle.
  ///   - power: n.
  ///   - precision: A, the lower triangle.
  mutating func step(
    _ matrix: inout LowerTriangle, power: Double, precision: SymmetricMatrix, _ stream: inout RandomStream
  ) {
    for j in lower.indices { stepColumn(j, &matrix, power, precision, &stream) }
  }

  private mutating func stepColumn(
    _ j: Int, _ matrix: inout LowerTriangle, _ power: Double, _ precision: SymmetricMatrix,
    _ stream: inout RandomStream
  ) {
    func place(_ i: Int, _ k: Int) -> Int { PackedTriangle.index(max(i, k), min(i, k)) }
    others = lower.indices.filter { $0 != j }
    for (i, row) in others.enumerated() {
      for (k, column) in others.prefix(i + 1).enumerated() {
        let value = matrix.packed[place(row, column)]
        factorOfW.packed[PackedTriangle.index(i, k)] = value
        factorOfV.packed[PackedTriangle.index(i, k)] = i == k ? value - lower[row] : value
      }
    }
    // Only rounding makes them fail. The column then stays as it is.
    guard factorOfV.factorize() == nil, factorOfW.factorize() == nil else { return }
    let own = precision[j, j]

    /// Returns g.
    func bound(_ v: [Double]) -> Double {
      let left = factorOfV.solveTransposed(factorOfV.solve(v))
      let right = factorOfW.solveTransposed(factorOfW.solve(v))
      return lower[j] + others.indices.reduce(0) { $0 + left[$1] * lower[others[$1]] * right[$1] }
    }
    /// Returns log Z(g) up to a constant: the mass of exp(A_jj g / 2) Gamma(n / 2 + 1, A_jj / 2) above g.
    func logMass(_ bound: Double) -> Double {
      0.5 * own * bound + logUpperGamma(0.5 * power + 1, 0.5 * own * bound)
    }
    var v = others.map { matrix.packed[place(j, $0)] }
    var least = bound(v)
    // With L the factor of V₋₋ the proposal is L (z / √A_jj - Lᵀ a / A_jj) for a standard Normal z.
    let columns = others.map { precision[max(j, $0), min(j, $0)] }
    var proposal = others.indices.map { stream.normal() / own.squareRoot() - columnOfFactor($0, columns) / own }
    factorOfV.multiply(&proposal)
    let leastOfProposal = bound(proposal)
    if log(stream.uniform()) < logMass(leastOfProposal) - logMass(least) {
      (v, least) = (proposal, leastOfProposal)
    }
    let sum = exp(stream.logBoundedGamma(shape: 0.5 * power + 1, rate: 0.5 * own, lower: least))
    let half = factorOfV.solve(v)
    // V_jj = t + vᵀ V₋₋⁻¹ v with t = (g + t) - g.
    for (i, k) in others.enumerated() { matrix.packed[place(j, k)] = v[i] }
    matrix.packed[place(j, j)] = lower[j] + max(0, sum - least) + half.reduce(0) { $0 + $1 * $1 }
  }

  /// Returns entry `i` of Lᵀ a.
  private func columnOfFactor(_ i: Int, _ a: [Double]) -> Double {
    (i..<a.count).reduce(0) { $0 + factorOfV.packed[PackedTriangle.index($1, i)] * a[$1] }
  }
}
