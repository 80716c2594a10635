/// Takes sums over the points of a chunk, weighted by the numbers in each component's row of shares.
struct ResponsibleSums {
  let points: BlockPoints
  let table: MultivariateTable
  let scratch: BlockScratch
  let sums: MultivariateSums

  /// Sets all sums to 0.
  func start() {
    sums.clear()
    if table.form == .diagonal {
      for k in 0..<table.count { scratch.lanes(k).clear() }
    }
  }

  /// Adds the points of `chunk`.
  @inline(__always)
  func add(_ chunk: Range<Int>) {
    for k in 0..<table.count {
      let lanes = scratch.lanes(k)
      switch table.form {
      case .diagonal:
        CoordinateSums(distances: pointDistances(k, chunk, chunk: chunk.lowerBound), groups: chunk.count, lanes: lanes)
          .add(dimensions: table.dimensions)
      case .triangular:
        lanes.clear()
        chunk.forEachPiece(of: scratch.plan.piece) { piece in
          #if GMM_AVX2
            let distances = KeptDistances(
              points: pointDistances(k, piece, chunk: chunk.lowerBound), memory: scratch.distances)
          #else
            let distances = pointDistances(k, piece, chunk: chunk.lowerBound)
          #endif
          SymmetricSums(distances: distances, groups: piece.count, lanes: lanes).add(dimensions: table.dimensions)
        }
        lanes.reduce(into: sums, k)
      }
    }
  }

  /// Adds the lane sums to the sums.
  func finish() {
    if table.form == .diagonal {
      for k in 0..<table.count { scratch.lanes(k).reduce(into: sums, k) }
    }
  }

  @inline(__always)
  private func pointDistances(_ k: Int, _ groups: Range<Int>, chunk: Int) -> PointDistances {
    PointDistances(
      x: points.group(groups.lowerBound, pass: 0),
      weights: scratch.shares(k) + (groups.lowerBound - chunk) * passCount, center: table.center(of: k),
      dimensions: table.dimensions)
  }
}
