import Foundation
import GMMModel

/// Returns log N(`x` | `mean`, `sd`²).
package func logNormal(_ x: Double, _ mean: Double, _ sd: Double) -> Double {
  -0.5 * ((x - mean) / sd) * ((x - mean) / sd) - log(sd) - 0.5 * log(2 * Double.pi)
}

/// Returns the prior that is `density` for each component.
package func spreadPrior(_ density: SpreadDensity) -> SpreadPrior {
  switch density {
  case .uniform(let lower, let upper): .uniform(lower: [lower], upper: [upper])
  case .halfCauchy(let scale): .halfCauchy(scale: [scale])
  case .halfNormal(let scale): .halfNormal(scale: [scale])
  case .logNormal(let mu, let sigma): .logNormal(mu: [mu], sigma: [sigma])
  case .halfStudentT(let dof, let scale): .halfStudentT(dof: [dof], scale: [scale])
  case .inverseGamma(let shape, let scale): .inverseGamma(shape: [shape], scale: [scale])
  case .gamma(let shape, let rate): .gamma(shape: [shape], rate: [rate])
  case .fixed(let value): .fixed([value])
  }
}

/// Densities of an sd of every family, bounded and unbounded, smooth at 0 and not.
package let everySpreadDensity: [SpreadDensity] = [
  .uniform(lower: 0, upper: 20), .uniform(lower: 0.5, upper: 2), .halfCauchy(scale: 3),
  .halfNormal(scale: 2), .logNormal(mu: 0.5, sigma: 0.7), .logNormal(mu: -2, sigma: 0.05), .logNormal(mu: 1, sigma: 4),
  .halfStudentT(dof: 3, scale: 1.5), .halfStudentT(dof: 0.6, scale: 0.8), .halfStudentT(dof: 1e6, scale: 2),
  .inverseGamma(shape: 2, scale: 3), .inverseGamma(shape: 0.3, scale: 0.01), .gamma(shape: 2, rate: 1),
  .gamma(shape: 0.2, rate: 5),
]
