import Foundation
import GMMModel
import Testing

/// A conjugate mixture of a few rows, whose posterior is a sum over all labellings.
///
/// The sum is made of closed forms of subsets of the rows, and shares nothing with the library.
struct SmallPosterior: Sendable, CustomTestStringConvertible {
  /// A form of the covariances, and the family of the prior of the spread. All of them are inverse-Wishart (q = D or 1).
  struct Form: Sendable {
    let structure: CovarianceStructure
    var isShared = false
    let dimensions: Int
    let family: SpreadKind
  }

  static let forms: [Form] = [
    Form(structure: .full, dimensions: 2, family: .inverseWishart),
    Form(structure: .diag, dimensions: 1, family: .inverseGamma),
    Form(structure: .tied, isShared: true, dimensions: 2, family: .inverseWishart),
    Form(structure: .diag, dimensions: 2, family: .gamma),
    Form(structure: .spherical, dimensions: 2, family: .inverseGamma),
    Form(structure: .diag, isShared: true, dimensions: 2, family: .inverseGamma),
    Form(structure: .diag, dimensions: 1, family: .inverseWishart),
    Form(structure: .spherical, isShared: true, dimensions: 2, family: .gamma),
    Form(structure: .diag, isShared: true, dimensions: 1, family: .gamma),
    Form(structure: .full, dimensions: 3, family: .inverseWishart),
    Form(structure: .tied, isShared: true, dimensions: 3, family: .inverseWishart),
    Form(structure: .diag, dimensions: 3, family: .inverseGamma),
    Form(structure: .spherical, dimensions: 3, family: .gamma),
  ]

  let number: Int
  let form: Form
  var concentration: [Double]
  let center: [Double]
  var kappa: Double
  /// ν: the degrees of freedom of the matrix, or of each variance.
  var dof: Double
  /// Ψ, (D, D), of which other forms than full and tied take the first entry.
  let scale: [[Double]]
  let rows: [[Double]]

  var components: Int { concentration.count }

  /// Creates a posterior that has at least two modes of 5 % or more of the mass.
  ///
  /// The rows lie in more groups than there are components, so that different groups can share one. Numbers are drawn
  /// until the posterior has these modes.
  init(_ number: Int) {
    var random = PlainRandom(seed: UInt64(1_000 + number))
    while true {
      let posterior = SmallPosterior(drawing: number, &random)
      let modes = posterior.labellings.modes
      if modes.count > 1, modes[1] >= 0.05 {
        self = posterior
        return
      }
    }
  }

  private init(drawing number: Int, _ random: inout PlainRandom) {
    func one(of values: [Double]) -> Double { values[random.index(below: values.count)] }
    self.number = number
    form = Self.forms[number % Self.forms.count]
    let dimensions = form.dimensions
    let components = 2 + random.index(below: 2)
    let count = 4 + random.index(below: 6)
    let isEven = random.uniform() < 0.5
    concentration = (0..<components).map { _ in isEven ? 1 : one(of: [0.5, 1, 2]) }
    kappa = one(of: [0.05, 0.1, 0.3])
    dof = Double(dimensions) + one(of: [1, 2, 3])
    let width = one(of: [0.1, 0.2, 0.4])
    let correlation = form.structure == .full || form.structure == .tied ? 0.8 * (random.uniform() - 0.5) : 0
    scale = (0..<dimensions).map { i in (0..<dimensions).map { $0 == i ? width : correlation * width } }
    let groups = (0..<components + 1 + random.index(below: 2)).map { _ in
      (0..<dimensions).map { _ in 4 * random.uniform() }
    }
    let spread = one(of: [0.1, 0.3])
    rows = (0..<count).map { i in groups[i % groups.count].map { $0 + spread * random.normal() } }
    let all = rows
    center = (0..<dimensions).map { d in all.reduce(0) { $0 + $1[d] } / Double(count) }
  }

  var testDescription: String {
    "\(number): \(form.isShared ? "shared " : "")\(form.structure) \(form.family), D = \(form.dimensions), "
      + "K = \(components), N = \(rows.count)"
  }

  func model() throws -> MixtureModel {
    let spread: SpreadPrior =
      switch form.family {
      case .inverseGamma: .inverseGamma(shape: [0.5 * dof], scale: [0.5 * scale[0][0]])
      case .gamma: .gamma(shape: [0.5 * dof], rate: [0.5 * scale[0][0]])
      default: .inverseWishart(dof: [dof], scale: scale.flatMap { $0 })
      }
    return try MixtureModel(
      MixtureShape(
        componentCount: components, dimensionCount: form.dimensions, structure: form.structure,
        sharedSpread: form.isShared),
      weights: .dirichlet(concentration: concentration), means: .scaledNormal(mean: center, kappa: [kappa]),
      spread: spread)
  }

  // MARK: The sum over all labellings

  /// Up to a constant, log p(z, x) is
  ///
  ///     Σ_k log Γ(α_k + n_k) + Σ_k D/2 log(κ / (κ + n_k)) + Σ_blocks log g,
  ///     g = Γ_q((ν + n) / 2) / Γ_q(ν / 2) |Ψ|^(ν/2) |Ψ + A|^(-(ν + n)/2),
  ///
  /// where a block is a matrix (or a variance), n the number of its squares, and A their sum: those about the mean of each
  /// component's members, and κ n_k / (κ + n_k) that mean's about the center.
  var labellings: Labellings {
    let dimensions = form.dimensions
    let squares = (0..<1 << rows.count).map(squares)
    return Labellings(components: components, count: rows.count) { labels in
      var sets = [Int](repeating: 0, count: components)
      for (i, label) in labels.enumerated() { sets[label] |= 1 << i }
      let counts = sets.map { Double($0.nonzeroBitCount) }
      var log = 0.0
      for (count, concentration) in zip(counts, concentration) {
        log += lgamma(concentration + count) + 0.5 * Double(dimensions) * Foundation.log(kappa / (kappa + count))
      }
      var blocks = zip(counts, sets).map { (count: $0, squares: squares[$1]) }
      if form.isShared {
        blocks = [
          blocks.dropFirst().reduce(blocks[0]) { sum, block in
            (sum.count + block.count, zip(sum.squares, block.squares).map { zip($0, $1).map(+) })
          }
        ]
      }
      for (count, squares) in blocks {
        switch form.structure {
        case .full, .tied: log += block(scale, count, squares)
        case .diag: for d in 0..<dimensions { log += block([[scale[0][0]]], count, [[squares[d][d]]]) }
        case .spherical:
          let trace = (0..<dimensions).reduce(0) { $0 + squares[$1][$1] }
          log += block([[scale[0][0]]], count * Double(dimensions), [[trace]])
        }
      }
      return log
    }
  }

  /// Returns A of a set of rows, (D, D).
  private func squares(_ set: Int) -> [[Double]] {
    let dimensions = form.dimensions
    let members = rows.indices.filter { set >> $0 & 1 == 1 }.map { rows[$0] }
    let count = Double(members.count)
    let mean = (0..<dimensions).map { d in members.reduce(0) { $0 + $1[d] } / max(1, count) }
    return (0..<dimensions).map { i in
      (0..<dimensions).map { j in
        members.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) }
          + kappa * count / (kappa + count) * (mean[i] - center[i]) * (mean[j] - center[j])
      }
    }
  }

  /// Returns log g.
  private func block(_ scale: [[Double]], _ count: Double, _ squares: [[Double]]) -> Double {
    func logGamma(_ x: Double) -> Double { scale.indices.reduce(0) { $0 + lgamma(x - 0.5 * Double($1)) } }
    let sum = zip(scale, squares).map { zip($0, $1).map(+) }
    return logGamma(0.5 * (dof + count)) - logGamma(0.5 * dof) + 0.5 * dof * log(Self.determinant(scale))
      - 0.5 * (dof + count) * log(Self.determinant(sum))
  }

  /// Returns a determinant by expansion along the first row.
  private static func determinant(_ matrix: [[Double]]) -> Double {
    guard let first = matrix.first else { return 1 }
    return first.indices.reduce(0) { sum, j in
      let minor = matrix.dropFirst().map { row in row.indices.filter { $0 != j }.map { row[$0] } }
      return sum + (j % 2 == 0 ? 1 : -1) * first[j] * determinant(minor)
    }
  }
}
