import GMMInference
import GMMKernels
import GMMModel

/// A number of the posterior or of the data beside its prior distribution.
struct PriorDistance: Sendable {
  /// What the number is, in words.
  let name: String
  let value: Double
  /// The median of the prior, and half the width of its middle 68 %, on the scale of the comparison.
  let median: Double
  let halfWidth: Double
  /// The distance to the median in half widths.
  let distance: Double
  private let isLogarithmic: Bool

  /// Compares a number with draws of the prior; `nil` where it is not far from them, beyond all of them.
  ///
  /// - Parameters:
  ///   - isLogarithmic: whether numbers are positive and compared by their logarithms.
  ///   - onlyAbove: whether a number below the prior is not far from it.
  init?(_ name: String, _ value: Double, among draws: [Double], isLogarithmic: Bool = false, onlyAbove: Bool = false) {
    let scale = { (x: Double) in isLogarithmic ? log(x) : x }
    let sorted = draws.map(scale).filter(\.isFinite).sorted()
    let x = scale(value)
    guard sorted.count >= 100, x.isFinite, let first = sorted.first, let last = sorted.last else { return nil }
    func quantile(_ p: Double) -> Double { sorted[Int((p * Double(sorted.count - 1)).rounded())] }
    let (median, halfWidth) = (quantile(0.5), (quantile(0.84) - quantile(0.16)) / 2)
    guard halfWidth > 0, x > last || (x < first && !onlyAbove) else { return nil }
    let distance = abs(x - median) / halfWidth
    guard distance > DiagnosisLimits.priorDistance else { return nil }
    self.name = name
    self.value = value
    self.median = median
    self.halfWidth = halfWidth
    self.distance = distance
    self.isLogarithmic = isLogarithmic
  }

  var text: String {
    let about =
      isLogarithmic
      ? "between \(rounded(exp(median - halfWidth))) and \(rounded(exp(median + halfWidth)))"
      : "\(rounded(median)) ± \(rounded(halfWidth))"
    return "\(name) is \(rounded(value)), where the prior has \(about)"
  }
}

/// What the prior says, beside the data.
struct PriorFindings {
  /// The numbers that are far from the prior.
  let distances: [PriorDistance]
  /// The sensitivities of parameters whose labels are certain.
  let sensitivities: [ParameterSensitivity]

  func findings() -> [Finding] {
    var result: [Finding] = []
    let far = distances.sorted { $0.distance > $1.distance }
    if !far.isEmpty {
      result.append(
        Finding(
          .priorAgainstData, .problem,
          "The data lie far from what the prior says: \(far.prefix(3).map(\.text).joined(separator: "; ")).",
          advice: "Check the units of the prior and the data. Widen the prior, or leave it to the default, which takes "
            + "its scale from the data.",
          far.map { ("distance of \($0.name)", $0.distance) }))
    }
    let strong = sensitivities.filter { $0.prior >= DiagnosisLimits.sensitivity && $0.prior > $0.likelihood }
      .sorted { $0.prior > $1.prior }
    if !strong.isEmpty {
      let shown = strong.prefix(3).map {
        "\($0.name) (sensitivity \(decimals($0.prior, 2)), to the data \(decimals($0.likelihood, 2)))"
      }
      let more = strong.count > shown.count ? ["\(strong.count - shown.count) more"] : []
      result.append(
        Finding(
          .informativePrior, .note, "The prior says more than the data on \(listed(shown + more)).",
          advice: "Be sure that the prior says what you mean, and compare with a wider one.",
          strong.map { ("sensitivity of \($0.name)", $0.prior) }))
    }
    return result
  }
}
