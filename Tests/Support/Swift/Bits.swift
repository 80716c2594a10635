import GMMInference

/// All bits of the draws, including the assignments.
package func bits(_ posterior: Posterior) -> [UInt64] {
  var result: [UInt64] = []
  for chain in 0..<posterior.chainCount {
    for draw in 0..<posterior.drawCount {
      let row = posterior.row(chain: chain, draw: draw)
      for j in 0..<posterior.layout.width { result.append(row[j].bitPattern) }
      if let labels = posterior.assignments(chain: chain, draw: draw) {
        for i in 0..<posterior.data.count { result.append(UInt64(labels[i])) }
      }
    }
  }
  return result
}
