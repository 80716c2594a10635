// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMModel

@_cdecl("gmm_posterior_coclustering") @implementation
public func gmm_posterior_coclustering(
  _ posterior: OpaquePointer?, _ num_rows: Int64, _ rows: UnsafePointer<Int64>?, _ num_columns: Int64,
  _ columns: UnsafePointer<Int64>?, _ control: UnsafePointer<gmm_control>?,
  _ out_probabilities: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let control = try runControl(control)
    let rowCount = try count(num_rows, rows, "rows") ?? posterior.data.count
    let columnCount = try count(num_columns, columns, "columns") ?? rowCount
    let out = try output(
      out_probabilities, "out_probabilities", needs: [rowCount, columnCount], capacity: capacity)
    // The output is as large as the counts, so arrays of them are small beside it.
    let chosen = rows.map { indices($0, rowCount) } ?? Array(0..<rowCount)
    try posterior.coclustering(
      rows: chosen, columns: columns.map { indices($0, columnCount) }, into: out, control)
  }
}

/// Returns the number of rows that a caller names, or `nil` for NULL.
private func count(_ number: Int64, _ rows: UnsafePointer<Int64>?, _ name: String) throws(CallError) -> Int? {
  guard rows != nil else {
    guard number == 0 else { throw .null(name) }
    return nil
  }
  guard number >= 1 else { throw .invalid("num_\(name)", "must be at least 1", got: number) }
  return Int(number)
}

private func indices(_ rows: UnsafePointer<Int64>, _ count: Int) -> [Int] { (0..<count).map { Int(rows[$0]) } }

@_cdecl("gmm_posterior_num_label_free") @implementation
public func gmm_posterior_num_label_free(_ posterior: OpaquePointer?) -> Int32 {
  Int32(object(posterior, PosteriorObject.self)?.posterior.labelFreeCount ?? 0)
}

@_cdecl("gmm_posterior_label_free_name") @implementation
public func gmm_posterior_label_free_name(_ posterior: OpaquePointer?, _ position: Int32) -> UnsafePointer<CChar>! {
  guard let object = object(posterior, PosteriorObject.self), position >= 0,
    position < object.posterior.labelFreeCount
  else { return nil }
  return object.labelFreeNames[Int(position)].pointer
}

@_cdecl("gmm_posterior_label_free") @implementation
public func gmm_posterior_label_free(
  _ posterior: OpaquePointer?, _ control: UnsafePointer<gmm_control>?, _ out_values: UnsafeMutablePointer<Double>?,
  _ capacity: Int64, _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let posterior = try require(posterior, "posterior", PosteriorObject.self).posterior
    let control = try runControl(control)
    let out = try output(
      out_values, "out_values", needs: [posterior.chainCount, posterior.drawCount, posterior.labelFreeCount],
      capacity: capacity)
    try posterior.labelFreeScalars(into: out, control)
  }
}
