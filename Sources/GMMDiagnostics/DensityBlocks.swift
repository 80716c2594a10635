/// Densities at points, which threads fill block by block.
final class DensityBlocks: @unchecked Sendable {
  /// The number of points of a block.
  static let size = 1 << 10

  /// The number of blocks.
  let count: Int
  private let places: UnsafeMutableBufferPointer<Double>

  init(_ points: [Double]) {
    places = .allocate(capacity: points.count)
    places.initialize(repeating: 0)
    count = (points.count + Self.size - 1) / Self.size
  }

  deinit { places.deallocate() }

  /// The points of a block.
  func indices(of block: Int) -> Range<Int> {
    block * Self.size..<min((block + 1) * Self.size, places.count)
  }

  /// The density at a point. Threads write at different points.
  subscript(_ index: Int) -> Double {
    get { places[index] }
    set { places[index] = newValue }
  }

  /// The densities at all points, once all blocks are filled.
  var densities: [Double] { Array(places) }
}
