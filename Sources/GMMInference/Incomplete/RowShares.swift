import GMMKernels
import GMMModel

/// The responsibilities of components, and of a background after them, for one row, in memory that its owner keeps.
struct RowShares {
  /// The components that the row can have.
  let choice: Range<Int>
  /// The log of the sum of the components' shares of the density: the log density of what is known of the row, with its
  /// label.
  let logTotal: Double
  private let logShares: UnsafePointer<Double>
  private let responsibilities: UnsafePointer<Double>

  /// The smallest log share.
  private static let floor = -1e306

  /// The number of doubles of memory for so many components, with a background.
  static func size(_ densities: Int) -> Int { 2 * densities }

  /// - Parameters:
  ///   - memory: ``size(_:)`` doubles, which begin with the log shares of the components of `choice` at their numbers.
  ///   - count: the number of components, with a background.
  fileprivate init(_ choice: Range<Int>, memory: UnsafeMutablePointer<Double>, count: Int) {
    let (logShares, responsibilities) = (memory, memory + count)
    // Differences stay finite at any distance.
    var largest = Self.floor
    for k in choice {
      if logShares[k] != -.infinity, !(logShares[k] >= Self.floor) { logShares[k] = Self.floor }
      largest = max(largest, logShares[k])
    }
    var total = 0.0
    for k in choice {
      responsibilities[k] = exp(logShares[k] - largest)
      total += responsibilities[k]
    }
    for k in choice where total > 0 { responsibilities[k] /= total }
    self.choice = choice
    (self.logShares, self.responsibilities) = (UnsafePointer(logShares), UnsafePointer(responsibilities))
    logTotal = total > 0 ? largest + log(total) : Self.floor
  }

  /// The responsibility of component `k`.
  subscript(_ k: Int) -> Double { choice.contains(k) ? responsibilities[k] : 0 }

  /// The log of component `k`'s share of the density; -infinity for a component that the row cannot have.
  func logShare(_ k: Int) -> Double { choice.contains(k) ? logShares[k] : -.infinity }

  /// Draws a component.
  func draw(_ stream: inout RandomStream) -> Int {
    let u = stream.uniform()
    var (chosen, sum) = (choice.lowerBound, 0.0)
    for k in choice where responsibilities[k] > 0 {
      chosen = k
      sum += responsibilities[k]
      if u < sum { break }
    }
    return chosen
  }
}

extension UncertainRow {
  /// Returns the responsibilities of components for a row of the pattern that was taken.
  ///
  /// - Parameters:
  ///   - box: the box of a background.
  ///   - keepsAll: whether the log shares of components that have no part in any digit are wanted.
  ///   - memory: ``RowShares/size(_:)`` doubles.
  mutating func shares(
    _ data: DataSet, _ row: Int, _ pattern: RowPatterns.Pattern, _ components: UncertainComponents,
    _ box: BackgroundBox?, keepsAll: Bool = false, into memory: UnsafeMutablePointer<Double>
  ) -> RowShares {
    let count = components.count
    var choice = pattern.label < 0 ? 0..<count : pattern.label..<pattern.label + 1
    let factors = data.details?.logShares.map { $0.base + row * count }
    if isIntegral, !keepsAll {
      fillLikely(data, row, choice, components, factors, into: memory)
    } else {
      for k in choice {
        let component = components.component(k)
        memory[k] = component.logWeight + logDensity(data, row, component) + (factors?[k] ?? 0)
      }
    }
    if let logBackground = components.logBackground, pattern.label < 0 {
      choice = 0..<count + 1
      memory[count] = logBackground + BackgroundRow(box: box, data: data, row: row).logFactor(pattern)
    }
    return RowShares(choice, memory: memory, count: components.densityCount)
  }

  /// Writes the log shares of components, from the one of the largest upper bound on, without those whose bound is e^-42 of
  /// the largest share.
  private mutating func fillLikely(
    _ data: DataSet, _ row: Int, _ choice: Range<Int>, _ components: UncertainComponents,
    _ factors: UnsafePointer<Double>?, into memory: UnsafeMutablePointer<Double>
  ) {
    for k in choice {
      let component = components.component(k)
      memory[k] = component.logWeight + logBound(data, row, component) + (factors?[k] ?? 0)
    }
    var largest = -Double.infinity
    for k in choice.sorted(by: { memory[$0] > memory[$1] }) {
      guard memory[k] > largest - 42 || choice.count == 1 else {
        memory[k] = -.infinity
        continue
      }
      let component = components.component(k)
      memory[k] = component.logWeight + logDensity(data, row, component) + (factors?[k] ?? 0)
      largest = max(largest, memory[k])
    }
  }
}
