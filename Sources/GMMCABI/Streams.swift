// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMCallbacks
import CGMMSwift
import GMMInference
import GMMModel

/// The object behind a `gmm_stream`.
final class StreamObject: HandleObject {
  static let handleKind = HandleKind.stream
  let stream: DrawStream

  init(_ stream: DrawStream) { self.stream = stream }
}

@_cdecl("gmm_stream_start") @implementation
public func gmm_stream_start(
  _ model: OpaquePointer?, _ data: OpaquePointer?, _ options: UnsafePointer<gmm_sample_options>?, _ part: Int64,
  _ control: UnsafePointer<gmm_control>?, _ out_stream: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_stream?.pointee = nil
  return call(out_error) {
    let out = try required(out_stream, "out_stream")
    var control = try runControl(control)
    let given = try SamplingCall(inParts: "a stream", model, data, options, &control)
    out.pointee = makeHandle(
      StreamObject(try DrawStream(given.model, given.data, given.options, part: Int(part), control)))
  }
}

extension SamplingCall {
  /// Reads the options of a call that hands its draws over in parts.
  ///
  /// - Parameter taker: what takes the draws, for messages.
  fileprivate init(
    inParts taker: String, _ model: OpaquePointer?, _ data: OpaquePointer?,
    _ options: UnsafePointer<gmm_sample_options>?, _ control: inout RunControl
  ) throws {
    try self.init(model, data, options, &control)
    guard checkpoint == nil else {
      throw CallError.invalid("checkpoint", "must be NULL for \(taker), which keeps no draws", got: "one")
    }
    guard until == nil else {
      throw CallError.invalid("until", "must be NULL for \(taker), which keeps no draws", got: "one")
    }
  }
}

private typealias Sink = @convention(c) (UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Int32

@_cdecl("gmm_sample_to") @implementation
public func gmm_sample_to(
  _ model: OpaquePointer?, _ data: OpaquePointer?, _ options: UnsafePointer<gmm_sample_options>?, _ part: Int64,
  _ control: UnsafePointer<gmm_control>?, _ sink: gmm_sink_fn?, _ user_data: UnsafeMutableRawPointer?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    guard let sink else { throw CallError.null("sink") }
    var control = try runControl(control)
    let given = try SamplingCall(inParts: "a sink", model, data, options, &control)
    // Cancelling, the time limit and progress are those of the call, which ends the stream.
    let threads = RunControl(threads: control.threads, build: control.build)
    let stream = try DrawStream(given.model, given.data, given.options, part: Int(part), threads)
    // The shim passes on the part, whose type it does not know, and stops exceptions, as it does for progress.
    let function = unsafeBitCast(sink, to: Sink.self)
    try stream.forEachPart(control) { posterior, firstDraw in
      let handle = makeHandle(PosteriorObject(posterior))
      defer { destroyHandle(handle, PosteriorObject.self) }
      var part = gmm_part()
      part.struct_size = UInt32(MemoryLayout<gmm_part>.size)
      part.num_chains = Int32(clamping: posterior.chainCount)
      part.first_draw = Int64(firstDraw)
      part.num_draws = Int64(posterior.drawCount)
      part.posterior = handle
      return gmm_callback_call(function, &part, user_data) == 0
    }
  }
}

@_cdecl("gmm_stream_next") @implementation
public func gmm_stream_next(
  _ stream: OpaquePointer?, _ control: UnsafePointer<gmm_control>?,
  _ out_posterior: UnsafeMutablePointer<OpaquePointer?>?, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_posterior?.pointee = nil
  return call(out_error) {
    let stream = try require(stream, "stream", StreamObject.self).stream
    let out = try required(out_posterior, "out_posterior")
    out.pointee = try stream.next(runControl(control)).map { makeHandle(PosteriorObject($0)) }
  }
}

@_cdecl("gmm_stream_destroy") @implementation
public func gmm_stream_destroy(_ stream: OpaquePointer?) {
  object(stream, StreamObject.self)?.stream.stop()
  destroyHandle(stream, StreamObject.self)
}
