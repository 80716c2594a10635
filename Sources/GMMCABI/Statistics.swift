// The names of C are the interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

/// The object behind a `gmm_statistics`.
final class StatisticsObject: HandleObject {
  static let handleKind = HandleKind.statistics
  let statistics: MixtureStatistics

  init(_ statistics: MixtureStatistics) { self.statistics = statistics }
}

private var defaults: gmm_mixture {
  var mixture = gmm_mixture()
  mixture.num_components = 1
  mixture.num_dimensions = 1
  return mixture
}

@_cdecl("gmm_mixture_init") @implementation
public func gmm_mixture_init(_ mixture: UnsafeMutablePointer<gmm_mixture>?, _ struct_size: Int) -> gmm_status {
  initialize(mixture, struct_size, defaults)
}

@_cdecl("gmm_statistics_compute") @implementation
public func gmm_statistics_compute(
  _ mixture: UnsafePointer<gmm_mixture>?, _ data: UnsafePointer<Double>?, _ num_observations: Int64,
  _ num_dimensions: Int64, _ row_stride: Int64, _ sample_weights: UnsafePointer<Double>?,
  _ control: UnsafePointer<gmm_control>?, _ out_statistics: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_statistics?.pointee = nil
  return call(out_error) {
    let out = try required(out_statistics, "out_statistics")
    guard mixture != nil else { throw CallError.null("mixture") }
    var statistics = try MixtureStatistics(try estimate(try read(mixture, "mixture", defaults: defaults)))
    let control = try runControl(control)
    let dimensions = try dimensionCount(num_dimensions)
    guard dimensions == statistics.parameters.dimensionCount else {
      throw CallError.invalid(
        "num_dimensions", "must be the mixture's, \(statistics.parameters.dimensionCount)", got: dimensions)
    }
    let data = try observations(data, num_observations, num_dimensions, row_stride, dimensions: dimensions)
    let weights = try sampleWeights(sample_weights, count: data.count)
    try statistics.add(data, sampleWeights: weights, control)
    out.pointee = makeHandle(StatisticsObject(statistics))
  }
}

@_cdecl("gmm_statistics_merge") @implementation
public func gmm_statistics_merge(
  _ statistics: UnsafePointer<OpaquePointer?>?, _ num_statistics: Int64,
  _ out_statistics: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_statistics?.pointee = nil
  return call(out_error) {
    let out = try required(out_statistics, "out_statistics")
    guard num_statistics >= 1 else {
      throw CallError.invalid("num_statistics", "must be at least 1", got: num_statistics)
    }
    guard let statistics else { throw CallError.null("statistics") }
    var merged = try require(statistics[0], "statistics[0]", StatisticsObject.self).statistics
    for i in 1..<max(1, Int(num_statistics)) {
      try merged.merge(require(statistics[i], "statistics[\(i)]", StatisticsObject.self).statistics)
    }
    out.pointee = makeHandle(StatisticsObject(merged))
  }
}

@_cdecl("gmm_statistics_maximize") @implementation
public func gmm_statistics_maximize(
  _ statistics: OpaquePointer?, _ regularization: Double, _ variance_floor: Double,
  _ out_fit: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_fit?.pointee = nil
  return call(out_error) {
    let out = try required(out_fit, "out_fit")
    let object = try require(statistics, "statistics", StatisticsObject.self)
    let fit = try object.statistics.maximized(regularization: regularization, varianceFloor: variance_floor)
    out.pointee = makeHandle(try FitObject(fit))
  }
}

@_cdecl("gmm_statistics_destroy") @implementation
public func gmm_statistics_destroy(_ statistics: OpaquePointer?) {
  destroyHandle(statistics, StatisticsObject.self)
}

private func estimate(_ mixture: gmm_mixture) throws(CallError) -> MixtureEstimate {
  let components = Int(mixture.num_components)
  guard components >= 1, components <= MixtureModel.maximumComponentCount else {
    throw .invalid("num_components", "must be between 1 and \(MixtureModel.maximumComponentCount)", got: components)
  }
  let dimensions = try dimensionCount(Int64(mixture.num_dimensions))
  let structure = try covarianceStructure(mixture.covariance)
  let shape = MixtureShape(componentCount: components, dimensionCount: dimensions, structure: structure)
  var need = MemoryNeed()
  need.add(components, dimensions, 8 * 64)
  need.add(components, shape.squareCount, 8 * 32)
  do { try need.require(for: "statistics of \(components) components in \(dimensions) dimensions") } catch {
    throw CallError(error)
  }
  guard let weights = array(mixture.weights, components) else { throw .null("weights") }
  guard let means = array(mixture.means, shape.meanCount) else { throw .null("means") }
  guard let covariances = mixture.covariances else { throw .null("covariances") }
  return MixtureEstimate(
    structure: structure, componentCount: components, dimensionCount: dimensions, weights: weights, means: means,
    covariances: packedCovariances(covariances, shape))
}
