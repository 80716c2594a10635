import GMMModel
import GMMStorage

/// A stepwise fit as bytes, so that it can be kept and gone on from; docs/FORMATS.md has the layout.
extension StepwiseExpectationMaximization {
  /// The version of the format.
  static let formatVersion: UInt32 = 1

  /// The fit as bytes, the same for equal fits on any machine.
  public var bytes: [UInt8] {
    let estimate = fit.estimate
    var writer = ByteWriter()
    writer.write(estimate.componentCount)
    writer.write(estimate.dimensionCount)
    writer.write(estimate.formCode)
    for values in [estimate.weights, estimate.means, estimate.covariances] { writer.write(values) }
    for value in [regularization, varianceFloor, totalWeight] { writer.write(value) }
    writer.write(partCount)
    for value in [fit.observationCount, fit.logLikelihood, fit.move] { writer.write(value) }
    writer.write(fit.collapses.count)
    for collapse in fit.collapses {
      writer.write(collapse.component)
      if case .covariance(let coordinate) = collapse.kind { writer.write(coordinate) } else { writer.write(-1) }
    }
    for values in [running.counts, running.sums, running.squares] { writer.write(values) }
    return SealedBytes.seal(writer, .stepwise, version: Self.formatVersion)
  }

  /// Creates a fit from its ``bytes``.
  ///
  /// - Throws: ``StorageError`` of kind `format` for bytes that no fit has; nothing larger than they are is allocated.
  public init(bytes: [UInt8]) throws(StorageError) {
    // A typed throw does not pass through `withUnsafeBytes`, so the result does.
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(StorageError) in try Self(bytes: bytes) }
    }
    self = try result.get()
  }

  /// Reads back what ``bytes`` gave, from memory that lives as long as the call.
  package init(bytes: UnsafeRawBufferPointer) throws(StorageError) {
    var (_, reader) = try SealedBytes.open(bytes, .stepwise, newest: Self.formatVersion)
    let components = try reader.readInt("components", in: MixtureShape.componentRange)
    let dimensions = try reader.readInt("dimensions", in: MixtureShape.dimensionRange)
    let (structure, isShared) = try MixtureParameters.form(code: try reader.read(UInt32.self))
    let shape = MixtureShape(
      componentCount: components, dimensionCount: dimensions, structure: structure, sharedSpread: isShared)
    let weights = try reader.readDoubles(count: components)
    let means = try reader.readDoubles(count: shape.meanCount)
    let covariances = try reader.readDoubles(count: shape.covarianceCount)
    // Tied covariances are one triangle, but the sums are one for each component, and must follow.
    guard SufficientStatistics.momentCount(shape) <= reader.remaining / 8 else {
      throw .format("sums are announced for which \(reader.remaining) bytes are left")
    }
    let (regularization, floor, total) = (
      try reader.readDouble(), try reader.readDouble(), try reader.readDouble()
    )
    do throws(ModelError) {
      try self.init(
        MixtureParameters(
          structure: structure, componentCount: components, dimensionCount: dimensions, weights: weights, means: means,
          covariances: covariances, sharedSpread: isShared), totalWeight: total, regularization: regularization,
        varianceFloor: floor)
    } catch {
      throw .format("holds an impossible fit: \(error)")
    }
    partCount = try reader.readInt("parts", in: 0...Int.max)
    fit.observationCount = try reader.readDouble()
    fit.logLikelihood = try reader.readDouble()
    fit.move = try reader.readDouble()
    if partCount > 0 { fit.history = [fit.logLikelihood / fit.observationCount] }
    for _ in 0..<(try reader.readCount(elementSize: 16)) {
      let component = try reader.readInt("component", in: 0...components - 1)
      let coordinate = try reader.readInt("coordinate", in: -1...dimensions - 1)
      fit.collapses.append(
        ComponentCollapse(component: component, kind: coordinate < 0 ? .weight : .covariance(coordinate: coordinate)))
    }
    let counts = try reader.readDoubles(count: components)
    let sums = try reader.readDoubles(count: shape.meanCount)
    let squares = try reader.readDoubles(count: components * shape.squareCount)
    try reader.finish()
    guard let running = SufficientStatistics(shape, counts: counts, centers: means, sums: sums, squares: squares),
      (counts + sums + squares).allSatisfy(\.isFinite), counts.allSatisfy({ $0 >= 0 }),
      (0..<components).allSatisfy({ k in
        (0..<dimensions).allSatisfy { squares[k * shape.squareCount + shape.square($0)] >= 0 }
      })
    else { throw .format("holds sums that no data have") }
    self.running = running
  }
}
