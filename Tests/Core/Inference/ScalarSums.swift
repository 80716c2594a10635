import GMMKernels
import GMMModel

@testable import GMMInference

/// The E-step of a block in plain scalar lines, point by point. The kernels are compared with it.
struct ScalarPass: BlockPass, Sendable {
  let mixture: MixtureShape

  func callAsFunction(_ block: BlockWorkspace.Block) -> Double {
    let (x, count, weights, results) = (block.x, block.count, block.weights, block.moments)
    let (components, dimensions, form) = (mixture.componentCount, mixture.dimensionCount, mixture.factorForm)
    let table = MultivariateTable(count: components, dimensions: dimensions, form: form, memory: block.table)
    let sums = MultivariateSums(count: components, dimensions: dimensions, form: form, memory: results)
    let size = form.size(dimensions: dimensions)
    for i in 0..<MultivariateSums.size(count: components, dimensions: dimensions, form: form) { results[i] = 0 }
    var logLikelihood = 0.0
    for i in 0..<count {
      let weight = weights?[i] ?? 1
      let gaps = (0..<components).map { k in
        (0..<dimensions).map { x[(i / 8 * dimensions + $0) * 8 + i % 8] - table.centers[k * dimensions + $0] }
      }
      let shares = (0..<components).map { k in
        (0..<dimensions).reduce(table.constants[k]) { share, d in
          let factor = table.factors + k * size
          let y =
            form == .diagonal
            ? factor[d] * gaps[k][d] : (0...d).reduce(0) { $0 + factor[PackedTriangle.index(d, $1)] * gaps[k][$1] }
          return share - y * y
        }
      }
      let largest = shares.max() ?? 0
      let ratios = shares.map { exp($0 - largest) }
      let total = ratios.reduce(0, +)
      logLikelihood += weight * (largest + log(total))
      for k in 0..<components {
        let share = weight * ratios[k] / total
        sums.counts[k] += share
        for d in 0..<dimensions {
          sums.sums[k * dimensions + d] += share * gaps[k][d]
          for e in 0...d where form == .triangular || e == d {
            let place = form == .triangular ? PackedTriangle.index(d, e) : d
            sums.squares[k * size + place] += share * gaps[k][d] * gaps[k][e]
          }
        }
      }
    }
    return logLikelihood
  }
}
