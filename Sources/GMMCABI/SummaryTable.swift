import GMMDiagnostics
import GMMInference
import GMMKernels
import GMMModel

/// The object behind a `gmm_summary`: names, numbers, and the table as text.
final class SummaryTable: HandleObject {
  static let handleKind = HandleKind.summary

  /// What a row says beside its numbers.
  enum Note {
    /// Nothing.
    case none
    /// The weight of a component that is empty in nearly all draws.
    case empty
    /// A parameter of such a component, which has been drawn from the prior.
    case prior

    var pointer: UnsafePointer<CChar> {
      switch self {
      case .none: constant("")
      case .empty: constant("empty")
      case .prior: constant("prior")
      }
    }

    var text: String { String(cString: pointer) }
  }

  let rowNames: [CText]
  /// A note for each row; empty if there are none.
  let notes: [Note]
  let columnNames: [CText]
  let cells: [[Double]]
  let text: CText

  /// Lays out a table.
  ///
  /// - Parameters:
  ///   - names: a name for each of `statistics`.
  ///   - notes: a note for each, or none.
  ///   - monitor: the monitor of the call, which may end it while rows are formatted.
  init(
    _ names: [String], _ notes: [Note], _ request: SummaryRequest, _ statistics: [ScalarSummary], _ monitor: RunMonitor
  ) throws(ModelError) {
    let tail = (1 - request.hdiProbability) / 2
    let columns =
      ["mean", "sd", "hdi_\(percent(tail))", "hdi_\(percent(1 - tail))", "mcse_mean", "mcse_sd", "mc_error"]
      + ["ess_bulk", "ess_tail", "r_hat"] + request.quantiles.map { percent($0) }
    cells = statistics.map { summary in
      [
        summary.mean, summary.sd, summary.hdiLower, summary.hdiUpper, summary.mcseMean, summary.mcseSD,
        summary.batchMeansError, summary.essBulk, summary.essTail, summary.rHat,
      ] + summary.quantiles
    }
    rowNames = names.map { CText($0) }
    self.notes = notes
    columnNames = columns.map { CText($0) }
    text = CText(try Self.format(names, notes, columns, cells, monitor))
  }

  private static func format(
    _ names: [String], _ notes: [Note], _ columns: [String], _ cells: [[Double]], _ monitor: RunMonitor
  ) throws(ModelError) -> String {
    var table = [[""] + columns + (notes.isEmpty ? [] : ["note"])]
    var widths = table[0].map(\.utf8.count)
    for (place, row) in cells.enumerated() {
      try monitor.check()
      var line = [names[place]] + zip(columns, row).map { formatted($1, column: $0) }
      if !notes.isEmpty { line.append(notes[place].text) }
      for (column, cell) in line.enumerated() { widths[column] = max(widths[column], cell.utf8.count) }
      table.append(line)
    }
    var text = ""
    for row in table {
      try monitor.check()
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.utf8.count)
        // Names are aligned to the left, numbers to the right.
        text += column == 0 ? cell + padding : "  " + padding + cell
      }
      text += "\n"
    }
    return text
  }

  private static func formatted(_ value: Double, column: String) -> String {
    if value.isNaN { return "nan" }
    if column.hasPrefix("ess") { return decimal(value, digits: 0) }
    // Small numbers keep four significant digits, larger ones four decimals.
    let isSmall = value != 0 && abs(value) < 1e-2
    return isSmall || abs(value) >= 1e7 ? significant(value, digits: 4) : decimal(value, digits: 4)
  }
}

/// Returns a probability as a percentage: 0.025 gives `2.5%`.
private func percent(_ probability: Double) -> String {
  significant(100 * probability, digits: 6) + "%"
}

private func decimal(_ value: Double, digits: Int32) -> String { print("%.*f", digits, value) }

private func significant(_ value: Double, digits: Int32) -> String { print("%.*g", digits, value) }

/// Returns the text that C's printf writes.
private func print(_ format: String, _ digits: Int32, _ value: Double) -> String {
  withVaList([digits, value]) { arguments in
    var buffer = [CChar](repeating: 0, count: 400)
    let length = Int(vsnprintf(&buffer, buffer.count, format, arguments))
    return String(
      decoding: buffer.prefix(max(0, min(length, buffer.count - 1))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
