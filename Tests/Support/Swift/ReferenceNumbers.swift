import Foundation

/// The contents of Tests/Truth/Reference/diagnostics/diagnostics.json; null stands for NaN.
package struct ReferenceNumbers: Decodable, Sendable {
  /// The numbers of ArviZ and numpy for one input.
  package struct Case: Decodable, Sendable {
    package let chains: Int
    package let draws: Int
    package let checksum: String
    package let mean: Double?
    package let sd: Double?
    package let summary: [String: Double?]
    package let hdi: [[Double?]]
    package let quantiles: [Double?]
    package let ess: [String: Double?]
    package let essTail10And80: Double?
    package let essQuantile: [Double?]
    package let mcse: [String: Double?]
    package let rHat: Double?
    package let mcError: Double?
    package let autocovariance: [Double?]
    package let autocorrelation: [Double?]

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
  package struct Density: Decodable, Sendable {
    package let count: Int
    package let checksum: String
    package let adjustment: Double
    package let bandwidth: Double
    package let points: [Double]
    package let densities: [Double]
    package let scipyRelativeError: Double

    enum CodingKeys: String, CodingKey {
      case count, checksum, adjustment, bandwidth, points, densities
      case scipyRelativeError = "scipy_relative_error"
    }
  }

  /// The bandwidths that rules choose for values.
  package struct Bandwidths: Decodable, Sendable {
    package let checksum: String
    /// Improved Sheather-Jones on 1,024 or 4,096 bins, on 65,536, and as ArviZ computes it on 256.
    package let isj: Double
    package let fine: Double
    package let arviz: Double
    package let scott: Double
    package let silverman: Double

    enum CodingKeys: String, CodingKey {
      case checksum, isj, arviz, scott, silverman
      case fine = "isj_fine"
    }
  }

  package struct HistogramCounts: Decodable, Sendable {
    package let lower: Double
    package let upper: Double
    package let counts: [Int]
    package let edges: [Double]
  }

  package struct NormalQuantiles: Decodable, Sendable {
    package let probabilities: [Double]
    package let quantiles: [Double]
  }

  package struct Ranks: Decodable, Sendable {
    package let values: [Double]
    package let ranks: [Double]
  }

  package let hdiProbabilities: [Double]
  package let quantileProbabilities: [Double]
  package let essProbabilities: [Double]
  package let maxLag: Int
  package let cases: [String: Case]
  package let densities: [String: Density]
  package let bandwidths: [String: Bandwidths]
  package let histograms: [String: HistogramCounts]
  package let normalQuantiles: NormalQuantiles
  package let ranks: Ranks

  enum CodingKeys: String, CodingKey {
    case cases, densities, bandwidths, histograms, ranks
    case hdiProbabilities = "hdi_probabilities"
    case quantileProbabilities = "quantile_probabilities"
    case essProbabilities = "ess_probabilities"
    case maxLag = "max_lag"
    case normalQuantiles = "normal_quantiles"
  }

  /// The numbers, read once from the file beside the script that made them.
  package static let shared: ReferenceNumbers = {
    let file = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent()
      .deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("Truth/Reference/diagnostics/diagnostics.json")
    do {
      return try JSONDecoder().decode(ReferenceNumbers.self, from: Data(contentsOf: file))
    } catch {
      fatalError("the reference numbers are unreadable: \(error)")
    }
  }()

  package static var caseNames: [String] { shared.cases.keys.sorted() }
  package static var densityNames: [String] { shared.densities.keys.sorted() }
  package static var bandwidthNames: [String] { shared.bandwidths.keys.sorted() }
  package static var histogramNames: [String] { shared.histograms.keys.sorted() }
}

extension Optional where Wrapped == Double {
  /// The number for which a JSON null stands.
  package var orNaN: Double { self ?? .nan }
}

/// Whether two numbers are both NaN, or differ by at most `relative` of the expected one or
/// `absolute`.
package func isClose(
  _ actual: Double, _ expected: Double, relative: Double, absolute: Double = 0
) -> Bool {
  if expected.isNaN || actual.isNaN {
    return expected.isNaN && actual.isNaN
  }
  return actual == expected
    || abs(actual - expected) <= max(relative * abs(expected), absolute)
}

/// Whether the array is not empty and all its values are NaN.
package func allNaN(_ values: [Double]) -> Bool {
  !values.isEmpty && values.allSatisfy { $0.isNaN }
}
