import Testing

@testable import GMMDiagnostics

/// Counts how often it is asked, and ends the computation at a given time.
final class CountingMonitor: ComputationMonitor {
  struct Ended: Error {}
  private let last: Int
  private(set) var asked = 0

  init(endingAt last: Int = .max) { self.last = last }

  func pollForStop() -> Bool {
    asked += 1
    return asked == last
  }

  func check() throws(Ended) { throw Ended() }
}

@Suite struct ComputationMonitorTests {
  /// A computation that takes long on many draws; its result as numbers.
  struct Computation: Sendable, CustomTestStringConvertible {
    let name: String
    /// The least number of its loops over all draws.
    let loops: Int
    let run: @Sendable (ChainView, CountingMonitor?) throws -> [Double]
    var testDescription: String { name }

    init<Value>(
      _ name: String, loops: Int, _ watched: @escaping @Sendable (ChainView, CountingMonitor) throws -> Value,
      _ plain: @escaping @Sendable (ChainView) throws -> Value, _ numbers: @escaping @Sendable (Value) -> [Double]
    ) {
      self.name = name
      self.loops = loops
      run = { view, monitor in numbers(try monitor.map { try watched(view, $0) } ?? plain(view)) }
    }
  }

  static let computations: [Computation] = [
    Computation(
      "summarize", loops: 25, { try summarize($0, hdiProbability: 0.9, quantileProbabilities: [0.3], monitor: $1) },
      { summarize($0, hdiProbability: 0.9, quantileProbabilities: [0.3]) },
      { [$0.mean, $0.sd, $0.mcseMean, $0.mcseSD, $0.batchMeansError, $0.hdiLower, $0.essBulk, $0.essTail, $0.rHat] }),
    Computation(
      "autocorrelation", loops: 20, { try autocorrelation($0, chain: 0, maxLag: 5_000, monitor: $1) },
      { autocorrelation($0, chain: 0, maxLag: 5_000) }, { $0 }),
    Computation(
      "densityOnGrid", loops: 6,
      {
        let values = [Double](copying: $0)
        let estimate = try KernelDensity.estimate(from: values, .improvedSheatherJones(), monitor: $1).get()
        return try estimate.evaluatedOnGrid(size: 256, monitor: $1).densities
      }, { try KernelDensity($0).evaluatedOnGrid(size: 256).densities }, { $0 }),
    Computation(
      "densityAtPoints", loops: 5,
      {
        let values = [Double](copying: $0)
        let estimate = try KernelDensity.estimate(from: values, .explicit(0.1), monitor: $1).get()
        return try estimate.density(at: [-1, 0, 1], monitor: $1)
      }, { try KernelDensity($0, bandwidth: .explicit(0.1)).density(at: [-1, 0, 1]) }, { $0 }),
    Computation(
      "histogram", loops: 1, { try Histogram($0, lower: -2, upper: 2, bins: 30, monitor: $1).counts.map(Double.init) },
      { Histogram($0, lower: -2, upper: 2, bins: 30).counts.map(Double.init) }, { $0 }),
    Computation(
      "finiteRange", loops: 1, { try $0.finiteRange(monitor: $1) }, { $0.finiteRange() },
      { $0.map { [$0.lowerBound, $0.upperBound] } ?? [] }),
  ]

  /// A slowly mixing series, so that autocorrelations need a transform.
  private static func series(_ count: Int) -> [Double] {
    var state: UInt64 = 1
    var value = 0.0
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      value = 0.999 * value + 0.045 * (Double(state >> 11) * 0x1p-53 - 0.5)
      return value
    }
  }

  @Test(arguments: computations)
  func aMonitorThatEndsNothingChangesNoBit(_ computation: Computation) throws {
    for chains in [1, 3] {
      try ChainView.withChains(Self.series(30_003), chains: chains) { view in
        let plain = try computation.run(view, nil)
        let watched = try computation.run(view, CountingMonitor())
        #expect(!plain.isEmpty && plain.map(\.bitPattern) == watched.map(\.bitPattern))
      }
    }
  }

  @Test(arguments: computations)
  func aComputationEndsAtTheAskThatThrows(_ computation: Computation) throws {
    try ChainView.withChains(Self.series(200_000), chains: 2) { view in
      let whole = CountingMonitor()
      _ = try computation.run(view, whole)
      for last in [1, 2, whole.asked / 3, whole.asked / 2, whole.asked - 1, whole.asked] {
        let monitor = CountingMonitor(endingAt: last)
        #expect(throws: CountingMonitor.Ended.self) { try computation.run(view, monitor) }
        #expect(monitor.asked == last)
      }
    }
  }

  /// Each loop over the draws looks at the monitor once in a piece.
  @Test(arguments: computations)
  func asksGrowWithTheWork(_ computation: Computation) throws {
    let asks = try [8, 32].map { pieces in
      try ChainView.withChains(Self.series(pieces * Pieces.size)) { view in
        let monitor = CountingMonitor()
        _ = try computation.run(view, monitor)
        return monitor.asked
      }
    }
    #expect(asks[1] - asks[0] >= 24 * computation.loops, "\(asks)")
  }

  @Test func transformsOfAnySizeAreCutInPieces() throws {
    for size in [16, 2 * Pieces.size, 8 * Pieces.size] {
      let plan = unwatched { (watch) throws(Stopped) in try FourierPlan(minimumSize: size, watch) }
      var (real, imaginary) = (Self.series(size), [Double](repeating: 0, count: size))
      let monitor = CountingMonitor()
      try monitor.watching { (watch) throws(Stopped) in
        try plan.forward(real: &real, imaginary: &imaginary, watch)
        try plan.inverse(real: &real, imaginary: &imaginary, watch)
      }
      // Each of log2(size) - 1 stages of both directions passes at least half of the numbers.
      let stages = size.trailingZeroBitCount - 1
      #expect(monitor.asked >= stages * (size / Pieces.size))
      for (value, expected) in zip(real, Self.series(size)) {
        #expect(abs(value / Double(size) - expected) < 1e-13)
      }
    }
  }
}

extension [Double] {
  init(copying view: ChainView) { self = view.copy() }
}
