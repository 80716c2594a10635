// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

@_cdecl("gmm_mixture_init") @implementation
public func gmm_mixture_init(_ mixture: UnsafeMutablePointer<gmm_mixture>?, _ struct_size: Int) -> gmm_status {
  initialize(mixture, struct_size, .defaults)
}

@_cdecl("gmm_mixture_probabilities") @implementation
public func gmm_mixture_probabilities(
  _ mixture: UnsafePointer<gmm_mixture>?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_probabilities: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  evaluate(
    mixture, points, control, out_probabilities, "out_probabilities", capacity,
    out_error, isPerComponent: true
  ) { mixture, points, out, control in try mixture.probabilities(at: points, into: out, control) }
}

@_cdecl("gmm_mixture_background") @implementation
public func gmm_mixture_background(
  _ mixture: UnsafePointer<gmm_mixture>?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_probabilities: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  evaluate(
    mixture, points, control, out_probabilities, "out_probabilities", capacity,
    out_error, isPerComponent: false
  ) { mixture, points, out, control in try mixture.background(at: points, into: out, control) }
}

@_cdecl("gmm_mixture_log_probabilities") @implementation
public func gmm_mixture_log_probabilities(
  _ mixture: UnsafePointer<gmm_mixture>?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_log_probabilities: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  evaluate(
    mixture, points, control, out_log_probabilities, "out_log_probabilities", capacity, out_error, isPerComponent: true
  ) { mixture, points, out, control in try mixture.logProbabilities(at: points, into: out, control) }
}

@_cdecl("gmm_mixture_log_density") @implementation
public func gmm_mixture_log_density(
  _ mixture: UnsafePointer<gmm_mixture>?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_log_density: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  evaluate(
    mixture, points, control, out_log_density, "out_log_density", capacity,
    out_error, isPerComponent: false
  ) { mixture, points, out, control in try mixture.logDensity(at: points, into: out, control) }
}

@_cdecl("gmm_mixture_entropy") @implementation
public func gmm_mixture_entropy(
  _ mixture: UnsafePointer<gmm_mixture>?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_entropy: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  evaluate(
    mixture, points, control, out_entropy, "out_entropy", capacity, out_error, isPerComponent: false
  ) { mixture, points, out, control in try mixture.entropy(at: points, into: out, control) }
}

/// Checks the arguments of an evaluation at points and makes it. It writes one number for each point, or one for each
/// point and component.
private func evaluate(
  _ mixture: UnsafePointer<gmm_mixture>?, _ points: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out: UnsafeMutablePointer<Double>?, _ name: String, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?, isPerComponent: Bool,
  _ write: (Mixture, DataSet, UnsafeMutablePointer<Double>, RunControl) throws -> Void
) -> gmm_status {
  call(out_error) {
    let mixture = try evaluatedMixture(mixture)
    let control = try runControl(control)
    let points = try dataSet(points, "points", dimensions: mixture.parameters.dimensionCount, of: "the mixture's")
    let width = isPerComponent ? mixture.parameters.componentCount : 1
    let out = try output(out, name, needs: [points.count, width], capacity: capacity)
    try write(mixture, points, out, control)
  }
}

@_cdecl("gmm_mixture_sample") @implementation
public func gmm_mixture_sample(
  _ mixture: UnsafePointer<gmm_mixture>?, _ num_points: Int64, _ seed: UInt64,
  _ control: UnsafePointer<gmm_control>?, _ out_points: UnsafeMutablePointer<Double>?,
  _ points_capacity: Int64, _ out_components: UnsafeMutablePointer<Int32>?, _ components_capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let mixture = try Mixture(mixtureParameters(mixture, mayHaveBackground: true))
    let control = try runControl(control)
    guard num_points >= 0 else { throw CallError.invalid("num_points", "must not be negative", got: num_points) }
    let size = Int(num_points).multipliedReportingOverflow(by: 8 * mixture.parameters.dimensionCount)
    guard !size.overflow else {
      throw CallError.invalid("num_points", "times `num_dimensions` must fit in memory", got: num_points)
    }
    let out = try output(
      out_points, "out_points", needs: [Int(num_points), mixture.parameters.dimensionCount], capacity: points_capacity,
      named: "points_capacity")
    if out_components != nil {
      _ = try output(
        out_components, "out_components", needs: [Int(num_points)], capacity: components_capacity,
        named: "components_capacity")
    }
    try mixture.sample(Int(num_points), seed: seed, into: out, components: out_components, control)
  }
}
