// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

@_cdecl("gmm_chain_moves_init") @implementation
public func gmm_chain_moves_init(
  _ moves: UnsafeMutablePointer<gmm_chain_moves>?, _ struct_size: Int
) -> gmm_status {
  initialize(moves, struct_size, gmm_chain_moves())
}

@_cdecl("gmm_posterior_get_moves") @implementation
public func gmm_posterior_get_moves(
  _ posterior: OpaquePointer?, _ chain: Int64, _ out_moves: UnsafeMutablePointer<gmm_chain_moves>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let out = try required(out_moves, "out_moves")
    let moves = try ofChain(chain, posterior, posterior.moves)
    try write(gmm_chain_moves(moves), to: out, size: Int(out.pointee.struct_size), "out_moves")
  }
}

extension gmm_chain_moves {
  init(_ moves: ChainMoves) {
    self.init()
    num_joint = Int32(moves.jointMoves)
    split_merge =
      switch moves.splitMerge {
      case .off: Int32(GMM_SPLIT_MERGE_OFF)
      case .rarely: Int32(GMM_SPLIT_MERGE_RARELY)
      case .regularly: Int32(GMM_SPLIT_MERGE_REGULARLY)
      }
    interval = Int64(moves.interval)
    num_proposed = Int64(moves.proposed)
    num_accepted = Int64(moves.accepted)
  }
}
