import GMMModel

extension Posterior {
  /// The number of draws that each chain was to make, where a collapse has ended the run before; otherwise `nil`.
  ///
  /// A posterior that comes from a file, or has some of the draws, does not know.
  package var drawsBeforeCollapse: Int? {
    guard !isPrior, continuation == nil, drawn == DrawSelection(), drawCount > 1, drawCount < store.draws else {
      return nil
    }
    return store.draws
  }

  /// The mean and the standard deviation of each column of the data, (D). Rows count with their weights.
  package var columnMoments: (means: [Double], sds: [Double]) {
    let spread = DataSpread(data)
    return (spread.means, spread.variances.map { $0.squareRoot() })
  }
}
