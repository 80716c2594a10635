import GMMKernels
import GMMModel

/// The M-step of maximum likelihood: weighted counts, means and covariances.
///
/// With N_k, s_k, S_k the sums of a component about its center c_k: mean c_k + δ, δ = s_k / N_k, covariance
/// S_k / N_k - δ δᵀ, pooled or reduced to what the structure allows, plus the regularization. A component without members
/// keeps mean and covariance.
struct MaximumLikelihoodStep: MaximizationStep {
  /// Added to every variance; 0 for none.
  let regularization: Double
  /// The smallest conditional variance of each coordinate, (D), positive.
  let floors: [Double]

  func maximize(_ state: inout MixtureState, _ sums: MomentSums) -> MaximizationOutcome {
    var outcome = MaximizationOutcome()
    let total = sums.total
    let size = sums.structure.shape.size(dimensions: sums.dimensionCount)
    var pooled = [Double](repeating: 0, count: sums.structure == .tied ? size : 0)
    for k in 0..<sums.componentCount {
      let members = sums.counts[k]
      let weight = members / total
      outcome.move = max(outcome.move, abs(weight - state.estimate.weights[k]))
      state.estimate.weights[k] = weight
      state.logWeights[k] = log(weight)
      // Below, quotients overflow.
      guard members > 1e-290 * total else { continue }
      let shift = (0..<sums.dimensionCount).map { sums.sums[k * sums.dimensionCount + $0] / members }
      let scatter = scatter(k, sums, shift: shift)
      outcome.move = max(outcome.move, distance(shift, of: k, state))
      for d in shift.indices {
        state.estimate.means[k * sums.dimensionCount + d] = sums.centers[k * sums.dimensionCount + d] + shift[d]
      }
      if sums.structure == .tied {
        for i in scatter.indices { pooled[i] += scatter[i] }
      } else {
        set(k, to: scatter.map { $0 / members }, component: k, &state, &outcome)
      }
    }
    if sums.structure == .tied { set(0, to: pooled.map { $0 / total }, component: 0, &state, &outcome) }
    // A sum of weights is 1 but for rounding; dividing once more would move them for good.
    return outcome
  }

  /// Returns S_k - N_k δ δᵀ, or its diagonal.
  private func scatter(_ k: Int, _ sums: MomentSums, shift: [Double]) -> [Double] {
    let dimensions = sums.dimensionCount
    let size = sums.structure.shape.size(dimensions: dimensions)
    var scatter = Array(sums.squares[(k * size)..<((k + 1) * size)])
    switch sums.structure.shape {
    case .triangular:
      // SAFETY: `scatter` is a packed triangle, `shift` has D numbers.
      scatter.withUnsafeMutableBufferPointer { scatter in
        if let base = scatter.baseAddress {
          PackedTriangle.addSquare(of: shift, weight: -sums.counts[k], to: base, dimensions)
        }
      }
      for d in 0..<dimensions { scatter[PackedTriangle.index(d, d)] = max(0, scatter[PackedTriangle.index(d, d)]) }
    case .diagonal:
      for d in 0..<dimensions { scatter[d] = max(0, scatter[d] - sums.counts[k] * shift[d] * shift[d]) }
    }
    return scatter
  }

  /// Returns |L⁻¹ shift| with the component's present factor.
  private func distance(_ shift: [Double], of k: Int, _ state: MixtureState) -> Double {
    let structure = state.estimate.structure
    let size = structure.matrixSize(dimensions: shift.count)
    let start = structure == .tied ? 0 : k * size
    var square = 0.0
    for i in shift.indices {
      var y = 0.0
      switch structure {
      case .full, .tied:
        for j in 0...i { y += state.factors[start + PackedTriangle.index(i, j)] * shift[j] }
      case .diag: y = state.factors[start + i] * shift[i]
      case .spherical: y = state.factors[start] * shift[i]
      }
      square += y * y
    }
    return square.squareRoot()
  }

  /// Sets covariance `m`, regularised and kept above the floors, and its factor.
  private func set(
    _ m: Int, to covariance: [Double], component: Int, _ state: inout MixtureState, _ outcome: inout MaximizationOutcome
  ) {
    let structure = state.estimate.structure
    let dimensions = floors.count
    var covariance = covariance
    var factor: [Double]
    var raised: Int?
    switch structure {
    case .full, .tied:
      for d in 0..<dimensions { covariance[PackedTriangle.index(d, d)] += regularization }
      factor = covariance
      if let pivot = PackedTriangle.factorize(&factor, dimensions, floors: floors) {
        raised = pivot.index
        covariance = factor
        PackedTriangle.square(&covariance, dimensions)
      }
      PackedTriangle.invert(&factor, dimensions)
    case .diag:
      for d in 0..<dimensions {
        covariance[d] += regularization
        if covariance[d] <= floors[d] {
          covariance[d] = floors[d]
          raised = raised ?? d
        }
      }
      factor = covariance.map { 1 / $0.squareRoot() }
    case .spherical:
      let floor = floors.reduce(0, +) / Double(dimensions)
      var variance = covariance.reduce(0, +) / Double(dimensions) + regularization
      if variance <= floor {
        variance = floor
        raised = 0
      }
      covariance = [variance]
      factor = [1 / variance.squareRoot()]
    }
    if let raised { outcome.collapses.append(.init(component: component, kind: .covariance(coordinate: raised))) }
    let size = structure.matrixSize(dimensions: dimensions)
    outcome.move = max(outcome.move, move(m, to: covariance, state))
    state.estimate.covariances.replaceSubrange((m * size)..<((m + 1) * size), with: covariance)
    state.factors.replaceSubrange((m * size)..<((m + 1) * size), with: factor)
    state.logRoots[m] = state.logRoot(m)
  }

  /// Returns the largest |change of an entry| / (2 √(product of the two new variances)).
  private func move(_ m: Int, to covariance: [Double], _ state: MixtureState) -> Double {
    let structure = state.estimate.structure
    let size = covariance.count
    var largest = 0.0
    switch structure {
    case .full, .tied:
      let dimensions = floors.count
      let inverse = (0..<dimensions).map { 1 / covariance[PackedTriangle.index($0, $0)].squareRoot() }
      for i in 0..<dimensions {
        for j in 0...i {
          let p = PackedTriangle.index(i, j)
          let change = abs(covariance[p] - state.estimate.covariances[m * size + p]) * inverse[i] * inverse[j]
          largest = max(largest, change)
        }
      }
    case .diag, .spherical:
      for d in 0..<size {
        largest = max(largest, abs(covariance[d] - state.estimate.covariances[m * size + d]) / covariance[d])
      }
    }
    return 0.5 * largest
  }
}
