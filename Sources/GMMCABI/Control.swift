// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMCallbacks
import CGMMSwift
import GMMInference
import GMMModel

/// The object behind a `gmm_cancel`.
final class CancelObject: HandleObject {
  static let handleKind = HandleKind.cancel
  let flag = CancellationFlag()
}

private var defaults: gmm_control {
  var control = gmm_control()
  control.progress_interval = 0.1
  return control
}

private typealias Callback = @convention(c) (UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Int32

/// Returns the control that a caller passed.
///
/// An exception that the callback throws cancels the call, and ``call(_:_:)`` passes it on.
func runControl(_ control: UnsafePointer<gmm_control>?) throws(CallError) -> RunControl {
  let control = try read(control, "control", defaults: defaults)
  guard control.num_threads >= 0 else {
    throw .invalid("num_threads", "must not be negative", got: control.num_threads)
  }
  guard control.progress_interval >= 0, control.progress_interval.isFinite else {
    throw .invalid("progress_interval", "must be finite and not negative", got: control.progress_interval)
  }
  var flag: CancellationFlag?
  if control.cancel != nil { flag = try require(control.cancel, "cancel", CancelObject.self).flag }
  var progress: (@Sendable (RunProgress) -> Bool)?
  if let given = control.progress {
    // SAFETY: progress is reported on the caller's thread alone, and the caller keeps the user data alive.
    // The shim passes on the report, whose type it does not know.
    nonisolated(unsafe) let userData = control.progress_user_data
    let function = unsafeBitCast(given, to: Callback.self)
    progress = { current in
      var report = gmm_progress(current)
      return gmm_callback_call(function, &report, userData) == 0
    }
  }
  guard control.reserved == 0 else { throw .invalid("reserved", "must be 0", got: control.reserved) }
  guard control.time_limit >= 0, control.time_limit.isFinite else {
    throw .invalid("time_limit", "must be finite and not negative", got: control.time_limit)
  }
  var result = RunControl(
    threads: Int(control.num_threads), progress: progress, progressInterval: control.progress_interval,
    cancellation: flag, timeLimit: control.time_limit > 0 ? control.time_limit : nil,
    build: try kernelBuild(control.kernel_build))
  // Every host cancels by the handle, even if it is a Swift program.
  result.followsTask = false
  return result
}

private func kernelBuild(_ number: Int32) throws(CallError) -> KernelBuild {
  if number == Int32(GMM_KERNELS_BEST) { return .best }
  guard let build = KernelBuild(rawValue: Int(number)) else {
    throw .invalid("kernel_build", "must be one of GMM_KERNELS_...", got: number)
  }
  guard build.isAvailable else {
    throw CallError(
      GMM_ERROR_UNSUPPORTED, "kernel_build", "must be a build that this processor can run", got: build)
  }
  return build
}

extension gmm_progress {
  init(_ progress: RunProgress) {
    self.init()
    struct_size = UInt32(MemoryLayout<gmm_progress>.size)
    num_chains = Int32(clamping: progress.chains)
    iterations_done = Int64(progress.iterationsDone)
    iterations_total = Int64(progress.iterationsTotal)
    draws_done = Int64(progress.drawsDone)
    draws_total = Int64(progress.drawsTotal)
    seconds_elapsed = progress.secondsElapsed
    seconds_left = progress.secondsLeft
  }
}

@_cdecl("gmm_control_init") @implementation
public func gmm_control_init(_ control: UnsafeMutablePointer<gmm_control>?, _ struct_size: Int) -> gmm_status {
  initialize(control, struct_size, defaults)
}

@_cdecl("gmm_cancel_create") @implementation
public func gmm_cancel_create(
  _ out_cancel: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_cancel?.pointee = nil
  return call(out_error) { try required(out_cancel, "out_cancel").pointee = makeHandle(CancelObject()) }
}

@_cdecl("gmm_cancel_request") @implementation
public func gmm_cancel_request(_ cancel: OpaquePointer?) {
  object(cancel, CancelObject.self)?.flag.request()
}

@_cdecl("gmm_cancel_reset") @implementation
public func gmm_cancel_reset(_ cancel: OpaquePointer?) {
  object(cancel, CancelObject.self)?.flag.reset()
}

@_cdecl("gmm_cancel_destroy") @implementation
public func gmm_cancel_destroy(_ cancel: OpaquePointer?) {
  destroyHandle(cancel, CancelObject.self)
}
