import Testing

@testable import GMMInference

/// The samplers of the tests, with and without moves that sum the assignments out.
enum SamplerChoice: Sendable, CustomTestStringConvertible, CaseIterable {
  case gibbs
  case gibbsWithMoves
  case metropolis

  var testDescription: String {
    switch self {
    case .gibbs: "Gibbs"
    case .gibbsWithMoves: "Gibbs with moves"
    case .metropolis: "Metropolis"
    }
  }

  /// Returns `options` with this sampler in them.
  func applied(to options: SamplingOptions) -> SamplingOptions {
    var options = options
    options.method = self == .metropolis ? .metropolis : .gibbs
    options.moves = self == .gibbsWithMoves ? .always : .never
    return options
  }
}
