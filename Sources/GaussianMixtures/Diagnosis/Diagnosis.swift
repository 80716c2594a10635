import GMMInference

/// What is wrong with the draws of a posterior, in words, the worst first.
///
/// Results that need no labels are judged first. Labels are judged by how R-hat of relabelled parameters differs from
/// that.
public struct Diagnosis: Sendable, Equatable {
  /// How much is looked at.
  public enum Extent: Sendable {
    /// The log posterior, the weights and the numbers of occupied components, at up to 500 draws of each chain. It
    /// takes about a millisecond, and no pass over the data.
    case quick
    /// Everything. Labels are made.
    case full
  }

  /// The findings: problems before notes, each of them in the order of ``Finding/Kind``.
  public let findings: [Finding]
  /// R-hat and effective sample sizes: the scalars without labels first, then the worst of each kind of parameter.
  public let measures: [ScalarConvergence]
  /// The run in words: chains, draws, components and observations.
  let run: String

  init(_ findings: [Finding], _ measures: [ScalarConvergence], run: String) {
    self.findings = findings.sorted {
      ($1.severity.rawValue, $0.kind.rawValue) < ($0.severity.rawValue, $1.kind.rawValue)
    }
    self.measures = measures
    self.run = run
  }

  /// Whether no finding is a problem.
  public var isFine: Bool { !findings.contains { $0.severity == .problem } }

  /// The page: a line for the run, the findings with advice, and a table of the measures.
  public var text: String {
    var lines = [title, ""]
    for (i, finding) in findings.enumerated() {
      let number = "\(i + 1). "
      let indent = String(repeating: " ", count: number.utf8.count)
      lines += wrapped("\(finding.heading). \(finding.what)", first: number, rest: indent)
      lines += wrapped("What to do: \(finding.advice)", first: indent, rest: indent)
      lines.append("")
    }
    return (lines + table).map { $0 + "\n" }.joined()
  }

  /// The first line of the page.
  public var title: String {
    let problems = findings.filter { $0.severity == .problem }.count
    let notes = findings.count - problems
    var counts: [String] = []
    if problems > 0 { counts.append("\(problems) problem\(problems == 1 ? "" : "s")") }
    if notes > 0 { counts.append("\(notes) note\(notes == 1 ? "" : "s")") }
    return "\(counts.isEmpty ? "Nothing to report" : counts.joined(separator: " and ")): \(run)"
  }

  private var table: [String] {
    guard !measures.isEmpty else { return [] }
    let names = measures.map { $0.isLabelFree ? $0.name : "\($0.name), relabelled" }
    let width = names.reduce(0) { max($0, $1.unicodeScalars.count) }
    var lines = [pad("", width) + "     R-hat  bulk ESS  tail ESS"]
    for (name, measure) in zip(names, measures) {
      lines.append(
        pad(name, width) + right(decimals(measure.rHat, 3), 10) + right(whole(measure.essBulk), 10)
          + right(whole(measure.essTail), 10))
    }
    return lines
  }
}

private func pad(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
}

private func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
}

/// Returns a paragraph in lines of at most 100 characters.
///
/// - Parameters:
///   - first: the text before the first line.
///   - rest: the text before each other line.
private func wrapped(_ text: String, first: String, rest: String) -> [String] {
  let width = 100
  var lines: [String] = []
  var (line, length) = (first, first.unicodeScalars.count)
  var isEmpty = true
  for bytes in text.utf8.split(separator: UInt8(ascii: " ")) {
    let word = String(Substring(bytes))
    let size = word.unicodeScalars.count
    if !isEmpty, length + 1 + size > width {
      lines.append(line)
      (line, length, isEmpty) = (rest, rest.unicodeScalars.count, true)
    }
    line += (isEmpty ? "" : " ") + word
    length += size + (isEmpty ? 0 : 1)
    isEmpty = false
  }
  return lines + [line]
}
