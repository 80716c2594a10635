// The names are those of the C interface.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CGMMSwift
import GMMDiagnostics
import GMMInference
import GMMModel
import GaussianMixtures

private let defaultQuantiles: [Double] = [0.025, 0.25, 0.5, 0.75, 0.975]

private var defaults: gmm_summary_options {
  var options = gmm_summary_options()
  options.num_quantiles = Int32(defaultQuantiles.count)
  options.hdi_probability = 0.95
  return options
}

/// The options of a summary.
struct SummaryRequest {
  let hdiProbability: Double
  let quantiles: [Double]

  init(_ options: UnsafePointer<gmm_summary_options>?) throws(CallError) {
    let options = try read(options, "options", defaults: defaults)
    guard options.hdi_probability > 0, options.hdi_probability < 1 else {
      throw .invalid("hdi_probability", "must be between 0 and 1", got: options.hdi_probability)
    }
    let count = Int(options.num_quantiles)
    guard count >= 0, count <= 64 else { throw .invalid("num_quantiles", "must be between 0 and 64", got: count) }
    hdiProbability = options.hdi_probability
    if let given = array(options.quantiles, count) {
      quantiles = given
    } else {
      // NULL stands for the default list. With another count there is nothing to read.
      guard count == 0 || count == defaultQuantiles.count else { throw .null("quantiles") }
      quantiles = count == 0 ? [] : defaultQuantiles
    }
    for (i, probability) in quantiles.enumerated() where !(probability >= 0 && probability <= 1) {
      throw .invalid("quantiles[\(i)]", "must be between 0 and 1", got: probability)
    }
  }
}

extension SummaryRequest {
  /// Refuses a table for which there is not enough memory. The draws of one quantity are sorted, ranked and
  /// transformed, and take up to two dozen words each. The cells of all rows are numbers and text.
  func requireMemory(rows: Int, chains: Int, draws: Int) throws(ModelError) {
    var need = MemoryNeed()
    need.add(chains, draws, 8 * 28)
    need.add(rows, 12 + quantiles.count, 96)
    try need.require(for: "a summary of \(rows) quantities with \(chains) x \(draws) draws")
  }
}

@_cdecl("gmm_summary_options_init") @implementation
public func gmm_summary_options_init(
  _ options: UnsafeMutablePointer<gmm_summary_options>?, _ struct_size: Int
) -> gmm_status {
  initialize(options, struct_size, defaults)
}

@_cdecl("gmm_posterior_summarize") @implementation
public func gmm_posterior_summarize(
  _ posterior: OpaquePointer?, _ options: UnsafePointer<gmm_summary_options>?,
  _ control: UnsafePointer<gmm_control>?, _ out_summary: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_summary?.pointee = nil
  return call(out_error) {
    let out = try required(out_summary, "out_summary")
    let object = try require(posterior, "posterior", PosteriorObject.self)
    let request = try SummaryRequest(options)
    let control = try runControl(control)
    try request.requireMemory(
      rows: object.posterior.layout.parameterCount, chains: object.posterior.chainCount,
      draws: object.posterior.drawCount)
    try object.posterior.requireComponents()
    let posterior = try object.shown(control)
    let columns = posterior.columns
    var part = control
    let empty = try part.runPart(before: RunProgress(done: 0, of: columns.count)) { (part) throws(ModelError) in
      try posterior.emptyComponents(part)
    }
    let notes = empty.isEmpty ? [] : columns.map { posterior.layout.note(ofColumn: $0.index, empty: empty) }
    out.pointee = try makeTable(columns.map(\.name), notes, request, part) { posterior.view(of: columns[$0]) }
  }
}

@_cdecl("gmm_summarize") @implementation
public func gmm_summarize(
  _ values: UnsafePointer<Double>?, _ num_chains: Int64, _ num_draws: Int64, _ num_quantities: Int64,
  _ names: UnsafePointer<UnsafePointer<CChar>?>?, _ options: UnsafePointer<gmm_summary_options>?,
  _ control: UnsafePointer<gmm_control>?, _ out_summary: UnsafeMutablePointer<OpaquePointer?>?,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  out_summary?.pointee = nil
  return call(out_error) {
    let out = try required(out_summary, "out_summary")
    let sizes = try drawSizes(num_chains, num_draws, num_quantities)
    guard let values else { throw CallError.null("values") }
    let request = try SummaryRequest(options)
    let control = try runControl(control)
    let quantities = sizes.quantities
    try request.requireMemory(rows: quantities, chains: sizes.chains, draws: sizes.draws)
    var rowNames: [String] = []
    for j in 0..<quantities {
      if let names {
        guard let name = names[j] else { throw CallError.null("names[\(j)]") }
        rowNames.append(String(cString: name))
      } else {
        rowNames.append(quantities == 1 ? "x" : "x[\(j)]")
      }
    }
    let first = ChainView(
      base: values, chains: sizes.chains, draws: sizes.draws, chainStride: sizes.draws * quantities,
      drawStride: quantities)
    out.pointee = try makeTable(rowNames, [], request, control) { first.shifted(by: $0) }
  }
}

extension DrawLayout {
  /// Returns what a summary says of a parameter of a component that is empty in nearly all draws.
  fileprivate func note(ofColumn index: Int, empty: [Int]) -> SummaryTable.Note {
    guard let component = component(ofColumn: index), empty.contains(component) else { return .none }
    return weights.contains(index) ? .empty : .prior
  }
}

/// Returns a handle of the table of one quantity for each name.
///
/// - Parameter notes: a note for each name, or none.
private func makeTable(
  _ names: [String], _ notes: [SummaryTable.Note], _ request: SummaryRequest, _ control: RunControl,
  view: @escaping @Sendable (Int) -> ChainView
) throws(ModelError) -> OpaquePointer {
  let monitor = RunMonitor(control)
  defer { monitor.finish() }
  let first = view(0)
  let statistics = try summaries(
    names.count, draws: first.count, hdiProbability: request.hdiProbability,
    quantileProbabilities: request.quantiles, control, monitor, view: view)
  return makeHandle(try SummaryTable(names, notes, request, statistics, monitor))
}

@_cdecl("gmm_summary_num_rows") @implementation
public func gmm_summary_num_rows(_ summary: OpaquePointer?) -> Int32 {
  Int32(object(summary, SummaryTable.self)?.rowNames.count ?? 0)
}

@_cdecl("gmm_summary_num_columns") @implementation
public func gmm_summary_num_columns(_ summary: OpaquePointer?) -> Int32 {
  Int32(object(summary, SummaryTable.self)?.columnNames.count ?? 0)
}

@_cdecl("gmm_summary_row_name") @implementation
public func gmm_summary_row_name(_ summary: OpaquePointer?, _ row: Int32) -> UnsafePointer<CChar>! {
  guard let table = object(summary, SummaryTable.self), table.rowNames.indices.contains(Int(row)) else { return nil }
  return table.rowNames[Int(row)].pointer
}

@_cdecl("gmm_summary_column_name") @implementation
public func gmm_summary_column_name(_ summary: OpaquePointer?, _ column: Int32) -> UnsafePointer<CChar>! {
  guard let table = object(summary, SummaryTable.self), table.columnNames.indices.contains(Int(column)) else {
    return nil
  }
  return table.columnNames[Int(column)].pointer
}

@_cdecl("gmm_summary_value") @implementation
public func gmm_summary_value(_ summary: OpaquePointer?, _ row: Int32, _ column: Int32) -> Double {
  guard let table = object(summary, SummaryTable.self), table.cells.indices.contains(Int(row)),
    table.cells[Int(row)].indices.contains(Int(column))
  else { return .nan }
  return table.cells[Int(row)][Int(column)]
}

@_cdecl("gmm_summary_row_note") @implementation
public func gmm_summary_row_note(_ summary: OpaquePointer?, _ row: Int32) -> UnsafePointer<CChar>! {
  guard let table = object(summary, SummaryTable.self), table.rowNames.indices.contains(Int(row)) else { return nil }
  return (table.notes.isEmpty ? .none : table.notes[Int(row)]).pointer
}

@_cdecl("gmm_summary_get_values") @implementation
public func gmm_summary_get_values(
  _ summary: OpaquePointer?, _ out_values: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ out_error: UnsafeMutablePointer<OpaquePointer?>?
) -> gmm_status {
  call(out_error) {
    let table = try require(summary, "summary", SummaryTable.self)
    let columns = table.columnNames.count
    let out = try output(out_values, "out_values", needs: [table.cells.count, columns], capacity: capacity)
    // SAFETY: `output` has checked that there is room for rows x columns cells, and every row has a cell for each
    // column.
    for (row, cells) in table.cells.enumerated() { (out + row * columns).update(from: cells, count: columns) }
  }
}

@_cdecl("gmm_summary_text") @implementation
public func gmm_summary_text(_ summary: OpaquePointer?) -> UnsafePointer<CChar>! {
  object(summary, SummaryTable.self)?.text.pointer ?? constant("")
}

@_cdecl("gmm_summary_destroy") @implementation
public func gmm_summary_destroy(_ summary: OpaquePointer?) {
  destroyHandle(summary, SummaryTable.self)
}
