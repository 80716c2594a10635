/// Computes the log shares of the points of one panel.
struct LogShares {
  let points: BlockPoints
  let table: MultivariateTable
  let scratch: BlockScratch

  /// Prepares the components' factors.
  func start() {
    guard table.form == .triangular else { return }
    for k in 0..<table.count { scratch.factor(k).fill(table.factor(of: k), dimensions: table.dimensions) }
  }

  /// Writes q_k(x), bounded from below, for all components at the points of `groups`.
  ///
  /// - Parameter chunk: the group with which the rows of shares start.
  @inline(__always)
  func evaluate(_ groups: Range<Int>, chunk: Int) {
    for k in 0..<table.count {
      let rows = FactorRows(
        x: points.group(groups.lowerBound, pass: 0), vectors: groups.count * passCount, dimensions: points.dimensions,
        center: table.center(of: k), factor: table.factor(of: k), tiles: scratch.factor(k),
        constant: table.constants[k], shares: scratch.shares(k) + (groups.lowerBound - chunk) * passCount)
      switch table.form {
      case .triangular: evaluate(rows)
      case .diagonal: rows.evaluateDiagonal()
      }
    }
  }

  @inline(__always)
  private func evaluate(_ rows: FactorRows) {
    rows.start()
    for first in stride(from: 0, to: points.dimensions, by: FactorTiles.tileRows) {
      switch points.dimensions - first {
      case 1: rows.subtract(from: first, Tile<1>())
      #if GMM_AVX512 || GMM_AVX2
        case 2: rows.subtract(from: first, Tile<2>())
        case 3: rows.subtract(from: first, Tile<3>())
      #endif
      default: rows.subtract(from: first, FactorTiles.FullTile())
      }
    }
  }
}

extension Vector {
  /// Returns log shares bounded from below by the floor. A log share that is NaN after an overflow is set to the floor
  /// too.
  @inline(__always)
  func bounded() -> Vector {
    Vector(repeating: logShareFloor).replacing(with: self, where: self .>= logShareFloor)
  }
}
