import GMMKernels
import GMMModel

extension Posterior {
  /// Writes data sets drawn from the posterior predictive distribution.
  ///
  /// For row r, one draw of the posterior is chosen uniformly with replacement, and `points` observations are drawn
  /// from its mixture. Row r depends on the seed and r alone, not on the number of threads, nor on labels.
  ///
  /// - Parameter output: draws x points x D, row-major. It is partly written when the caller cancels.
  /// - Throws: ``ModelError`` of kind `cancelled` when the caller cancels.
  package func samplePredictive(
    draws: Int, points: Int, seed: UInt64, into output: UnsafeMutablePointer<Double>,
    _ control: RunControl = RunControl()
  ) throws(ModelError) {
    let shape = layout.shape
    let box = backgroundBox
    guard model.background == nil || box != nil else {
      throw ModelError(
        .unsupported, "background", "must have bounds for points to be drawn from it", got: "a volume alone")
    }
    let target = SharedOutput(output)
    let key = StreamKey(seed: seed, chain: 0, purpose: .predictive)
    // A Normal number takes about 5 ns, and eight products of a factor take as much.
    let numbers = shape.dimensionCount + shape.squareCount / 8
    let factorization = Double(shape.matrixCount) * Double(shape.squareCount) * (1 + Double(shape.dimensionCount) / 24)
    let numbersOfRow = Double(points) * Double(numbers) + factorization
    // Short rows are taken many at a time. Rows without points take no time, whatever their number.
    let rowsAtOnce = max(1, Int(min(8_192 / max(numbersOfRow, 1), 8_192)))
    let pointsAtOnce = max(1, 8_192 / numbers)
    try BlockTeam.run(
      blocks: points > 0 ? (draws + rowsAtOnce - 1) / rowsAtOnce : 0,
      costPerBlock: 5e-3 * numbersOfRow * Double(rowsAtOnce), control, makeWorkspace: { () },
      body: { [self] (unit, _, monitor) throws(ModelError) in
        for r in unit * rowsAtOnce..<min(draws, (unit + 1) * rowsAtOnce) {
          var stream = RandomStream(key.at(iteration: UInt64(r)))
          let chosen = stream.index(below: chainCount * drawCount)
          let row = drawnRow(chain: chosen / drawCount, draw: chosen % drawCount)
          let factors = shape.hasMatrices ? Parameters(row: row, layout).factors : []
          for first in stride(from: 0, to: points, by: pointsAtOnce) {
            if first > 0 { try monitor.check() }
            factors.withUnsafeBufferPointer { factors in
              // SAFETY: the posterior keeps the row alive, and `factors` holds a triangle for each matrix.
              var mixture = PointDraws(
                shape: shape, weights: row, means: row + layout.means.lowerBound, sds: row + layout.sds.lowerBound,
                factors: shape.hasMatrices ? factors.baseAddress : nil)
              if let box, let column = layout.background.first {
                mixture.background = (row[column], box)
              }
              for i in first..<min(points, first + pointsAtOnce) {
                _ = mixture.draw(&stream, into: target.base + (r * points + i) * shape.dimensionCount)
              }
            }
          }
        }
      })
  }
}
