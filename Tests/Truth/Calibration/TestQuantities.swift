import Foundation
import GMMKernels
import GMMModel

/// The numbers by which draws are compared: some that do not depend on the components' labels, then all parameters.
struct TestQuantities: Sendable {
  let names: [String]
  private let shape: MixtureShape
  private let orderCoordinate: Int
  private let newPoint: [Double]

  /// - Parameter model: the model of the draws. Its known values are quantities like the others, which never differ.
  init(_ model: MixtureModel) {
    shape = model.shape
    orderCoordinate = model.orderCoordinate ?? 0
    newPoint = (0..<shape.dimensionCount).map { 0.7 - 0.4 * Double($0) }
    let shape = shape
    var names = [
      "log likelihood", "sum of squared weights", "smallest mean", "largest log determinant", "log predictive density",
    ]
    names += (0..<shape.componentCount).map { "weights[\($0)]" }
    names += (0..<shape.meanCount).map { "means[\($0 / shape.dimensionCount), \($0 % shape.dimensionCount)]" }
    names += (0..<shape.sdCount).map { "log sd[\($0)]" }
    for k in 0..<shape.matrixCount {
      for i in 0..<shape.dimensionCount { for j in 0...i { names.append("covariances[\(k), \(i), \(j)]") } }
    }
    self.names = names
  }

  /// Appends the quantities of a draw to `values`.
  func append(_ parameters: Parameters, logLikelihood: Double, to values: inout [Double]) {
    values.append(logLikelihood)
    values.append(parameters.weights.reduce(0) { $0 + $1 * $1 })
    var smallest = Double.infinity
    for j in stride(from: orderCoordinate, to: shape.meanCount, by: shape.dimensionCount) {
      smallest = min(smallest, parameters.means[j])
    }
    values.append(smallest)
    values.append((0..<shape.componentCount).map(parameters.logDeterminant).max() ?? 0)
    values.append(parameters.logDensity(of: newPoint[...]))
    values.append(contentsOf: parameters.weights)
    values.append(contentsOf: parameters.means)
    for sd in parameters.sds { values.append(log(sd)) }
    for k in 0..<shape.matrixCount { values.append(contentsOf: parameters.factor(k).square.packed) }
  }

  /// Returns the log likelihood of data, (N, D), without the library's kernels.
  func logLikelihood(_ parameters: Parameters, _ data: [Double], sampleWeights: [Double]? = nil) -> Double {
    return stride(from: 0, to: data.count, by: shape.dimensionCount).reduce(0) {
      $0 + (sampleWeights?[$1 / shape.dimensionCount] ?? 1)
        * parameters.logDensity(of: data[$1..<$1 + shape.dimensionCount])
    }
  }
}

extension Parameters {
  /// Returns log weight + log Normal density of each component at a point, (D), with the densities raised to a power.
  func logDensities(of point: ArraySlice<Double>, power: Double = 1) -> [Double] {
    (0..<componentCount).map { k in
      var distance = zip(point, mean(k)).map(-)
      if shape.hasMatrices {
        distance = factor(k).solve(distance)
      } else {
        for d in distance.indices { distance[d] /= sd(k, d) }
      }
      let square = distance.reduce(0) { $0 + $1 * $1 }
      return log(weights[k])
        - 0.5 * power * (logDeterminant(k) + square + Double(distance.count) * log(2 * Double.pi))
    }
  }

  /// Returns the log density of the mixture at a point, (D).
  func logDensity(of point: ArraySlice<Double>) -> Double {
    let logs = logDensities(of: point)
    let largest = logs.max() ?? 0
    return largest + log(logs.reduce(0) { $0 + exp($1 - largest) })
  }

  /// Returns the log determinant of component `k`'s covariance.
  func logDeterminant(_ k: Int) -> Double {
    if shape.hasMatrices {
      // This adds twice the logs of the diagonal, which stands at i (i + 3) / 2.
      let start = shape.matrix(k) * shape.triangleSize
      return (0..<shape.dimensionCount).reduce(0) { $0 + 2 * log(factors[start + $1 * ($1 + 3) / 2]) }
    }
    return (0..<shape.dimensionCount).reduce(0) { $0 + 2 * log(sd(k, $1)) }
  }
}
