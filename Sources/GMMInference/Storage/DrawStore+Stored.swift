import GMMKernels
import GMMModel
import GMMStorage

extension DrawStore {
  /// Appends the sections of the draws, with the first `counts[chain]` draws of each chain.
  ///
  /// Chains may go on while this runs, because their finished draws do not change.
  ///
  /// - Parameter isWanted: is asked every few megabytes; `false` ends the work early.
  /// - Returns: whether all draws were written.
  func write(
    _ counts: [Int], to file: any PayloadSink, while isWanted: () -> Bool = { true }
  ) throws(StorageError) -> Bool {
    let total = counts.reduce(0, +)
    try file.append(Section.draws.head(length: total * layout.width * 8))
    for (chain, count) in counts.enumerated() {
      for first in stride(from: 0, to: count, by: rowsAtOnce) {
        guard isWanted() else { return false }
        let rows = min(rowsAtOnce, count - first)
        // SAFETY: rows of one chain follow each other, and the chain has finished these.
        try file.append(UnsafeBufferPointer(start: row(chain: chain, draw: first), count: rows * layout.width))
      }
    }
    try file.append(Section.assignments.head(length: keepsAssignments ? total * observationCount : 0))
    for (chain, count) in counts.enumerated() where keepsAssignments {
      for first in stride(from: 0, to: count, by: drawsAtOnce) {
        guard isWanted(), let labels = assignments(chain: chain, draw: first) else { return false }
        let draws = min(drawsAtOnce, count - first)
        try file.append(UnsafeRawBufferPointer(start: labels, count: draws * observationCount))
      }
    }
    return true
  }

  /// The number of rows that are written or read at once: about four megabytes.
  private var rowsAtOnce: Int { max(1, (1 << 22) / (8 * layout.width)) }

  /// The number of draws of assignments that are written or read at once.
  private var drawsAtOnce: Int { max(1, (1 << 22) / max(1, observationCount)) }

  /// Fills the first `counts[chain]` draws of each chain, for which there must be room, from a file.
  ///
  /// - Parameter hasClusterCounts: whether rows end in the number of clusters. If not, it is set to NaN.
  func read(_ counts: [Int], from file: any PayloadSource, hasClusterCounts: Bool) throws(StorageError) {
    let total = counts.reduce(0, +)
    try file.head(.draws, length: total * layout.storedWidth(hasClusterCounts) * 8)
    for (chain, count) in counts.enumerated() {
      for first in stride(from: 0, to: count, by: rowsAtOnce) {
        let rows = UnsafeMutableBufferPointer(
          start: row(chain: chain, draw: first), count: min(rowsAtOnce, count - first) * layout.width)
        if hasClusterCounts {
          try file.read(into: rows)
        } else {
          try readNarrow(rows, from: file)
        }
        guard arePossible(rows) else { throw StorageError(.format, file.path, "holds impossible draws") }
      }
    }
    try file.head(.assignments, length: keepsAssignments ? total * observationCount : 0)
    for (chain, count) in counts.enumerated() {
      for first in stride(from: 0, to: count, by: drawsAtOnce) {
        guard let labels = assignments(chain: chain, draw: first) else { break }
        let memory = UnsafeMutableBufferPointer(
          start: labels, count: min(drawsAtOnce, count - first) * observationCount)
        try file.read(into: UnsafeMutableRawBufferPointer(memory))
        guard memory.allSatisfy({ Int($0) < layout.shape.densityCount }) else {
          throw StorageError(.format, file.path, "holds assignments to components that are not there")
        }
      }
    }
  }

  /// Fills rows from a file whose rows lack the number of clusters.
  private func readNarrow(
    _ rows: UnsafeMutableBufferPointer<Double>, from file: any PayloadSource
  ) throws(StorageError) {
    let narrow = layout.storedWidth(false)
    let count = rows.count / layout.width
    guard let base = rows.baseAddress else { return }
    try file.read(into: UnsafeMutableBufferPointer(start: base, count: count * narrow))
    // The last row moves first, so that no row is overwritten before it has moved.
    for row in (0..<count).reversed() {
      (base + row * layout.width).update(from: base + row * narrow, count: narrow)
      base[row * layout.width + layout.clusterCount] = .nan
    }
  }

  /// Returns the number of bytes of the draws' sections without their heads, or `nil` if it does not fit 63 bits.
  static func storedSize(
    _ counts: [Int], _ layout: DrawLayout, observationCount: Int, keepsAssignments: Bool,
    hasClusterCounts: Bool = true
  ) -> Int? {
    var total = 0
    for count in counts {
      let sum = total.addingReportingOverflow(count)
      guard !sum.overflow, count >= 0 else { return nil }
      total = sum.partialValue
    }
    let bytes = (8 * layout.storedWidth(hasClusterCounts)).addingReportingOverflow(
      keepsAssignments ? observationCount : 0)
    let all = bytes.partialValue.multipliedReportingOverflow(by: total)
    return bytes.overflow || all.overflow ? nil : all.partialValue
  }

  /// Returns whether a chain could have made these rows: they are finite, their weights are not negative, and their sds
  /// are positive.
  private func arePossible(_ rows: UnsafeMutableBufferPointer<Double>) -> Bool {
    for start in stride(from: 0, to: rows.count, by: layout.width) {
      guard let present = componentCount(ofRow: start, rows) else { return false }
      func has(_ j: Int) -> Bool { present == layout.componentCount || (layout.component(ofColumn: j) ?? 0) < present }
      for j in 0..<layout.parameterCount where !rows[start + j].isFinite && has(j) { return false }
      for j in layout.weights where rows[start + j] < 0 { return false }
      for j in layout.sds where rows[start + j] <= 0 { return false }
      for places in [
        layout.hyperparameters.concentration, layout.hyperparameters.meansSDs, layout.hyperparameters.rates,
      ] {
        for j in places where rows[start + j] <= 0 { return false }
      }
      for j in layout.background where !(0...1).contains(rows[start + j]) { return false }
      for j in layout.parameterCount..<layout.clusterCount where rows[start + j].isNaN { return false }
      let clusters = rows[start + layout.clusterCount]
      guard clusters.isNaN || (clusters >= 0 && clusters <= Double(layout.componentCount)) else { return false }
    }
    return true
  }

  /// Returns the number of components of a row, or `nil` if it is none that a row can have.
  private func componentCount(ofRow start: Int, _ rows: UnsafeMutableBufferPointer<Double>) -> Int? {
    guard let column = layout.count else { return layout.componentCount }
    let count = rows[start + column]
    let clusters = rows[start + layout.clusterCount]
    guard count >= 1, count <= Double(layout.componentCount), count == count.rounded(), clusters >= 0,
      clusters <= count, clusters == clusters.rounded()
    else { return nil }
    for (k, size) in layout.sizes.enumerated() where k < Int(count) {
      guard rows[start + size].isFinite, (rows[start + size] > 0) == (k < Int(clusters)) else { return nil }
    }
    return Int(count)
  }
}

extension DrawLayout {
  /// The length of a row in a file, which in older formats ends before the number of clusters.
  func storedWidth(_ hasClusterCounts: Bool) -> Int { hasClusterCounts ? width : clusterCount }
}

extension DrawStore {
  /// Allocates memory for draws that follow in a file, and for no more.
  convenience init(
    reading counts: [Int], _ layout: DrawLayout, observationCount: Int, keepsAssignments: Bool, hasClusterCounts: Bool,
    _ file: any PayloadSource
  ) throws(StorageError) {
    let size = DrawStore.storedSize(
      counts, layout, observationCount: observationCount, keepsAssignments: keepsAssignments,
      hasClusterCounts: hasClusterCounts)
    guard let size, size <= file.remaining else {
      throw .format("more draws are announced than the \(file.remaining) bytes that are left can hold")
    }
    // All chains have room for the draws of the longest chain. A cancelled run leaves nearly the same number of draws
    // in each.
    let draws = counts.max() ?? 0
    do throws(ModelError) {
      try self.init(
        layout: layout, chains: counts.count, draws: draws, observationCount: observationCount,
        keepsAssignments: keepsAssignments)
    } catch {
      throw StorageError(.outOfMemory, file.path, error.rule)
    }
  }
}
