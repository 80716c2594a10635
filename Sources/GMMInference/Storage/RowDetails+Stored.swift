import GMMKernels
import GMMModel
import GMMStorage

extension RowDetails {
  /// The numbers of the parts that are doubles, in the order of files; `nil` for a part that is not stated.
  var parts: [UnsafeBufferPointer<Double>?] {
    [sds, covariances, lower, upper, shares].map { buffer in
      // SAFETY: the buffers live as long as this object.
      buffer.map { UnsafeBufferPointer(start: $0.base, count: $0.count) }
    }
  }

  /// The number of bytes of the contents of the section.
  var storedSize: Int { parts.reduce(6 * 8) { $0 + 8 * ($1?.count ?? 0) } + 4 * (labels?.count ?? 0) }

  /// Appends the section: the numbers of elements of each part and of the labels, then the parts and the labels.
  func write(to file: any PayloadSink) throws(StorageError) {
    try file.append(Section.details.head(length: storedSize))
    var sizes = ByteWriter()
    for part in parts { sizes.write(part?.count ?? 0) }
    sizes.write(labels?.count ?? 0)
    try file.append(sizes.bytes)
    for part in parts.compactMap({ $0 }) { try file.append(part) }
    guard let labels else { return }
    var numbers = ByteWriter()
    for label in labels.elements { numbers.write(UInt32(bitPattern: label)) }
    try file.append(numbers.bytes)
  }
}

/// The contents of a section of details, in memory for the statement of a data set.
final class StoredDetails {
  private var parts: [AlignedBuffer<Double>?] = []
  private var full: AlignedBuffer<Double>?
  private var labels: AlignedBuffer<Int32>?

  /// Reads the section of N rows in D dimensions.
  init(from file: any PayloadSource, count: Int, dimensions: Int) throws(StorageError) {
    let length = try file.head(.details)
    guard length >= 48 else { throw .format("lacks its section DETL") }
    var reader = ByteReader(try file.read(48))
    var sizes: [Int] = []
    for _ in 0..<6 { sizes.append(try reader.readInt("details", in: 0...Int.max / 16)) }
    let triangles = count.multipliedReportingOverflow(by: dimensions * (dimensions + 1) / 2)
    let values = count * dimensions
    let expected = [values, triangles.partialValue, values, values]
    guard !triangles.overflow, zip(sizes, expected).allSatisfy({ $0 == 0 || $0 == $1 }), sizes[2] == sizes[3],
      count == 0 ? sizes[4] == 0 : sizes[4].isMultiple(of: count), sizes[5] == 0 || sizes[5] == count,
      sizes[..<5].reduce(0, +) <= length / 8,
      48 + 8 * sizes[..<5].reduce(0, +) + 4 * sizes[5] == length
    else { throw .format("holds details of other data") }
    for size in sizes[..<5] {
      guard size > 0 else {
        parts.append(nil)
        continue
      }
      guard let buffer = AlignedBuffer<Double>(count: size, zeroed: false) else { throw Self.outOfMemory(file) }
      try file.read(into: buffer.elements)
      parts.append(buffer)
    }
    if sizes[5] > 0 {
      guard let buffer = AlignedBuffer<Int32>(count: sizes[5]) else { throw Self.outOfMemory(file) }
      var numbers = ByteReader(try file.read(4 * sizes[5]))
      for i in 0..<sizes[5] { buffer.base[i] = Int32(bitPattern: try numbers.read(UInt32.self)) }
      labels = buffer
    }
    guard let packed = parts[1] else { return }
    guard let matrices = AlignedBuffer<Double>(count: values * dimensions) else { throw Self.outOfMemory(file) }
    for i in 0..<count {
      PackedTriangle.unpackSymmetric(
        packed.base + i * dimensions * (dimensions + 1) / 2, dimensions,
        into: matrices.base + i * dimensions * dimensions)
    }
    full = matrices
  }

  /// What the section states, in memory of this object.
  var statement: RowDetails.Statement {
    func pointer<Element>(_ buffer: AlignedBuffer<Element>?) -> UnsafeBufferPointer<Element>? {
      buffer.map { UnsafeBufferPointer(start: $0.base, count: $0.count) }
    }
    var result = RowDetails.Statement()
    (result.errorSDs, result.errorCovariances) = (pointer(parts[0]), pointer(full))
    (result.lower, result.upper, result.shares) = (pointer(parts[2]), pointer(parts[3]), pointer(parts[4]))
    result.labels = pointer(labels)
    return result
  }

  private static func outOfMemory(_ file: any PayloadSource) -> StorageError {
    StorageError(.outOfMemory, file.path, "not enough memory for what is known of the data")
  }
}
