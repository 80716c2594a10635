import GMMKernels
import GMMModel

/// The workspace with which one thread evaluates all values of a mixture's parameters at the points of one block.
///
/// These blocks have 512 points, so that the sums of one block stay in the cache while all values are evaluated.
final class PointWorkspace {
  /// The number of points in a block.
  static let points = 512

  /// The number of densities of a mixture: K, and one more for a background.
  let densityCount: Int
  /// The table with one value.
  let table: AlignedBuffer<Double>
  let scratch: AlignedBuffer<Double>
  /// A row of a block's points for each density.
  let sums: AlignedBuffer<Double>
  /// One row of a block's points.
  let scales: AlignedBuffer<Double>
  /// The number of the value in the table; -1 if there is none.
  var value = -1
  private let kernels: MixtureKernels
  private let data: DataSet
  /// The points, if some of the data set lack values.
  let incomplete: IncompletePoints?

  /// - Parameter data: the points of which blocks are evaluated.
  init?(_ kernels: MixtureKernels, _ data: DataSet) {
    if let patterns = data.patterns {
      guard let points = IncompletePoints(data, patterns, kernels, capacity: Self.points) else { return nil }
      incomplete = points
    } else {
      incomplete = nil
    }
    (self.kernels, self.data) = (kernels, data)
    guard let table = AlignedBuffer<Double>(count: Parameters.tableSize(kernels.shape)),
      let scratch = AlignedBuffer<Double>(count: kernels.scratchSize),
      let sums = AlignedBuffer<Double>(count: kernels.shape.densityCount * Self.points),
      let scales = AlignedBuffer<Double>(count: Self.points)
    else { return nil }
    densityCount = kernels.shape.densityCount
    self.table = table
    self.scratch = scratch
    self.sums = sums
    self.scales = scales
  }

  /// Returns a block of points for its evaluation.
  ///
  /// - Parameter start: a multiple of 8.
  func points(from start: Int, count: Int) -> EvaluatedPoints {
    incomplete?.choose(start..<start + count)
    return EvaluatedPoints(
      kernels: kernels, x: data.filledGroup(at: start), count: count, incomplete: incomplete, scratch: scratch.base)
  }

  /// Sets all sums to 0.
  func clear() {
    sums.elements.update(repeating: 0)
    scales.elements.update(repeating: emptyLogScale)
  }

  /// Sets the sums of a block of `count` points to 0.
  func clear(count: Int) {
    let padded = (count + laneCount - 1) / laneCount * laneCount
    sums.base.update(repeating: 0, count: densityCount * padded)
    scales.base.update(repeating: emptyLogScale, count: padded)
  }

  /// Returns the sum of density `k` at point `i` of a block of `count` points.
  func sum(_ k: Int, _ i: Int, count: Int) -> Double {
    sums.base[k * ((count + laneCount - 1) / laneCount * laneCount) + i]
  }

  /// Returns the log scale of point `i`.
  func scale(_ i: Int) -> Double { scales.base[i] }
}
