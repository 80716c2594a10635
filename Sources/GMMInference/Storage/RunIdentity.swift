import GMMModel
import GMMStorage

/// The values on which the draws of a run depend. Two runs with the same identity draw the same bits.
///
/// The number of draws is not a part of it, so a run can be continued beyond its first end.
struct RunIdentity {
  private let observationCount: Int
  private let dimensionCount: Int
  private let firstRow: Int
  /// The fingerprint of the observations in the groups of eight of their memory layout.
  private let fingerprint: UInt64
  /// The fingerprint of the sample weights; `nil` if there are none.
  private let weightsFingerprint: UInt64?
  private let model: [UInt8]
  private let modelDimension: Int
  private let options: SamplingOptions
  /// Whether the kernels round like the portable build.
  private let roundsTwice: Bool

  init(
    _ model: MixtureModel, _ data: DataSet, _ options: SamplingOptions,
    _ build: KernelBuild
  ) {
    observationCount = data.count
    dimensionCount = data.dimensionCount
    firstRow = data.firstRow
    fingerprint = data.fingerprint
    weightsFingerprint = data.weights.map { Checksum.of(UnsafeBufferPointer(start: $0.base, count: $0.count)) }
    var writer = ByteWriter()
    model.write(to: &writer)
    self.model = writer.bytes
    modelDimension = model.dimensionCount
    self.options = options
    roundsTwice = build.usable(among: KernelBuild.available) == .portable
  }

  func write(to writer: inout ByteWriter) {
    writer.write(observationCount)
    writer.write(dimensionCount)
    writer.write(firstRow)
    writer.write(fingerprint)
    writer.write(optional: weightsFingerprint) { $0.write($1) }
    writer.write(roundsTwice)
    writer.write(model.count)
    writer.append(model)
    options.write(to: &writer, dimension: modelDimension)
  }

  /// Reads the identity of another run and compares it with this one.
  ///
  /// - Throws: ``StorageError`` of kind `mismatch` that names the first difference.
  func require(_ reader: inout ByteReader, library: LibraryVersion) throws(StorageError) {
    guard library == .current else {
      throw mismatch(
        "was written by version \(library), whose draws may differ from those of \(LibraryVersion.current)")
    }
    let (count, dimensions) = (try reader.readInt(), try reader.readInt())
    guard count == observationCount, dimensions == dimensionCount || count == 0 else {
      throw mismatch("is of other data: \(count) x \(dimensions), not \(observationCount) x \(dimensionCount)")
    }
    let row = try reader.readInt()
    guard row == firstRow else { throw mismatch("is of data whose first row is number \(row), not \(firstRow)") }
    guard try reader.read(UInt64.self) == fingerprint else {
      throw mismatch("is of other data: the same number of observations, but other values")
    }
    let weights = try reader.readOptional { reader throws(StorageError) in try reader.read(UInt64.self) }
    guard weights == weightsFingerprint else {
      throw mismatch(
        weights == nil ? "is of data without sample weights" : "is of data with sample weights, not these")
    }
    let roundsTwice = try reader.readBool()
    guard try reader.readBytes(try reader.readCount(elementSize: 1)) == model else {
      throw mismatch("is of another model")
    }
    if let difference = try SamplingOptions(from: &reader, dimension: modelDimension).difference(from: options) {
      throw mismatch("is of a run with \(difference)")
    }
    guard roundsTwice == self.roundsTwice else {
      throw mismatch(
        "is of a run on \(roundsTwice ? "portable kernels" : "kernels with fused multiply-add"), which round differently"
      )
    }
  }

  private func mismatch(_ reason: String) -> StorageError { StorageError(.mismatch, "", reason) }
}
