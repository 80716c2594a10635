import GMMModel
import GMMStorage

extension ChainState {
  func write(to writer: inout ByteWriter) {
    writer.write(iteration)
    writer.write(logMarginal)
    writer.write(acceptance)
    for array in [
      parameters.weights, parameters.logWeights, parameters.means, parameters.sds, parameters.factors,
      statistics.counts, statistics.centers, statistics.sums, statistics.squares,
    ] { writer.write(array) }
    if !parameters.hyperparameters.isEmpty { writer.write(parameters.hyperparameters) }
    if parameters.shape.hasBackground {
      for value in [parameters.background.log, parameters.background.logRest, statistics.backgroundCount] {
        writer.write(value)
      }
    }
    if let assignments {
      writer.write(assignments.count)
      for label in assignments { writer.write(label) }
    }
  }

  /// Reads the state of a chain on `model`, and checks everything that could lead to an index or an allocation.
  init(from reader: inout ByteReader, _ model: MixtureModel) throws(StorageError) {
    iteration = try reader.read(UInt64.self)
    guard iteration <= UInt64(Int.max) else { throw .format("\(iteration) iterations are too many") }
    logMarginal = try reader.readDouble()
    acceptance = try reader.readDouble()
    let weights = try reader.readDoubles()
    let least = model.count == nil ? model.componentCount : 1
    guard (least...model.partShape.componentCount).contains(weights.count) else {
      throw .format("a chain has \(weights.count) components")
    }
    let shape = model.shape.withComponents(weights.count)
    let logWeights = try reader.readDoubles(count: shape.componentCount)
    let means = try reader.readDoubles(count: shape.meanCount)
    let sds = try reader.readDoubles(count: shape.sdCount)
    let factors = try reader.readDoubles(count: shape.matrixCount * shape.triangleSize)
    guard weights.allSatisfy({ $0 >= 0 && $0 < 1 + 1e-6 }), logWeights.allSatisfy({ $0 < 1 }),
      means.allSatisfy(\.isFinite), sds.allSatisfy({ $0 > 0 && $0.isFinite }), factors.allSatisfy(\.isFinite)
    else { throw .format("a chain stands at impossible parameters") }
    parameters = Parameters(shape, weights: weights, means: means, sds: sds, factors: factors)
    parameters.logWeights = logWeights
    let counts = try reader.readDoubles()
    guard counts.allSatisfy({ $0 >= 0 && $0.isFinite }),
      let statistics = SufficientStatistics(
        shape, counts: counts, centers: try reader.readDoubles(), sums: try reader.readDoubles(),
        squares: try reader.readDoubles())
    else { throw .format("the statistics of a chain are not those of its model") }
    guard [statistics.centers, statistics.sums, statistics.squares].allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      throw .format("a chain stands at impossible sums")
    }
    self.statistics = statistics
    let count = model.hyperparameterPlaces.all.count
    if count > 0 {
      let hyperparameters = try reader.readDoubles(count: count)
      guard hyperparameters.allSatisfy(\.isFinite) else {
        throw .format("a chain stands at impossible hyperparameters")
      }
      parameters.hyperparameters = hyperparameters
    }
    if shape.hasBackground {
      let (log, logRest, count) = (try reader.readDouble(), try reader.readDouble(), try reader.readDouble())
      guard log <= 0, logRest <= 0, count >= 0, count.isFinite else {
        throw .format("a chain has an impossible background")
      }
      parameters.background = BackgroundWeight(log: log, logRest: logRest)
      self.statistics.backgroundCount = count
    }
    guard model.isProcess else { return }
    let assignments = try reader.readBytes(try reader.readCount(elementSize: 1))
    self.assignments = assignments
    guard assignments.allSatisfy({ Int($0) < shape.componentCount }) else {
      throw .format("a chain has impossible assignments")
    }
  }
}
