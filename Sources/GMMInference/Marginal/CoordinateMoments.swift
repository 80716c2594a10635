import GMMStorage

/// The running mean and scatter of vectors (Welford 1962).
struct CoordinateMoments: Sendable, Equatable {
  /// The number of vectors.
  private(set) var count = 0.0
  /// (d).
  private(set) var mean: [Double]
  /// Σ (u - mean)(u - mean)ᵀ: the lower triangle row by row, (d (d + 1) / 2).
  private(set) var scatter: [Double]
  private var distance: [Double]

  /// Creates the moments of no vectors.
  init(dimension: Int) {
    mean = [Double](repeating: 0, count: dimension)
    distance = mean
    scatter = [Double](repeating: 0, count: dimension * (dimension + 1) / 2)
  }

  /// Creates moments from stored numbers.
  private init(count: Double, mean: [Double], scatter: [Double]) {
    (self.count, self.mean, self.scatter) = (count, mean, scatter)
    distance = [Double](repeating: 0, count: mean.count)
  }

  /// Adds one vector, (d).
  ///
  /// - Complexity: O(d²), no allocation.
  mutating func add(_ u: [Double]) {
    let factor = count / (count + 1)
    count += 1
    for i in mean.indices {
      distance[i] = u[i] - mean[i]
      mean[i] += distance[i] / count
    }
    var index = 0
    for i in mean.indices {
      let scaled = factor * distance[i]
      for j in 0...i {
        scatter[index] += scaled * distance[j]
        index += 1
      }
    }
  }
}

extension CoordinateMoments {
  func write(to writer: inout ByteWriter) {
    writer.write(count)
    writer.write(mean)
    writer.write(scatter)
  }

  /// Reads moments of `dimension` coordinates, or of none.
  init(from reader: inout ByteReader, dimension: Int) throws(StorageError) {
    let count = try reader.readDouble()
    let mean = try reader.readDoubles()
    guard mean.isEmpty || mean.count == dimension else { throw .format("moments must have \(dimension) coordinates") }
    let scatter = try reader.readDoubles(count: mean.count * (mean.count + 1) / 2)
    self.init(count: count, mean: mean, scatter: scatter)
  }
}
