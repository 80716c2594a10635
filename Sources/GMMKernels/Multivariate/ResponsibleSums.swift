/// Sums over the points of a chunk, weighted by what the rows of shares hold for each component.
struct ResponsibleSums {
  /// From how many coordinates on distances are worth storing: then each is used often enough to pay for the way to memory.
  static let storingDimensions = 1700

  let points: BlockPoints
  let table: MultivariateTable
  let scratch: BlockScratch
  let sums: MultivariateSums

  /// Sets all sums to 0.
  func start() {
    sums.clear()
    if table.shape == .diagonal {
      for k in 0..<table.count { scratch.lanes(k).clear() }
    }
  }

  /// Adds the points of `chunk`.
  @inline(__always)
  func add(_ chunk: Range<Int>) {
    for k in 0..<table.count {
      let lanes = scratch.lanes(k)
      switch table.shape {
      case .diagonal:
        CoordinateSums(distances: pointDistances(k, chunk, chunk: chunk.lowerBound), groups: chunk.count, lanes: lanes)
          .add(dimensions: table.dimensions)
      case .triangular:
        lanes.clear()
        chunk.forEachPiece(of: scratch.plan.piece) { piece in
          if table.dimensions < Self.storingDimensions {
            SymmetricSums(
              distances: pointDistances(k, piece, chunk: chunk.lowerBound), groups: piece.count, lanes: lanes
            ).add(dimensions: table.dimensions)
          } else {
            SymmetricSums(
              distances: storedDistances(k, piece, chunk: chunk.lowerBound), groups: piece.count, lanes: lanes
            ).add(dimensions: table.dimensions)
          }
        }
        lanes.reduce(into: sums, k)
      }
    }
  }

  /// Adds up what is still in lanes.
  func finish() {
    if table.shape == .diagonal {
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

  @inline(never)
  private func storedDistances(_ k: Int, _ groups: Range<Int>, chunk: Int) -> StoredDistances {
    let x = points.group(groups.lowerBound, pass: 0)
    let weights = scratch.shares(k) + (groups.lowerBound - chunk) * passCount
    let center = table.center(of: k)
    let (plain, weighted) = (scratch.distances, scratch.weightedDistances)
    let dimensions = table.dimensions
    for group in 0..<groups.count {
      for pass in 0..<passCount {
        let weight = weights[group * passCount + pass]
        for j in 0..<dimensions {
          let place = (group * dimensions + j) * passCount + pass
          let distance = x[place] - center[j]
          plain[place] = distance
          weighted[place] = distance * weight
        }
      }
    }
    return StoredDistances(plain: plain, weighted: weighted, weights: weights, dimensions: dimensions)
  }
}
