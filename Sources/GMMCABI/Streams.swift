// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

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
    let given = try SamplingCall(model, data, options, &control)
    guard given.checkpoint == nil else {
      throw CallError.invalid("checkpoint", "must be NULL for a stream, which keeps no draws", got: "one")
    }
    guard given.until == nil else {
      throw CallError.invalid("until", "must be NULL for a stream, which keeps no draws", got: "one")
    }
    out.pointee = makeHandle(
      StreamObject(try DrawStream(given.model, given.data, given.options, part: Int(part), control)))
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
