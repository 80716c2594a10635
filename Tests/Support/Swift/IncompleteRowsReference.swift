import Foundation
import GMMModel

/// Likelihoods of rows of which not everything is known, from matrices by elimination, without a line of the library's
/// linear algebra.
package enum IncompleteRowsReference {
  /// What is known of a row: values, NaN where they are missing; covariances of errors; intervals.
  package struct Known {
    package var values: [Double]
    package var errors: [[Double]]?
    package var intervals: [(Double, Double)?]?

    package init(values: [Double], errors: [[Double]]?, intervals: [(Double, Double)?]?) {
      (self.values, self.errors, self.intervals) = (values, errors, intervals)
    }
  }

  /// The mean and the covariance matrix of a component.
  package struct Component {
    package let logWeight: Double
    package let mean: [Double]
    package let covariance: [[Double]]

    /// Returns the log density of what is known of a row.
    ///
    /// As a function of the value in an interval, the log density is a parabola, where other intervals do not depend on
    /// it. Three points tell its height and the mean and the sd of the value.
    package func logDensity(_ known: Known) -> Double {
      let place = known.values.indices.first { known.intervals?[$0] != nil }
      if known.values.indices.count(where: { known.intervals?[$0] != nil }) > 1, isCorrelated {
        return logDensityOfBox(known)
      }
      guard let place, let (lower, upper) = known.intervals?[place] else {
        var measured = covariance
        for i in measured.indices { for j in measured.indices { measured[i][j] += known.errors?[i][j] ?? 0 } }
        return Component(logWeight: 0, mean: mean, covariance: measured).given(known.values).logDensity
      }
      var rest = known
      rest.intervals?[place] = nil
      let heights = [-1.0, 0, 1].map { shift in
        rest.values[place] = mean[place] + shift
        return logDensity(rest)
      }
      // Another interval may have no probability at all.
      guard heights.allSatisfy(\.isFinite) else { return -.infinity }
      let curvature = heights[0] - 2 * heights[1] + heights[2]
      // An sd beyond the digits of the parabola leaves no density.
      guard curvature < -1e-14 else { return -.infinity }
      let slope = 0.5 * (heights[2] - heights[0])
      let sd = (-1 / curvature).squareRoot()
      let center = mean[place] - slope / curvature
      let top = heights[1] - 0.5 * slope * slope / curvature
      let (a, b) = ((lower - center) / sd * 0.5.squareRoot(), (upper - center) / sd * 0.5.squareRoot())
      // The half with both ends on one side of 0 keeps its digits.
      let share = a > 0 ? 0.5 * (erfc(a) - erfc(b)) : 0.5 * (erfc(-b) - erfc(-a))
      return top + log(sd * (2 * Double.pi).squareRoot() * share)
    }

    private var isCorrelated: Bool {
      covariance.indices.contains { i in covariance.indices.contains { $0 != i && covariance[i][$0] != 0 } }
    }

    /// Integrates over the first of several intervals by Simpson's rule.
    private func logDensityOfBox(_ known: Known) -> Double {
      guard let place = known.values.indices.first(where: { known.intervals?[$0] != nil }),
        let (lower, upper) = known.intervals?[place]
      else { return .nan }
      let sd = (covariance[place][place] + (known.errors?[place][place] ?? 0)).squareRoot()
      let (first, last) = (max(lower, mean[place] - 8 * sd), min(upper, mean[place] + 8 * sd))
      guard first < last else { return -.infinity }
      let steps = 48
      var rest = known
      rest.intervals?[place] = nil
      var sum = 0.0
      for step in 0...steps {
        rest.values[place] = first + (last - first) * Double(step) / Double(steps)
        sum += (step == 0 || step == steps ? 1 : step % 2 == 1 ? 4 : 2) * exp(logDensity(rest))
      }
      return log(sum * (last - first) / Double(3 * steps))
    }

    /// Returns the log density of the values of a row that are no NaN, and the expectations of all values given those.
    package func given(_ row: [Double]) -> (logDensity: Double, means: [Double]) {
      let has = row.indices.filter { !row[$0].isNaN }
      // Elimination turns [S | x - m] into [I | S⁻¹ (x - m)].
      var matrix = has.map { i in has.map { covariance[i][$0] } + [row[i] - mean[i]] }
      var logDensity = -0.5 * Double(has.count) * log(2 * Double.pi)
      for p in has.indices {
        let pivot = matrix[p][p]
        logDensity -= 0.5 * log(pivot)
        matrix[p] = matrix[p].map { $0 / pivot }
        for i in has.indices where i != p {
          let factor = matrix[i][p]
          matrix[i] = zip(matrix[i], matrix[p]).map { $0 - factor * $1 }
        }
      }
      let solved = matrix.map { $0[has.count] }
      for (place, i) in has.enumerated() { logDensity -= 0.5 * solved[place] * (row[i] - mean[i]) }
      let means = row.indices.map { d in
        row[d].isNaN
          ? mean[d] + has.indices.reduce(0) { $0 + covariance[d][has[$1]] * solved[$1] } : row[d]
      }
      return (logDensity, means)
    }
  }

  package static func components(_ parameters: Parameters) -> [Component] {
    let shape = parameters.shape
    let dimensions = shape.dimensionCount
    return (0..<shape.componentCount).map { k in
      var covariance = (0..<dimensions).map { _ in [Double](repeating: 0, count: dimensions) }
      for i in 0..<dimensions {
        for j in 0..<dimensions {
          if shape.hasMatrices {
            let first = shape.matrix(k) * dimensions * (dimensions + 1) / 2
            for l in 0...min(i, j) {
              covariance[i][j] +=
                parameters.factors[first + i * (i + 1) / 2 + l] * parameters.factors[first + j * (j + 1) / 2 + l]
            }
          } else if i == j {
            covariance[i][i] = parameters.sds[shape.sd(k, i)] * parameters.sds[shape.sd(k, i)]
          }
        }
      }
      return Component(
        logWeight: parameters.logWeights[k], mean: Array(parameters.means[shape.mean(k)]), covariance: covariance)
    }
  }

  /// Returns the log likelihood, and the expectations of the values of the rows, given parameters.
  package static func likelihood(_ parameters: Parameters, _ rows: [[Double]]) -> (
    logLikelihoods: [Double], means: [[Double]]
  ) {
    let components = components(parameters)
    var logLikelihoods: [Double] = []
    var means: [[Double]] = []
    for row in rows {
      let given = components.map { $0.given(row) }
      let logs = zip(components, given).map { $0.logWeight + $1.logDensity }
      let largest = logs.max() ?? 0
      let total = logs.reduce(0) { $0 + exp($1 - largest) }
      logLikelihoods.append(largest + log(total))
      means.append(
        row.indices.map { d in
          zip(logs, given).reduce(0) { $0 + exp($1.0 - largest) / total * $1.1.means[d] }
        })
    }
    return (logLikelihoods, means)
  }
}
