// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel
import GMMStorage

/// The object behind a `gmm_stepwise`.
final class StepwiseObject: HandleObject {
  static let handleKind = HandleKind.stepwise
  let state: StepwiseExpectationMaximization

  init(_ state: StepwiseExpectationMaximization) { self.state = state }
}

@_cdecl("gmm_stepwise_create") @implementation
public func gmm_stepwise_create(
  _ mixture: UnsafePointer<gmm_mixture>?, _ total_weight: Double, _ regularization: Double, _ variance_floor: Double,
  _ out_stepwise: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_stepwise?.pointee = nil
  return call(out_error) {
    let out = try required(out_stepwise, "out_stepwise")
    let state = try StepwiseExpectationMaximization(
      mixtureParameters(mixture), totalWeight: total_weight, regularization: regularization,
      varianceFloor: variance_floor)
    out.pointee = makeHandle(StepwiseObject(state))
  }
}

@_cdecl("gmm_stepwise_update") @implementation
public func gmm_stepwise_update(
  _ stepwise: OpaquePointer?, _ data: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_stepwise: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_stepwise?.pointee = nil
  return call(out_error) {
    let out = try required(out_stepwise, "out_stepwise")
    var state = try require(stepwise, "stepwise", StepwiseObject.self).state
    let control = try runControl(control)
    let data = try dataSet(data, "data", dimensions: state.fit.estimate.dimensionCount, of: "the mixture's")
    try state.update(data, control)
    out.pointee = makeHandle(StepwiseObject(state))
  }
}

@_cdecl("gmm_stepwise_get_fit") @implementation
public func gmm_stepwise_get_fit(
  _ stepwise: OpaquePointer?, _ out_fit: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_fit?.pointee = nil
  return call(out_error) {
    let out = try required(out_fit, "out_fit")
    let state = try require(stepwise, "stepwise", StepwiseObject.self).state
    out.pointee = makeHandle(try FitObject(state.fit))
  }
}

@_cdecl("gmm_stepwise_total_weight") @implementation
public func gmm_stepwise_total_weight(_ stepwise: OpaquePointer?) -> Double {
  object(stepwise, StepwiseObject.self)?.state.totalWeight ?? 0
}

@_cdecl("gmm_stepwise_size") @implementation
public func gmm_stepwise_size(_ stepwise: OpaquePointer?) -> Int64 {
  Int64(object(stepwise, StepwiseObject.self)?.state.bytes.count ?? 0)
}

@_cdecl("gmm_stepwise_write") @implementation
public func gmm_stepwise_write(
  _ stepwise: OpaquePointer?, _ out_bytes: UnsafeMutablePointer<UInt8>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let bytes = try require(stepwise, "stepwise", StepwiseObject.self).state.bytes
    let out = try output(out_bytes, "out_bytes", needs: [bytes.count], capacity: capacity)
    out.update(from: bytes, count: bytes.count)
  }
}

@_cdecl("gmm_stepwise_read") @implementation
public func gmm_stepwise_read(
  _ bytes: UnsafePointer<UInt8>?, _ num_bytes: Int64, _ out_stepwise: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_stepwise?.pointee = nil
  return call(out_error) {
    let out = try required(out_stepwise, "out_stepwise")
    let state = try reading(bytes, num_bytes, writtenBy: "gmm_stepwise_write") { (memory) throws(StorageError) in
      try StepwiseExpectationMaximization(bytes: memory)
    }
    out.pointee = makeHandle(StepwiseObject(state))
  }
}

@_cdecl("gmm_stepwise_destroy") @implementation
public func gmm_stepwise_destroy(_ stepwise: OpaquePointer?) {
  destroyHandle(stepwise, StepwiseObject.self)
}
