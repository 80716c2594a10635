import GMMKernels
import GMMModel
import GMMStorage

extension DataSet {
  /// The XXH64 of the values in the groups in which they are laid out, followed by the places of missing values and by N
  /// and D. It is computed once.
  package var fingerprint: UInt64 {
    fingerprint { values in
      var sizes = ByteWriter()
      sizes.write(count)
      sizes.write(dimensionCount)
      var checksum = Checksum()
      checksum.update(UnsafeRawBufferPointer(values))
      if let details {
        for part in details.parts.compactMap({ $0 }) { checksum.update(UnsafeRawBufferPointer(part)) }
        if let labels = details.labels { checksum.update(UnsafeRawBufferPointer(labels.elements)) }
      }
      if let patterns {
        var places = ByteWriter()
        for i in 0..<count { for d in patterns.pattern(of: i).missing { places.write(i * dimensionCount + d) } }
        places.bytes.withUnsafeBytes { checksum.update($0) }
      }
      sizes.bytes.withUnsafeBytes { checksum.update($0) }
      return checksum.value
    }
  }

  /// Appends the sections of the data: N, D and the rows, with NaN for missing values; the weights; the first row and
  /// the columns' names.
  func write(to file: any PayloadSink) throws(StorageError) {
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
    try file.append(Section.sampleWeights.head(length: 8 * (weights?.count ?? 0)))
    if let weights {
      // SAFETY: the weights have this count, and live as long as this object.
      try file.append(UnsafeBufferPointer(start: weights.base, count: weights.count))
    }
    try file.append(.columns, columnsSection)
    if let details { try details.write(to: file) }
  }

  /// The first row and the columns' names.
  private var columnsSection: ByteWriter {
    var section = ByteWriter()
    section.write(firstRow)
    section.write(columnNames.count)
    for name in columnNames {
      section.write(name.utf8.count)
      section.append(Array(name.utf8))
    }
    return section
  }

  /// The number of bytes of the contents of the sections that ``write(to:)`` appends, without their heads.
  var storedSize: Int {
    16 + 8 * count * dimensionCount + 8 * (weights?.count ?? 0) + columnsSection.bytes.count
      + (details.map { Section.headSize + $0.storedSize } ?? 0)
  }

  /// Reads the sections of the data of a model.
  ///
  /// - Parameters:
  ///   - hasColumns: whether the file's format has the section of the columns.
  ///   - hasDetails: whether it has the section of what is known beside the values.
  static func read(
    from file: any PayloadSource, _ model: MixtureModel, hasColumns: Bool, hasDetails: Bool
  ) throws(StorageError) -> DataSet {
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
    // Swift may release a buffer after its last mention, which is before its memory is read.
    defer { withExtendedLifetime(rows) {} }
    let weights = try SampleWeights.read(from: file, count: count)
    let (firstRow, names) = hasColumns ? try readColumns(from: file) : (0, [])
    let stored = hasDetails ? try StoredDetails(from: file, count: count, dimensions: dimensions) : nil
    defer { withExtendedLifetime(stored) {} }
    do throws(ModelError) {
      return try DataSet(
        rows.base, count: count, dimensionCount: dimensions, weights: weights, columnNames: names, firstRow: firstRow,
        missing: .atRandom, statement: stored?.statement ?? RowDetails.Statement())
    } catch {
      throw StorageError(error.kind == .outOfMemory ? .outOfMemory : .format, file.path, "\(error)")
    }
  }

  private static func readColumns(from file: any PayloadSource) throws(StorageError) -> (firstRow: Int, names: [String])
  {
    var section = try file.section(.columns)
    let firstRow = try section.readInt("first row", in: 0...Int.max)
    var names: [String] = []
    for _ in 0..<(try section.readCount(elementSize: 8)) {
      let bytes = try section.readBytes(try section.readCount(elementSize: 1))
      guard let name = String(validating: bytes, as: UTF8.self) else { throw .format("a column's name is not UTF-8") }
      names.append(name)
    }
    try section.finish()
    return (firstRow, names)
  }
}

extension SampleWeights {
  /// Reads the section of the weights of `count` observations. The result is `nil` if the section is empty.
  static func read(from file: any PayloadSource, count: Int) throws(StorageError) -> SampleWeights? {
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
