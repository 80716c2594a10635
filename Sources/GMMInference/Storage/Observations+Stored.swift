import GMMKernels
import GMMModel
import GMMStorage

extension Observations {
  /// Appends the section of the data: N, D, then the rows.
  func write(to file: AtomicFile) throws(StorageError) {
    try file.append(Section.observations.head(length: 16 + 8 * count * dimensionCount))
    var sizes = ByteWriter()
    sizes.write(count)
    sizes.write(dimensionCount)
    try file.append(sizes.bytes)
    var rows: [Double] = []
    for index in 0..<blockCount {
      let (start, count) = block(index)
      rows.removeAll(keepingCapacity: true)
      for i in start..<start + count {
        for d in 0..<dimensionCount { rows.append(self[i, d]) }
      }
      let result = rows.withUnsafeBufferPointer { rows in Result { () throws(StorageError) in try file.append(rows) } }
      try result.get()
    }
  }

  /// Reads the section of the data of a model.
  convenience init(from file: StoredFile, _ model: MixtureModel) throws(StorageError) {
    let length = try file.head(.observations)
    guard length >= 16 else { throw .format("lacks its section DATA") }
    var sizes = ByteReader(try file.read(16))
    let count = try sizes.readInt("observations", in: 0...Int.max)
    let dimensions = try sizes.readInt("dimensions", in: 1...Int.max)
    let numbers = count.multipliedReportingOverflow(by: dimensions)
    guard !numbers.overflow, numbers.partialValue == (length - 16) / 8, length % 8 == 0,
      dimensions == model.dimensionCount || count == 0
    else { throw .format("\(count) observations in \(dimensions) dimensions are announced in \(length) bytes") }
    guard let rows = AlignedBuffer<Double>(count: numbers.partialValue, zeroed: false) else {
      throw StorageError(.outOfMemory, file.path, "not enough memory for \(count) observations")
    }
    try file.read(into: rows.elements)
    // A buffer may end with its last mention, before its memory is read.
    defer { withExtendedLifetime(rows) {} }
    do throws(ModelError) {
      try self.init(rows.base, count: count, dimensionCount: dimensions)
    } catch {
      throw StorageError(error.kind == .outOfMemory ? .outOfMemory : .format, file.path, "\(error)")
    }
  }
}

extension SampleWeights {
  /// Reads the section of the weights of `count` observations; `nil` where they have none.
  static func read(from file: StoredFile, count: Int) throws(StorageError) -> SampleWeights? {
    let length = try file.head(.sampleWeights)
    guard length > 0 else { return nil }
    guard length % 8 == 0, length / 8 == count else {
      throw .format("must have a weight for each of \(count) observations")
    }
    guard let values = AlignedBuffer<Double>(count: count, zeroed: false) else {
      throw StorageError(.outOfMemory, file.path, "not enough memory for \(count) sample weights")
    }
    try file.read(into: values.elements)
    defer { withExtendedLifetime(values) {} }
    do throws(ModelError) {
      return try SampleWeights(UnsafeBufferPointer(values.elements))
    } catch {
      throw StorageError(error.kind == .outOfMemory ? .outOfMemory : .format, file.path, "\(error)")
    }
  }
}
