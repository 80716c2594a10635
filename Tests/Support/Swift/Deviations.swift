import Foundation

/// The distances between many estimates and what they should be, in standard errors.
public struct Deviations: Sendable {
  private var entries: [(name: String, deviation: Double)] = []

  public init() {}

  public mutating func add(_ name: String, _ ours: Estimate, _ theirs: Estimate) {
    entries.append((name, ours.deviation(from: theirs)))
  }

  public mutating func add(_ name: String, _ ours: Estimate, exactly value: Double) {
    entries.append((name, ours.deviation(from: value)))
  }

  public var count: Int { entries.count }

  /// The largest distance; NaN counts as infinite.
  public var largest: (name: String, deviation: Double) {
    entries.max { size($0.deviation) < size($1.deviation) } ?? ("nothing", 0)
  }

  /// Returns the entries beyond `limit` standard errors, as text.
  public func beyond(_ limit: Double) -> [String] {
    entries.filter { !(size($0.deviation) <= limit) }.map { "\($0.name): \($0.deviation) standard errors" }
  }

  /// The root of the mean square, 1 where all errors are what they claim to be and nothing is biased.
  public var rootMeanSquare: Double {
    (entries.reduce(0) { $0 + $1.deviation * $1.deviation } / Double(entries.count)).squareRoot()
  }

  /// The number of entries, the largest distance and the root mean square, as text.
  public var summary: String {
    let (name, deviation) = largest
    return "\(count) numbers, largest deviation \(String(format: "%.2f", deviation)) standard errors (\(name)),"
      + " root mean square \(String(format: "%.2f", rootMeanSquare))"
  }

  private func size(_ deviation: Double) -> Double { deviation.isNaN ? .infinity : abs(deviation) }
}
