/// The log shares of the points of one panel.
struct LogShares {
  let points: BlockPoints
  let table: MultivariateTable
  let scratch: BlockScratch

  /// Writes q_k(x), bounded from below, for all components at the points of `groups`.
  ///
  /// - Parameter chunk: the group that the rows of shares start with.
  @inline(__always)
  func evaluate(_ groups: Range<Int>, chunk: Int) {
    switch table.shape {
    case .triangular:
      for k in 0..<table.count { evaluateTriangle(k, groups, chunk: chunk) }
    case .diagonal:
      for k in 0..<table.count { evaluateDiagonal(k, groups, chunk: chunk) }
    }
  }

  @inline(__always)
  private func row(_ k: Int, _ groups: Range<Int>, chunk: Int) -> UnsafeMutablePointer<Vector> {
    scratch.shares(k) + (groups.lowerBound - chunk) * passCount
  }

  @inline(__always)
  private func evaluateTriangle(_ k: Int, _ groups: Range<Int>, chunk: Int) {
    let rows = FactorRows(
      x: points.group(groups.lowerBound, pass: 0), vectors: groups.count * passCount, dimensions: points.dimensions,
      center: table.center(of: k), factor: table.factor(of: k), constant: table.constants[k],
      shares: row(k, groups, chunk: chunk))
    var first = 0
    while first < points.dimensions {
      switch min(points.dimensions - first, FactorRows.tileRows) {
      case 1: rows.subtract(from: first, Tile<1>())
      case 2: rows.subtract(from: first, Tile<2>())
      case 3: rows.subtract(from: first, Tile<3>())
      default: rows.subtract(from: first, Tile<4>())
      }
      first += FactorRows.tileRows
    }
  }

  @inline(never)
  private func evaluateDiagonal(_ k: Int, _ groups: Range<Int>, chunk: Int) {
    let x = points.group(groups.lowerBound, pass: 0)
    let shares = row(k, groups, chunk: chunk)
    let center = table.center(of: k)
    let factor = table.factor(of: k)
    let constant = Vector(repeating: table.constants[k])
    let dimensions = points.dimensions
    for group in 0..<groups.count {
      for pass in 0..<passCount {
        let point = x + group * dimensions * passCount + pass
        var share = constant
        for j in 0..<dimensions {
          let y = (point[j * passCount] - center[j]) * factor[j]
          share = (-y).multiplied(by: y, adding: share)
        }
        shares[group * passCount + pass] = share.bounded()
      }
    }
  }
}

extension Vector {
  /// Returns log shares with those below the floor, and those that are not numbers because they overflowed on the way,
  /// at the floor.
  @inline(__always)
  func bounded() -> Vector {
    Vector(repeating: logShareFloor).replacing(with: self, where: self .>= logShareFloor)
  }
}
