import Foundation
import GMMKernels
import GMMModel
import TestSupport
import Testing

@testable import GMMInference

/// Normal numbers of which linear functions lie in intervals.
@Suite struct NormalBoxTests {
  /// An example: a covariance matrix by its factor, and the ends of the intervals about the means.
  struct Example: Sendable {
    let factor: [[Double]]
    let lower: [Double]
    let upper: [Double]

    var covariance: [[Double]] {
      factor.indices.map { i in factor.indices.map { j in zip(factor[i], factor[j]).reduce(0) { $0 + $1.0 * $1.1 } } }
    }

    func box() -> NormalBox {
      var box = NormalBox()
      box.take(count: factor.count)
      for (a, row) in factor.enumerated() {
        var entries = SIMD4<Double>.zero
        for (l, value) in row.enumerated() { entries[l] = value }
        box.set(a, lower: lower[a], upper: upper[a], row: entries)
      }
      box.prepare()
      return box
    }

    /// The same intervals in another order.
    func permuted(_ order: [Int]) -> Example {
      let covariance = covariance
      var factor = order.map { _ in [Double](repeating: 0, count: order.count) }
      for i in order.indices {
        for j in 0...i {
          var sum = covariance[order[i]][order[j]]
          for l in 0..<j { sum -= factor[i][l] * factor[j][l] }
          factor[i][j] = i == j ? sum.squareRoot() : sum / factor[j][j]
        }
      }
      return Example(factor: factor, lower: order.map { lower[$0] }, upper: order.map { upper[$0] })
    }
  }

  static let examples: [Example] = {
    func two(_ rho: Double, _ lower: [Double], _ upper: [Double]) -> Example {
      Example(factor: [[1, 0], [rho, (1 - rho * rho).squareRoot()]], lower: lower, upper: upper)
    }
    let infinity = Double.infinity
    return [
      two(0.5, [-0.2, 0.1], [0.3, 0.8]), two(-0.9, [-infinity, 0.5], [0.4, infinity]),
      two(0.99, [1, -infinity], [infinity, 0.8]), two(0.999, [-1e-6, -1e-6], [1e-6, 1e-6]),
      two(0.6, [-8, 5], [-7.5, infinity]), two(0.2, [-infinity, -infinity], [3, 2.5]),
      two(-0.99, [20, 19], [infinity, infinity]), two(0.3, [1.2, -0.7], [1.2 + 1e-9, -0.7 + 1e-9]),
      Example(
        factor: [[1.3, 0, 0], [0.7, 0.4, 0], [-0.2, 0.5, 0.9]], lower: [-0.5, -infinity, 0.2],
        upper: [1, 0.4, infinity]),
      Example(
        factor: [[0.5, 0, 0, 0], [0.3, 0.4, 0, 0], [0.1, 0.2, 0.6, 0], [0.2, -0.1, 0.3, 0.3]],
        lower: [0.4, -0.1, 0.3, -0.2], upper: [0.5, 0, 0.4, -0.1]),
      Example(
        factor: [[1, 0, 0, 0], [0.8, 0.6, 0, 0], [-0.5, 0.2, 0.8, 0], [0.1, 0.4, 0.3, 0.7]],
        lower: [-1, -infinity, 0, -2], upper: [2, 1, 1.5, 0.5]),
    ]
  }()

  /// The order of the intervals changes neither the probability nor the moments.
  @Test(arguments: 0..<11) func orderDoesNotMatter(_ number: Int) {
    let example = Self.examples[number]
    let count = example.factor.count
    let moments = example.box().moments(withCovariance: true)
    #expect(moments.logProbability.isFinite && moments.logProbability < 0)
    /// The means and the covariances of the numbers with intervals, in the units of these.
    func known(_ example: Example) -> (means: [Double], covariances: [[Double]]) {
      let moments = example.box().moments(withCovariance: true)
      let rows = example.factor.map { row in
        var entries = SIMD4<Double>.zero
        for (l, value) in row.enumerated() { entries[l] = value }
        return entries
      }
      return (
        rows.map { ($0 * moments.mean).sum() },
        rows.map { a in
          rows.map { b in (0..<count).reduce(0) { $0 + a[$1] * (moments.covariance($1) * b).sum() } }
        }
      )
    }
    let means = known(example)
    for order in [Array((0..<count).reversed()), Array(1..<count) + [0]] {
      let other = example.permuted(order)
      let logProbability = other.box().moments(withCovariance: false).logProbability
      // The factor of a nearly singular matrix loses digits when it is made anew, and so does an interval of width 1e-9.
      let digits = number == 3 ? 1e-9 : number == 7 ? 1e-6 : 1e-11
      #expect(
        abs(logProbability - moments.logProbability) < digits * max(1, -moments.logProbability),
        "\(number) \(order): \(logProbability), \(moments.logProbability)")
      let found = known(other)
      for (i, k) in order.enumerated() {
        let scale = means.covariances[k][k].squareRoot()
        #expect(abs(found.means[i] - means.means[k]) < 1e-7 * scale + 1e-12 * abs(means.means[k]), "\(number) \(order)")
        for (j, l) in order.enumerated() {
          let both = scale * means.covariances[l][l].squareRoot()
          #expect(abs(found.covariances[i][j] - means.covariances[k][l]) < 1e-6 * both, "\(number) \(order)")
        }
      }
    }
    // The last number is integrated in closed form, and the first by quadrature; a plain sum is a third way.
    guard count == 2 else { return }
    let (first, last) = (
      max(example.lower[0] / example.factor[0][0], -40), min(example.upper[0] / example.factor[0][0], 40)
    )
    let steps = 400_000
    let middle = means.means[0] / example.factor[0][0]
    let sd = moments.covariance(0)[0].squareRoot()
    let (from, to) = (max(first, middle - 40 * sd), min(last, middle + 40 * sd))
    var sum = 0.0
    for step in 0..<steps {
      let v = from + (to - from) * (Double(step) + 0.5) / Double(steps)
      let ends = [example.lower[1], example.upper[1]].map { ($0 - example.factor[1][0] * v) / example.factor[1][1] }
      sum += exp(NormalInterval(ends[0], ends[1]).logProbability - 0.5 * v * v - moments.logProbability)
    }
    sum *= (to - from) / Double(steps) / (2 * Double.pi).squareRoot()
    #expect(abs(sum - 1) < 1e-7, "\(number): \(sum)")
  }

  /// Independent numbers have the product of their probabilities; two halves of the plane have the arc sine.
  @Test func closedFormsHold() {
    let (lower, upper) = ([-0.3, 1, -2, 0.5], [0.9, 4, -1, 0.7])
    let identity = (0..<4).map { i in (0..<4).map { $0 == i ? 1.0 : 0 } }
    let moments = Example(factor: identity, lower: lower, upper: upper).box().moments(withCovariance: true)
    let ones = zip(lower, upper).map { NormalInterval($0, $1) }
    #expect(abs(moments.logProbability - ones.reduce(0) { $0 + $1.logProbability }) < 1e-13)
    for a in 0..<4 {
      #expect(abs(moments.mean[a] - ones[a].mean) < 1e-13)
      for b in 0..<4 { #expect(abs(moments.covariance(a)[b] - (a == b ? ones[a].variance : 0)) < 1e-13) }
    }
    for rho in [-0.9999, -0.5, 0, 0.3, 0.99] {
      let box = Example(
        factor: [[1, 0], [rho, (1 - rho * rho).squareRoot()]], lower: [0, 0], upper: [.infinity, .infinity]
      ).box()
      let known = 0.25 + asin(rho) / (2 * Double.pi)
      #expect(abs(exp(box.moments(withCovariance: false).logProbability) - known) < 1e-13, "\(rho)")
    }
  }

  /// Draws lie in the box, and their moments are those of the integrals.
  @Test(arguments: 0..<11) func drawsHaveTheMoments(_ number: Int) {
    let example = Self.examples[number]
    let count = example.factor.count
    let draws = [20_000, 4_000, 400][count - 2]
    let box = example.box()
    let moments = box.moments(withCovariance: true)
    var stream = RandomStream(StreamKey(seed: 3, chain: 0, purpose: .imputation).at(iteration: UInt64(number)))
    var values: [SIMD4<Double>] = []
    for _ in 0..<draws {
      let v = box.draw(&stream)
      values.append(v)
      for a in 0..<count {
        let value = (0...a).reduce(0) { $0 + example.factor[a][$1] * v[$1] }
        let slack = 1e-12 * max(1, abs(value))
        #expect(value >= example.lower[a] - slack && value <= example.upper[a] + slack)
      }
    }
    for a in 0..<count {
      let sd = moments.covariance(a)[a].squareRoot()
      let mean = values.reduce(0) { $0 + ($1[a] - moments.mean[a]) } / Double(draws)
      #expect(abs(mean) < 4.5 * sd / Double(draws).squareRoot(), "\(number), \(a)")
      for b in 0...a {
        let scale = sd * moments.covariance(b)[b].squareRoot()
        let products = values.map { ($0[a] - moments.mean[a]) * ($0[b] - moments.mean[b]) / scale }
        let average = products.reduce(0, +) / Double(draws)
        let spread = products.reduce(0) { $0 + ($1 - average) * ($1 - average) }.squareRoot() / Double(draws)
        #expect(abs(average - moments.covariance(a)[b] / scale) < 4.5 * spread + 1e-9, "\(number), \(a), \(b)")
      }
    }
  }
}
