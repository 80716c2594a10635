import Testing

@testable import GMMInference

/// The samplers of the tests, with and without moves that sum the assignments out, and with split-merge moves.
enum SamplerChoice: Sendable, CustomTestStringConvertible, CaseIterable {
  case gibbs
  case gibbsWithMoves
  case metropolis
  case gibbsWithSplitMerge
  case metropolisWithSplitMerge

  var testDescription: String {
    switch self {
    case .gibbs: "Gibbs"
    case .gibbsWithMoves: "Gibbs with moves"
    case .metropolis: "Metropolis"
    case .gibbsWithSplitMerge: "Gibbs with split-merge moves"
    case .metropolisWithSplitMerge: "Metropolis with split-merge moves"
    }
  }

  var isMetropolis: Bool { self == .metropolis || self == .metropolisWithSplitMerge }

  var makesSplitMergeMoves: Bool { self == .gibbsWithSplitMerge || self == .metropolisWithSplitMerge }

  /// Returns `options` with this sampler in them, thinned by as many iterations as its draws are alike.
  func applied(to options: SamplingOptions) -> SamplingOptions {
    var options = options
    options.thin =
      switch self {
      case .gibbs, .gibbsWithMoves, .gibbsWithSplitMerge: 1
      case .metropolis: 5
      case .metropolisWithSplitMerge: 2
      }
    options.method = isMetropolis ? .metropolis : .gibbs
    options.moves = self == .gibbsWithMoves ? .always : .never
    options.splitMerge = makesSplitMergeMoves ? .automatic : .never
    return options
  }
}
