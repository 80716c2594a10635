import GMMKernels
import GMMModel
import GMMStorage

/// Statistics as bytes, so that several processes and machines can sum up parts of the data. docs/FORMATS.md has the
/// layout.
extension MixtureStatistics {
  /// The newest version of the format. Statistics of rows that lack no value have version 1.
  static let formatVersion: UInt32 = 2

  /// The statistics as bytes. Equal statistics have equal bytes on any machine.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(parameters.componentCount)
    writer.write(parameters.dimensionCount)
    writer.write(parameters.formCode)
    writer.write(parameters.weights)
    writer.write(parameters.means)
    writer.write(parameters.covariances)
    writer.write(observationCount)
    totals.write(to: &writer)
    weights.write(to: &writer)
    if lacksValues { writer.write(lacksValues) }
    return SealedBytes.seal(writer, .statistics, version: lacksValues ? Self.formatVersion : 1)
  }

  /// Creates statistics from their ``bytes``.
  ///
  /// - Throws: ``StorageError`` of kind `format` for bytes that no statistics have. Nothing larger than the bytes is
  ///   allocated.
  public init(bytes: [UInt8]) throws(StorageError) {
    // A typed throw does not pass through `withUnsafeBytes`, so the result does.
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(StorageError) in try Self(bytes: bytes) }
    }
    self = try result.get()
  }

  /// Creates a value from its ``bytes`` in memory that lives as long as the call.
  package init(bytes: UnsafeRawBufferPointer) throws(StorageError) {
    var (version, reader) = try SealedBytes.open(bytes, .statistics, newest: Self.formatVersion)
    let components = try reader.readInt("components", in: MixtureShape.componentRange)
    let dimensions = try reader.readInt("dimensions", in: MixtureShape.dimensionRange)
    let (structure, isShared) = try MixtureParameters.form(code: try reader.read(UInt32.self))
    let shape = MixtureShape(
      componentCount: components, dimensionCount: dimensions, structure: structure, sharedSpread: isShared)
    let weights = try reader.readDoubles(count: components)
    let means = try reader.readDoubles(count: shape.meanCount)
    let covariances = try reader.readDoubles(count: shape.covarianceCount)
    // Tied covariances are one triangle, but each component has squares of its own. So their bytes must follow before
    // memory for them is allocated.
    let sums = SufficientStatistics.momentCount(shape) + 1
    guard sums + 1 <= reader.remaining / Self.storedSumSize else {
      throw .format("\(sums) sums are announced where \(reader.remaining) bytes are left")
    }
    do throws(ModelError) {
      try self.init(
        MixtureParameters(
          structure: structure, componentCount: components, dimensionCount: dimensions, weights: weights, means: means,
          covariances: covariances, sharedSpread: isShared))
    } catch {
      throw .format("holds impossible parameters: \(error)")
    }
    observationCount = try reader.readInt("observations", in: 0...Int.max)
    totals = try ReproducibleSums(from: &reader, count: totals.count)
    self.weights = try ReproducibleSums(from: &reader, count: 1)
    lacksValues = version >= 2 ? try reader.readBool() : false
    try reader.finish()
    try requirePossibleSums()
  }

  /// Refuses sums that no observations have, because they could lead to parameters that are NaN or infinite.
  private func requirePossibleSums() throws(StorageError) {
    let values = totals.rounded
    guard values.allSatisfy(\.isFinite), totalWeight.isFinite, totalWeight >= 0 else {
      throw .format("holds sums that are not finite")
    }
    let (shape, statistics) = (parameters.shape, statistics)
    for k in 0..<shape.componentCount {
      guard statistics.counts[k] >= 0 else { throw .format("holds a negative count of component \(k)") }
      for d in 0..<shape.dimensionCount where !(statistics.squares[k * shape.squareCount + shape.square(d)] >= 0) {
        throw .format("holds a negative sum of squares of component \(k)")
      }
    }
  }

  /// The number of bytes of a sum: the place of its highest digit, and four digits.
  private static var storedSumSize: Int { 33 }
}

extension MixtureParameters {
  /// The number of the form in stored fits: that of the structure; 4 and 5 for one diagonal or spherical covariance of
  /// all components.
  var formCode: UInt32 {
    guard shape.sharedSpread else { return structure.code }
    return structure == .diag ? 4 : structure == .spherical ? 5 : CovarianceStructure.tied.code
  }

  /// Returns the form of a stored fit.
  static func form(code: UInt32) throws(StorageError) -> (structure: CovarianceStructure, isShared: Bool) {
    switch code {
    case 4: return (.diag, true)
    case 5: return (.spherical, true)
    case 0...3: return (try CovarianceStructure(code: code), false)
    default: throw .format("a form of covariances must be 0 to 5, got \(code)")
    }
  }
}

extension ReproducibleSums {
  /// Appends the places of the highest digits, a byte for each sum, then four digits of 8 bytes for each.
  fileprivate func write(to writer: inout ByteWriter) {
    let (tops, digits) = integers
    writer.append(tops)
    for digit in digits { writer.write(UInt64(bitPattern: digit)) }
  }

  /// Reads `count` sums.
  fileprivate init(from reader: inout ByteReader, count: Int) throws(StorageError) {
    let tops = try reader.readBytes(count)
    guard reader.remaining / 32 >= count else { throw .format("the bytes end too early") }
    var digits: [Int64] = []
    digits.reserveCapacity(4 * count)
    for _ in 0..<4 * count { digits.append(Int64(bitPattern: try reader.read(UInt64.self))) }
    guard let sums = ReproducibleSums((tops, digits)) else { throw .format("holds digits that no sums have") }
    self = sums
  }
}
