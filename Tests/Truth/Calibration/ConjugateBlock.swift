import Foundation
import GMMModel

/// A covariance matrix (or a variance, q = 1) with an inverse-Wishart prior, and the members of all components and
/// coordinates that share it, given their assignments. Its posterior has a closed form (Gelman et al. 2013, 3.6).
struct ConjugateBlock {
  /// The observations of one component: its members, and its mean, which is known or ~ Normal(center, Σ / κ).
  struct Entry {
    /// The places of the mean's coordinates among all means, (q).
    let places: [Int]
    let center: [Double]
    /// `nil` for a known mean.
    let kappa: Double?
    /// The members, (q) each, with the weight of each.
    var members: [(x: [Double], weight: Double)] = []
  }

  let dof: Double
  let scale: SymmetricMatrix
  var entries: [Entry]

  /// The posterior given the members.
  struct Posterior {
    var logEvidence: Double
    /// E[Σ], packed.
    var covariance: [Double]
    /// E[Σ⁻¹], packed.
    var precision: [Double]
    /// E[mean] and E[mean²] by place.
    var means: [(place: Int, first: Double, second: Double)]
  }

  /// The Normal density of a member of weight f is raised to f, and n is the sum of weights. Then
  ///
  /// evidence = π^(-n q / 2) Γ_q(ν_n / 2) / Γ_q(ν / 2) |Ψ|^(ν/2) / |Ψ_n|^(ν_n/2) ∏ (κ / (κ + n_k))^(q/2).
  func posterior() throws -> Posterior {
    let q = Double(scale.dimension)
    var matrix = scale
    var degrees = dof
    var log = 0.0
    var means: [(entry: Entry, mean: [Double], weight: Double)] = []
    for entry in entries {
      let count = entry.members.reduce(0) { $0 + $1.weight }
      degrees += count
      log -= 0.5 * count * q * Foundation.log(Double.pi)
      guard let kappa = entry.kappa else {
        for (x, weight) in entry.members { matrix.addSquare(of: zip(x, entry.center).map(-), weight: weight) }
        means.append((entry, entry.center, .infinity))
        continue
      }
      // Sums of squares of the members and of κ pseudo-observations at the centre, about their common mean.
      var mean = entry.center.map { kappa * $0 }
      for (x, weight) in entry.members { for d in mean.indices { mean[d] += weight * x[d] } }
      for d in mean.indices { mean[d] /= kappa + count }
      for (x, weight) in entry.members { matrix.addSquare(of: zip(x, mean).map(-), weight: weight) }
      matrix.addSquare(of: zip(entry.center, mean).map(-), weight: kappa)
      log += 0.5 * q * Foundation.log(kappa / (kappa + count))
      means.append((entry, mean, kappa + count))
    }
    let factor = try matrix.cholesky()
    log += Self.logGamma(0.5 * degrees, scale.dimension) - Self.logGamma(0.5 * dof, scale.dimension)
    log += 0.5 * dof * (try scale.cholesky().logDeterminantOfSquare) - 0.5 * degrees * factor.logDeterminantOfSquare
    let covariance = SymmetricMatrix(
      dimension: scale.dimension, packed: matrix.packed.map { $0 / (degrees - q - 1) })
    return Posterior(
      logEvidence: log, covariance: covariance.packed,
      precision: factor.inverseOfSquare.packed.map { $0 * degrees },
      means: means.flatMap { entry, mean, weight in
        mean.indices.map { d in
          (entry.places[d], mean[d], mean[d] * mean[d] + covariance[d, d] / weight)
        }
      })
  }

  /// log Γ_q(x) without the constant π^(q (q - 1) / 4).
  private static func logGamma(_ x: Double, _ q: Int) -> Double {
    (0..<q).reduce(0) { $0 + lgamma(x - 0.5 * Double($1)) }
  }
}
