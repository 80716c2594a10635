import GMMKernels
import Synchronization

/// A data set: N observations in D dimensions, with their weights, the names of their columns and the number of the
/// first row.
///
/// It is checked and laid out once, never changes, and is shared by calls and threads. Points are stored in groups of
/// eight, coordinate by coordinate: coordinate d of point i is at (i / 8 * D + d) * 8 + i % 8. So vectors over points
/// need no gathering, and in one dimension the points simply follow each other. 4,096 points form a block.
public final class DataSet: Sendable {
  private let buffer: AlignedBuffer<Double>
  /// The number of observations, N.
  public let count: Int
  /// The number of coordinates of each, D.
  public let dimensionCount: Int
  /// A weight for each observation; `nil` if all are 1.
  public let weights: SampleWeights?
  /// Which values are missing; `nil` if none is. In the memory of the data, the mean of its column stands for a missing
  /// value, and the middle or the finite end of its interval for a value in one. Starts, and what else is no part of a
  /// posterior, may take it for the value. `nil` if all rows are complete and exact, and no label is known.
  package let patterns: RowPatterns?
  /// What is known of the values beside the numbers; `nil` if there is nothing.
  package let details: RowDetails?
  /// The names of the columns, (D); empty if there are none.
  public let columnNames: [String]
  /// The number of the first observation in the data set of which these are a part: a multiple of 4,096.
  ///
  /// Random numbers of assignments are keyed by blocks of the whole, so a part draws what the whole would draw for it.
  public let firstRow: Int
  private let cachedFingerprint = Mutex<UInt64?>(nil)

  /// The largest magnitude of coordinates and of means. Any number of squared distances can then be summed.
  static let largestMagnitude = 1e144

  /// Copies observations.
  ///
  /// - Parameters:
  ///   - base: the first number of the first row; may be `nil` when `count` is 0.
  ///   - count: N.
  ///   - dimensionCount: D, at least 1.
  ///   - stride: the distance between two rows, in elements; `nil` stands for D.
  ///   - weights: one for each observation; `nil` for 1.
  ///   - columnNames: D different names that are not empty, or no names.
  ///   - firstRow: see ``firstRow``.
  ///   - missing: the meaning of NaN.
  ///   - statement: what is known beside the numbers.
  ///   - argument: the name that errors carry.
  /// - Throws: ``ModelError`` for NaN, infinity and values whose squares could not be summed, with row and column; for
  ///   weights, names or a first row that do not fit the data; and when memory runs out.
  package init(
    _ base: UnsafePointer<Double>?, count: Int, dimensionCount: Int = 1, stride: Int? = nil,
    weights: SampleWeights? = nil, columnNames: [String] = [], firstRow: Int = 0, missing: MissingValues = .refused,
    statement: RowDetails.Statement = RowDetails.Statement(), argument: String = "data"
  ) throws(ModelError) {
    try Self.check(weights, columnNames, firstRow: firstRow, count: count, dimensionCount: dimensionCount)
    self.weights = Self.telling(weights)
    self.columnNames = columnNames
    self.firstRow = firstRow
    let isCountable = count >= 0 && count < Int.max - laneCount
    let padded = isCountable ? (count + laneCount - 1) / laneCount * laneCount : 0
    let size = padded.multipliedReportingOverflow(by: dimensionCount)
    guard isCountable, !size.overflow,
      let buffer = AlignedBuffer<Double>(count: size.partialValue)
    else { throw .outOfMemory("\(count) observations\(dimensionCount > 1 ? " of \(dimensionCount) numbers" : "")") }
    self.buffer = buffer
    self.count = count
    self.dimensionCount = dimensionCount
    let details =
      statement.isEmpty || count == 0
      ? nil : try RowDetails(statement, count: count, dimensionCount: dimensionCount)
    self.details = details
    guard base != nil || details?.lower != nil else {
      patterns = nil
      return
    }
    let stride = stride ?? dimensionCount
    let isOfIntervals = details?.hasIntervals ?? false
    // Zero times infinity or NaN is NaN, and a sum with NaN stays NaN. So one loop without a branch finds out whether a
    // search is needed.
    var poison = 0.0
    for start in Swift.stride(from: 0, to: count, by: laneCount) {
      let group = buffer.base + start * dimensionCount
      let lanes = min(laneCount, count - start)
      for d in 0..<dimensionCount {
        for lane in 0..<lanes {
          var value = base.map { $0[(start + lane) * stride + d] } ?? .nan
          if isOfIntervals, let known = details?.value(start + lane, d) { value = known }
          poison += 0 * Self.squareWithRoom(value)
          group[d * laneCount + lane] = value
        }
      }
    }
    guard poison.isNaN || details != nil else {
      patterns = nil
      return
    }
    func place(_ i: Int, _ d: Int) -> Int { (i / laneCount * dimensionCount + d) * laneCount + i % laneCount }
    for i in 0..<count {
      for d in 0..<dimensionCount {
        let value = buffer.base[place(i, d)]
        // An interval without a finite end says that the value is missing.
        let isMissing = value.isNaN && (missing == .atRandom || details?.interval(i, d) != nil)
        if Self.squareWithRoom(value).isFinite || isMissing { continue }
        throw Self.fault(
          value, "\(argument)[\(i), \(d)]",
          column: columnNames.isEmpty ? "" : " in column \(d) (\(columnNames[d]))")
      }
    }
    let patterns = try RowPatterns(count: count, dimensionCount: dimensionCount, details) {
      buffer.base[place($0, $1)].isNaN
    }
    self.patterns = patterns.saysNothing && details?.logShares == nil ? nil : patterns
    for d in 0..<dimensionCount {
      var (sum, values) = (0.0, 0.0)
      // The sum of a mean's increments does not overflow.
      for i in 0..<count where !buffer.base[place(i, d)].isNaN {
        values += 1
        sum += (buffer.base[place(i, d)] - sum) / values
      }
      for i in 0..<count where buffer.base[place(i, d)].isNaN { buffer.base[place(i, d)] = sum }
    }
  }

  /// Returns the error for a value that is not finite or too large.
  private static func fault(_ value: Double, _ argument: String, column: String) -> ModelError {
    let rule =
      value.isFinite
      ? "must be below 1e144 in magnitude (rescale the data)"
      : value.isNaN ? "must be finite, or NaN where `missing` allows it" : "must be finite"
    return ModelError(.invalidData, argument, rule, got: "\(value)\(column)")
  }

  /// Returns the square of a value times 2⁶⁴: finite only where any number of squares can be summed.
  @inline(__always)
  private static func squareWithRoom(_ value: Double) -> Double { value * value * 0x1p64 }

  /// The text for column `d` in messages: its number, and its name if it has one.
  package func columnName(_ d: Int) -> String { columnNames.isEmpty ? "\(d)" : "\(d) (\(columnNames[d]))" }

  private static func check(
    _ weights: SampleWeights?, _ columnNames: [String], firstRow: Int, count: Int, dimensionCount: Int
  ) throws(ModelError) {
    if let weights, weights.count != count {
      throw ModelError(
        "sample_weights", "must have \(count) values, one for each observation", got: weights.count)
    }
    guard columnNames.isEmpty || columnNames.count == dimensionCount else {
      throw ModelError(
        "column_names", "must have \(dimensionCount) names, one for each column", got: columnNames.count)
    }
    var names: Set<String> = []
    for (d, name) in columnNames.enumerated() {
      guard !name.isEmpty, names.insert(name).inserted else {
        throw ModelError("column_names[\(d)]", "must not be empty, nor the name of another column", got: "'\(name)'")
      }
    }
    guard firstRow >= 0, firstRow.isMultiple(of: blockSize) else {
      throw ModelError("first_row", "must be a multiple of \(blockSize), not negative", got: firstRow)
    }
  }

  /// Copies an array of N x D numbers, row by row.
  ///
  /// - Parameters:
  ///   - weights: one for each observation; `nil` for 1.
  ///   - missing: the meaning of NaN.
  public convenience init(
    _ values: [Double], dimensionCount: Int = 1, weights: SampleWeights? = nil, columnNames: [String] = [],
    missing: MissingValues = .refused
  ) throws(ModelError) {
    guard dimensionCount >= 1, values.count % dimensionCount == 0 else {
      throw ModelError("data", "must hold whole rows of \(dimensionCount) numbers", got: values.count)
    }
    // A typed throw does not pass through `withUnsafeBufferPointer`, so a `Result` is passed.
    let result = values.withUnsafeBufferPointer { values in
      Result { () throws(ModelError) in
        try DataSet(
          values.baseAddress, count: values.count / dimensionCount, dimensionCount: dimensionCount, weights: weights,
          columnNames: columnNames, missing: missing)
      }
    }
    self.init(sharing: try result.get())
  }

  /// Returns the same observations with weights, without a copy of the observations.
  public func weighted(by weights: SampleWeights) throws(ModelError) -> DataSet {
    try Self.check(weights, columnNames, firstRow: firstRow, count: count, dimensionCount: dimensionCount)
    return DataSet(sharing: self, weights: weights)
  }

  /// Returns the same observations with as many weights, which are not checked.
  func reweighted(by weights: SampleWeights) -> DataSet { DataSet(sharing: self, weights: weights) }

  /// Returns the same observations without what is known of their components, without a copy of the observations.
  package func withoutLabels() throws(ModelError) -> DataSet {
    guard let details, details.hasLabels, let patterns else { return self }
    let rest = RowDetails(withoutLabels: details)
    let found = try RowPatterns(count: count, dimensionCount: dimensionCount, rest) { patterns.isMissing($0, $1) }
    return DataSet(sharing: self, rest, found.saysNothing ? nil : found)
  }

  private init(sharing other: DataSet, _ details: RowDetails, _ patterns: RowPatterns?) {
    (buffer, count, dimensionCount, weights) = (other.buffer, other.count, other.dimensionCount, other.weights)
    (columnNames, firstRow) = (other.columnNames, other.firstRow)
    (self.details, self.patterns) = (details, patterns)
  }

  private init(sharing other: DataSet, weights: SampleWeights? = nil) {
    buffer = other.buffer
    count = other.count
    dimensionCount = other.dimensionCount
    self.weights = Self.telling(weights ?? other.weights)
    (columnNames, firstRow) = (other.columnNames, other.firstRow)
    (patterns, details) = (other.patterns, other.details)
  }

  /// Returns weights that say something. Rows of weight 1 take the road of rows without weights, with the same bits.
  private static func telling(_ weights: SampleWeights?) -> SampleWeights? {
    weights.flatMap { $0.areOnes ? nil : $0 }
  }

  /// The sum of the weights of the rows of which something is known, which is N if all are and all weights are 1.
  public var totalWeight: Double {
    let all = weights?.total ?? Double(count)
    guard let empty = patterns?.emptyRows, !empty.isEmpty else { return all }
    return max(0, all - empty.reduce(0) { $0 + (weights?[$1] ?? 1) })
  }

  /// The weight of a row; 0 if nothing is known of it.
  package func weight(_ i: Int) -> Double {
    if let patterns, patterns.areEmpty(patterns.pattern(of: i)) { return 0 }
    return weights?[i] ?? 1
  }

  /// Whether the rows have no weights and lack no values.
  package var isPlain: Bool { weights == nil && patterns == nil }

  /// The number of missing values.
  public var missingCount: Int { patterns?.missingCount ?? 0 }

  /// Refuses rows that are not complete and exact, or whose components are known.
  ///
  /// - Parameter rule: says what must be, and why.
  package func requireExactRows(_ argument: String, _ rule: String) throws(ModelError) {
    if let incompleteness { throw ModelError(.unsupported, argument, rule, got: incompleteness) }
  }

  /// Refuses labels that a mixture does not have, and intervals in many correlated coordinates of a row. Beside a
  /// background, it refuses soft labels, and rows of which a part is not known unless the background has a box.
  package func requireServedDetails(
    _ shape: MixtureShape, componentCount: Int, hasBox: Bool
  ) throws(ModelError) {
    if shape.hasBackground { try requireServed(besideBox: hasBox) }
    guard let details, let patterns else { return }
    try details.requireLabels(ofComponents: componentCount)
    guard details.hasIntervals, shape.hasMatrices || details.covariances != nil else { return }
    for i in 0..<count where patterns.pattern(of: i).intervals.count > Self.mostIntervals {
      throw ModelError(
        .unsupported, "data[\(i)]",
        "must have intervals in \(Self.mostIntervals) columns at most where coordinates or errors are correlated (the "
          + "probability of a box is an integral over each of them)",
        got: "\(patterns.pattern(of: i).intervals.count)")
    }
  }

  private func requireServed(besideBox hasBox: Bool) throws(ModelError) {
    guard details?.logShares == nil else {
      throw ModelError(
        .unsupported, "labels", "must be whole numbers beside a background", got: "shares of the components")
    }
    guard !hasBox, let patterns else { return }
    for i in 0..<count where !patterns.pattern(of: i).missing.isEmpty || !patterns.pattern(of: i).intervals.isEmpty {
      throw ModelError(
        .unsupported, "background",
        "must have bounds where values are missing or lie in intervals, as in data[\(i)]", got: "a volume alone")
    }
  }

  /// The largest number of intervals in a row with correlated coordinates.
  package static let mostIntervals = 4

  /// The largest sample weight of a row whose copies are drawn one by one.
  private static let mostCopies = 65_536.0

  /// Refuses sample weights for which a sampler would draw too many copies of a row with errors, intervals or soft labels.
  package func requireFewCopies() throws(ModelError) {
    guard let weights, let patterns, let details else { return }
    for i in 0..<count where weights[i] > Self.mostCopies {
      guard details.shares != nil || !patterns.pattern(of: i).isExact else { continue }
      throw ModelError(
        .unsupported, "sample_weights[\(i)]",
        "must be at most \(Int(Self.mostCopies)) for a row with errors, intervals or soft labels, whose copies are drawn one "
          + "by one", got: weights[i])
    }
  }

  /// Refuses a column without any value, of which neither a model nor a fit can say anything.
  package func requireValuesInEveryColumn() throws(ModelError) {
    guard let patterns else { return }
    let column = (0..<dimensionCount).first { d in patterns.patterns.allSatisfy { $0.missing.contains(d) } }
    guard let column else { return }
    throw ModelError(
      .invalidData, "data", "must have a value in every column", got: "none in column \(columnName(column))")
  }

  /// Returns whether a row lacks a coordinate.
  @inline(__always)
  package func isMissing(_ i: Int, _ d: Int) -> Bool { patterns.map { $0.isMissing(i, d) } ?? false }

  /// Returns whether a row lacks any of some coordinates, or does not know one exactly.
  @inline(__always)
  package func lacks(_ i: Int, _ coordinates: Range<Int>) -> Bool {
    guard let patterns else { return false }
    return coordinates.contains { d in
      patterns.isMissing(i, d)
        || details.map { $0.interval(i, d) != nil || $0.errorVariance(i, d) > 0 } ?? false
    }
  }

  /// What makes these other data than complete and exact rows, in words; `nil` if nothing does.
  package var incompleteness: String? {
    guard patterns != nil else { return nil }
    var words: [String] = []
    if missingCount > 0 { words.append("\(missingCount) missing value\(missingCount == 1 ? "" : "s")") }
    if let details {
      if details.hasErrors { words.append("errors of measurement") }
      if details.hasIntervals { words.append("intervals") }
      if details.hasLabels { words.append("labels") }
    }
    return words.joined(separator: ", ")
  }

  /// Whether all sample weights are whole numbers.
  package var hasWholeWeights: Bool { weights?.areWhole ?? true }

  /// The number of observations of positive weight of which something is known.
  package var positiveCount: Int {
    let all = weights?.positiveCount ?? count
    guard let empty = patterns?.emptyRows else { return all }
    return all - empty.count { weights?[$0] ?? 1 > 0 }
  }

  /// The number of the first block in the data set of which this is a part.
  package var firstBlock: Int { firstRow / blockSize }

  /// The fingerprint that `make` returns for the values; it is made once.
  package func fingerprint(_ make: (UnsafeBufferPointer<Double>) -> UInt64) -> UInt64 {
    cachedFingerprint.withLock { cached in
      if let cached { return cached }
      let value = make(
        UnsafeBufferPointer(start: base, count: (count + laneCount - 1) / laneCount * laneCount * dimensionCount))
      cached = value
      return value
    }
  }

  /// Coordinate `d` of observation `i`; NaN if it is missing.
  @inline(__always)
  public subscript(_ i: Int, _ d: Int) -> Double { isMissing(i, d) ? .nan : filled(i, d) }

  /// Coordinate `d` of observation `i`, or the number that stands for it if it is missing.
  @inline(__always)
  package func filled(_ i: Int, _ d: Int) -> Double {
    precondition(i >= 0 && i < count && d >= 0 && d < dimensionCount)
    return buffer.base[(i / laneCount * dimensionCount + d) * laneCount + i % laneCount]
  }

  /// Returns observation `i`, (D), with NaN for missing values.
  public func row(_ i: Int) -> [Double] { (0..<dimensionCount).map { self[i, $0] } }

  /// Returns observation `i`, (D), with the numbers that stand for missing values.
  package func filledRow(_ i: Int) -> [Double] { (0..<dimensionCount).map { filled(i, $0) } }

  /// The first group; aligned to 64 bytes, whole groups, zeros beyond N.
  package var base: UnsafePointer<Double> { UnsafePointer(buffer.base) }

  /// The number of blocks.
  package var blockCount: Int { (count + blockSize - 1) / blockSize }

  /// Returns the observations of block `index`.
  package func block(_ index: Int) -> (start: Int, count: Int) {
    let start = index * blockSize
    return (start, min(blockSize, count - start))
  }

  /// The memory of the group that starts at observation `start`, a multiple of 8. Numbers stand for missing values.
  package func filledGroup(at start: Int) -> UnsafePointer<Double> { base + start * dimensionCount }

  /// The values of one-dimensional observations.
  package var values: UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: base, count: dimensionCount == 1 ? count : 0)
  }
}
