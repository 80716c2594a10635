// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMInference
import GMMKernels
import GMMModel

/// The object behind a `gmm_data`.
final class DataObject: HandleObject {
  static let handleKind = HandleKind.data
  let data: DataSet
  let columnNames: [CText]

  init(_ data: DataSet) {
    self.data = data
    columnNames = data.columnNames.map { CText($0) }
  }
}

private var defaults: gmm_data_options { gmm_data_options() }

@_cdecl("gmm_data_options_init") @implementation
public func gmm_data_options_init(
  _ options: UnsafeMutablePointer<gmm_data_options>?, _ struct_size: Int
) -> gmm_status {
  initialize(options, struct_size, defaults)
}

@_cdecl("gmm_data_create") @implementation
public func gmm_data_create(
  _ data: UnsafePointer<Double>?, _ num_observations: Int64, _ num_dimensions: Int64,
  _ options: UnsafePointer<gmm_data_options>?, _ out_data: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_data?.pointee = nil
  return call(out_error) {
    let out = try required(out_data, "out_data")
    let options = try read(options, "options", defaults: defaults)
    guard let missing = MissingValues(rawValue: options.missing) else {
      throw CallError.invalid("missing", "must be a gmm_missing_values", got: options.missing)
    }
    guard num_observations >= 0 else {
      throw CallError.invalid("num_observations", "must not be negative", got: num_observations)
    }
    let dimensions = try dimensionCount(num_dimensions)
    let stride = options.row_stride == 0 ? num_dimensions : options.row_stride
    guard stride >= num_dimensions else {
      throw CallError.invalid("row_stride", "must be 0 or at least `num_dimensions` = \(num_dimensions)", got: stride)
    }
    let span = max(num_observations, 1).multipliedReportingOverflow(by: stride)
    guard !span.overflow, span.partialValue <= Int64.max / 16 else {
      throw CallError.invalid(
        "num_observations", "times `row_stride` must fit in memory", got: "\(num_observations) x \(stride)")
    }
    let count = Int(num_observations)
    let statement = try statement(options, count, dimensions)
    guard data != nil || num_observations == 0 || statement.lower != nil else { throw CallError.null("data") }
    let plain = try DataSet(
      data, count: count, dimensionCount: dimensions, stride: Int(stride),
      columnNames: try columnNames(options.column_names, dimensions), firstRow: Int(options.first_row),
      missing: missing, statement: statement)
    guard let weights = options.sample_weights, count > 0 else {
      out.pointee = makeHandle(DataObject(plain))
      return
    }
    // Faults of the values are reported before those of the weights.
    let weighted = try plain.weighted(by: SampleWeights(UnsafeBufferPointer(start: weights, count: count)))
    out.pointee = makeHandle(DataObject(weighted))
  }
}

/// Reads what is known beside the values of N rows in D dimensions.
private func statement(
  _ options: gmm_data_options, _ count: Int, _ dimensions: Int
) throws(CallError) -> RowDetails.Statement {
  func numbers<Number>(_ base: UnsafePointer<Number>?, _ sizes: Int...) throws(CallError) -> UnsafeBufferPointer<
    Number
  >? {
    guard let base, count > 0 else { return nil }
    var total = 1
    for size in sizes {
      let product = total.multipliedReportingOverflow(by: size)
      guard !product.overflow else { throw .invalid("num_observations", "must fit in memory", got: Int64(count)) }
      total = product.partialValue
    }
    return UnsafeBufferPointer(start: base, count: total)
  }
  guard (options.lower == nil) == (options.upper == nil) else { throw .null(options.lower == nil ? "lower" : "upper") }
  guard options.label_shares == nil || MixtureShape.componentRange.contains(Int(options.num_label_shares)) else {
    throw .invalid(
      "num_label_shares", "must be from 1 to \(MixtureShape.componentRange.upperBound)", got: options.num_label_shares)
  }
  var statement = RowDetails.Statement()
  statement.errorSDs = try numbers(options.error_sds, count, dimensions)
  statement.errorCovariances = try numbers(options.error_covariances, count, dimensions, dimensions)
  statement.lower = try numbers(options.lower, count, dimensions)
  statement.upper = try numbers(options.upper, count, dimensions)
  statement.labels = try numbers(options.labels, count)
  statement.shares = try numbers(options.label_shares, count, Int(options.num_label_shares))
  return statement
}

/// Reads the names of `count` columns; NULL gives no names.
private func columnNames(
  _ names: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int
) throws(CallError) -> [String] {
  guard let names else { return [] }
  var result: [String] = []
  for d in 0..<count {
    guard let name = names[d] else { throw .null("column_names[\(d)]") }
    guard let text = String(validatingCString: name) else {
      throw .invalid("column_names[\(d)]", "must be UTF-8", got: "'\(String(cString: name))'")
    }
    result.append(text)
  }
  return result
}

@_cdecl("gmm_data_num_observations") @implementation
public func gmm_data_num_observations(_ data: OpaquePointer?) -> Int64 {
  Int64(object(data, DataObject.self)?.data.count ?? 0)
}

@_cdecl("gmm_data_num_dimensions") @implementation
public func gmm_data_num_dimensions(_ data: OpaquePointer?) -> Int64 {
  Int64(object(data, DataObject.self)?.data.dimensionCount ?? 0)
}

@_cdecl("gmm_data_num_missing") @implementation
public func gmm_data_num_missing(_ data: OpaquePointer?) -> Int64 {
  Int64(object(data, DataObject.self)?.data.missingCount ?? 0)
}

@_cdecl("gmm_data_has_sample_weights") @implementation
public func gmm_data_has_sample_weights(_ data: OpaquePointer?) -> Int32 {
  object(data, DataObject.self)?.data.weights == nil ? 0 : 1
}

@_cdecl("gmm_data_get_values") @implementation
public func gmm_data_get_values(
  _ data: OpaquePointer?, _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let data = try require(data, "data", DataObject.self).data
    let dimensions = data.dimensionCount
    let out = try output(out_values, "out_values", needs: [data.count, dimensions], capacity: capacity)
    for i in 0..<data.count {
      for d in 0..<dimensions { out[i * dimensions + d] = data[i, d] }
    }
  }
}

@_cdecl("gmm_data_get_sample_weights") @implementation
public func gmm_data_get_sample_weights(
  _ data: OpaquePointer?, _ out_weights: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let data = try require(data, "data", DataObject.self).data
    let out = try output(out_weights, "out_weights", needs: [data.count], capacity: capacity)
    for i in 0..<data.count { out[i] = data.weights?[i] ?? 1 }
  }
}

@_cdecl("gmm_data_knows") @implementation
public func gmm_data_knows(_ data: OpaquePointer?) -> Int32 {
  guard let details = object(data, DataObject.self)?.data.details else { return 0 }
  return (details.sds == nil ? 0 : Int32(GMM_KNOWS_ERROR_SDS))
    + (details.covariances == nil ? 0 : Int32(GMM_KNOWS_ERROR_COVARIANCES))
    + (details.lower == nil ? 0 : Int32(GMM_KNOWS_INTERVALS))
    + (details.labels == nil ? 0 : Int32(GMM_KNOWS_LABELS))
    + (details.shares == nil ? 0 : Int32(GMM_KNOWS_LABEL_SHARES))
}

@_cdecl("gmm_data_num_label_shares") @implementation
public func gmm_data_num_label_shares(_ data: OpaquePointer?) -> Int64 {
  let details = object(data, DataObject.self)?.data.details
  return details?.shares == nil ? 0 : Int64(details?.labelCount ?? 0)
}

@_cdecl("gmm_data_get_known") @implementation
public func gmm_data_get_known(
  _ data: OpaquePointer?, _ what: Int32, _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let data = try require(data, "data", DataObject.self).data
    let (count, dimensions, details) = (data.count, data.dimensionCount, data.details)
    func write(_ buffer: AlignedBuffer<Double>, _ sizes: [Int]) throws(CallError) {
      let out = try output(out_values, "out_values", needs: sizes, capacity: capacity)
      out.update(from: buffer.base, count: buffer.count)
    }
    switch what {
    case Int32(GMM_KNOWS_ERROR_SDS):
      if let sds = details?.sds { return try write(sds, [count, dimensions]) }
    case Int32(GMM_KNOWS_ERROR_COVARIANCES):
      if let packed = details?.covariances {
        let out = try output(out_values, "out_values", needs: [count, dimensions, dimensions], capacity: capacity)
        for i in 0..<count {
          PackedTriangle.unpackSymmetric(
            packed.base + i * PackedTriangle.count(dimensions), dimensions, into: out + i * dimensions * dimensions)
        }
        return
      }
    case Int32(GMM_KNOWS_INTERVALS):
      if let lower = details?.lower, let upper = details?.upper {
        let out = try output(out_values, "out_values", needs: [2, count, dimensions], capacity: capacity)
        out.update(from: lower.base, count: lower.count)
        return (out + lower.count).update(from: upper.base, count: upper.count)
      }
    case Int32(GMM_KNOWS_LABELS):
      if let labels = details?.labels {
        let out = try output(out_values, "out_values", needs: [count], capacity: capacity)
        for (i, label) in labels.elements.enumerated() { out[i] = Double(label) }
        return
      }
    case Int32(GMM_KNOWS_LABEL_SHARES):
      if let shares = details?.shares { return try write(shares, [count, details?.labelCount ?? 0]) }
    default: break
    }
    throw CallError.invalid("what", "must be one GMM_KNOWS_... of the data", got: what)
  }
}

@_cdecl("gmm_data_column_name") @implementation
public func gmm_data_column_name(_ data: OpaquePointer?, _ column: Int64) -> UnsafePointer<CChar>? {
  guard let names = object(data, DataObject.self)?.columnNames, let column = Int(exactly: column),
    names.indices.contains(column)
  else { return nil }
  return names[column].pointer
}

@_cdecl("gmm_data_fingerprint") @implementation
public func gmm_data_fingerprint(_ data: OpaquePointer?) -> UInt64 {
  object(data, DataObject.self)?.data.fingerprint ?? 0
}

@_cdecl("gmm_data_destroy") @implementation
public func gmm_data_destroy(_ data: OpaquePointer?) {
  destroyHandle(data, DataObject.self)
}

/// Returns the data set behind a handle, which must have the given number of dimensions.
///
/// - Parameter owner: the owner of these dimensions, such as "the model's".
func dataSet(
  _ data: OpaquePointer?, _ name: String, dimensions: Int, of owner: String
) throws(CallError) -> DataSet {
  let data = try require(data, name, DataObject.self).data
  guard data.dimensionCount == dimensions || data.count == 0 else {
    throw .invalid(name, "must have \(owner) number of dimensions, \(dimensions)", got: data.dimensionCount)
  }
  return data
}
