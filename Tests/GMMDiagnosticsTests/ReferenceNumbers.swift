import Foundation

/// The contents of Tests/Reference/diagnostics/diagnostics.json; null stands for NaN.
struct ReferenceNumbers: Decodable, Sendable {
  /// What ArviZ and numpy say about one input.
  struct Case: Decodable, Sendable {
    let chains: Int
    let draws: Int
    let checksum: String
    let mean: Double?
    let sd: Double?
    let summary: [String: Double?]
    let hdi: [[Double?]]
    let quantiles: [Double?]
    let ess: [String: Double?]
    let essTail10And80: Double?
    let essQuantile: [Double?]
    let mcse: [String: Double?]
    let rHat: Double?
    let mcError: Double?
    let autocovariance: [Double?]
    let autocorrelation: [Double?]

    enum CodingKeys: String, CodingKey {
      case chains, draws, checksum, mean, sd, summary, hdi, quantiles, ess, mcse
      case autocovariance, autocorrelation
      case essTail10And80 = "ess_tail_10_80"
      case essQuantile = "ess_quantile"
      case rHat = "r_hat"
      case mcError = "mc_error"
    }
  }

  /// A kernel density estimate on seaborn's grid.
  struct Density: Decodable, Sendable {
    let count: Int
    let checksum: String
    let adjustment: Double
    let bandwidth: Double
    let points: [Double]
    let densities: [Double]
    let scipyRelativeError: Double

    enum CodingKeys: String, CodingKey {
      case count, checksum, adjustment, bandwidth, points, densities
      case scipyRelativeError = "scipy_relative_error"
    }
  }

  struct HistogramCounts: Decodable, Sendable {
    let lower: Double
    let upper: Double
    let counts: [Int]
    let edges: [Double]
  }

  struct NormalQuantiles: Decodable, Sendable {
    let probabilities: [Double]
    let quantiles: [Double]
  }

  struct Ranks: Decodable, Sendable {
    let values: [Double]
    let ranks: [Double]
  }

  let hdiProbabilities: [Double]
  let quantileProbabilities: [Double]
  let essProbabilities: [Double]
  let maxLag: Int
  let cases: [String: Case]
  let densities: [String: Density]
  let histograms: [String: HistogramCounts]
  let normalQuantiles: NormalQuantiles
  let ranks: Ranks

  enum CodingKeys: String, CodingKey {
    case cases, densities, histograms, ranks
    case hdiProbabilities = "hdi_probabilities"
    case quantileProbabilities = "quantile_probabilities"
    case essProbabilities = "ess_probabilities"
    case maxLag = "max_lag"
    case normalQuantiles = "normal_quantiles"
  }

  /// The numbers, read once from the file beside the script that made them.
  static let shared: ReferenceNumbers = {
    let file = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("Reference/diagnostics/diagnostics.json")
    do {
      return try JSONDecoder().decode(ReferenceNumbers.self, from: Data(contentsOf: file))
    } catch {
      fatalError("the reference numbers are unreadable: \(error)")
    }
  }()

  static var caseNames: [String] { shared.cases.keys.sorted() }
  static var densityNames: [String] { shared.densities.keys.sorted() }
  static var histogramNames: [String] { shared.histograms.keys.sorted() }
}

extension Optional where Wrapped == Double {
  /// The number a JSON null stands for.
  var orNaN: Double { self ?? .nan }
}

/// Whether two numbers are both NaN, or differ by at most `relative` of the expected one or
/// `absolute`.
func isClose(
  _ actual: Double, _ expected: Double, relative: Double, absolute: Double = 0
) -> Bool {
  if expected.isNaN || actual.isNaN {
    return expected.isNaN && actual.isNaN
  }
  return actual == expected
    || abs(actual - expected) <= max(relative * abs(expected), absolute)
}

/// Whether there are numbers and none of them is a number.
func allNaN(_ values: [Double]) -> Bool {
  !values.isEmpty && values.allSatisfy { $0.isNaN }
}
