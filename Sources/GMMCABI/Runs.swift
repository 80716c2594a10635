// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

/// The object behind a `gmm_run`.
final class RunObject: HandleObject {
  static let handleKind = HandleKind.run
  let run: RunHandle

  init(_ run: RunHandle) { self.run = run }
}

@_cdecl("gmm_run_start") @implementation
public func gmm_run_start(
  _ model: OpaquePointer?, _ data: OpaquePointer?, _ options: UnsafePointer<gmm_sample_options>?,
  _ control: UnsafePointer<gmm_control>?, _ out_run: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_run?.pointee = nil
  return call(out_error) {
    let out = try required(out_run, "out_run")
    var control = try runControl(control)
    let given = try SamplingCall(model, data, options, &control)
    out.pointee = makeHandle(
      RunObject(
        try RunHandle(
          given.model, given.data, given.options, checkpoint: given.checkpoint, until: given.until, control)))
  }
}

@_cdecl("gmm_run_info_init") @implementation
public func gmm_run_info_init(_ info: UnsafeMutablePointer<gmm_run_info>?, _ struct_size: Int) -> gmm_status {
  initialize(info, struct_size, gmm_run_info())
}

@_cdecl("gmm_run_poll") @implementation
public func gmm_run_poll(
  _ run: OpaquePointer?, _ out_info: UnsafeMutablePointer<gmm_run_info>?, _ out_draws: UnsafeMutablePointer<Int64>?,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let run = try require(run, "run", RunObject.self).run
    let out = try required(out_info, "out_info")
    try requireSize(of: UnsafePointer(out), "out_info")
    let status = try run.status()
    if out_draws != nil || capacity != 0 {
      let draws = try output(out_draws, "out_draws", needs: [status.drawsDone.count], capacity: capacity)
      for (chain, done) in status.drawsDone.enumerated() { draws[chain] = Int64(done) }
    }
    try write(gmm_run_info(status), to: out, size: Int(out.pointee.struct_size), "out_info")
  }
}

extension gmm_run_info {
  fileprivate init(_ status: RunHandle.Status) {
    self.init()
    state =
      switch status.state {
      case .running: Int32(GMM_RUN_RUNNING)
      case .paused: Int32(GMM_RUN_PAUSED)
      case .finished: Int32(GMM_RUN_FINISHED)
      case .stopped: Int32(GMM_RUN_STOPPED)
      case .failed: Int32(GMM_RUN_FAILED)
      }
    self.status = status.error.map { callError($0).status } ?? gmm_status(GMM_OK)
    num_chains = Int32(clamping: status.drawsDone.count)
    num_draws = Int64(status.drawsDone.min() ?? 0)
    iterations_done = Int64(status.progress.iterationsDone)
    iterations_total = Int64(status.progress.iterationsTotal)
    draws_done = Int64(status.progress.drawsDone)
    draws_total = Int64(status.progress.drawsTotal)
    seconds = status.progress.secondsElapsed
  }
}

@_cdecl("gmm_run_snapshot") @implementation
public func gmm_run_snapshot(
  _ run: OpaquePointer?, _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let run = try require(run, "run", RunObject.self).run
    let out = try required(out_posterior, "out_posterior")
    out.pointee = try run.snapshot().map { makeHandle(PosteriorObject($0)) }
  }
}

@_cdecl("gmm_run_pause") @implementation
public func gmm_run_pause(_ run: OpaquePointer?) { object(run, RunObject.self)?.run.pause() }

@_cdecl("gmm_run_resume") @implementation
public func gmm_run_resume(_ run: OpaquePointer?) { object(run, RunObject.self)?.run.resume() }

@_cdecl("gmm_run_stop") @implementation
public func gmm_run_stop(_ run: OpaquePointer?) { object(run, RunObject.self)?.run.stop() }

@_cdecl("gmm_run_wait") @implementation
public func gmm_run_wait(
  _ run: OpaquePointer?, _ control: UnsafePointer<gmm_control>?, _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let run = try require(run, "run", RunObject.self).run
    let out = try required(out_posterior, "out_posterior")
    let control = try runControl(control)
    try handOver(to: out) { try run.wait(control) }
  }
}

@_cdecl("gmm_run_destroy") @implementation
public func gmm_run_destroy(_ run: OpaquePointer?) {
  object(run, RunObject.self)?.run.stop()
  destroyHandle(run, RunObject.self)
}
