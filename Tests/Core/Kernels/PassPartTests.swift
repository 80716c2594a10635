import Foundation
import TestSupport
import Testing

#if GMM_AVX512
  @testable import GMMKernelsAVX512
#elseif GMM_AVX2
  @testable import GMMKernelsAVX2
#else
  @testable import GMMKernels
#endif

/// The parts of lane passes over observations.
@Suite(.testedBuild) struct PassPartTests {
  // MARK: Shares of components

  /// Log shares in every order, with ties, -infinity, and differences that underflow: 7^K tuples.
  private static let logShares = [-Double.infinity, -1e306, -1e300, -800, -3.25, -3.25 + 0x1p-50, 2]

  /// A tournament of K - 1 matches gives each component exactly exp(its share - the largest), and the winner 1.
  @Test func registersGiveEachComponentItsOwnRatioInAnyOrder() throws {
    try checkAllTuples(RegisterVectors<1>())
    try checkAllTuples(RegisterVectors<2>())
    try checkAllTuples(RegisterVectors<3>())
    try checkAllTuples(RegisterVectors<4>())
  }

  @Test func memoryGivesEachComponentItsOwnRatioInAnyOrder() throws {
    let memory = try #require(AlignedBuffer<Double>(count: scratchSize(4)))
    for count in 1...4 {
      try checkAllTuples(MemoryVectors(Scratch(memory.base, count: count), slot: 0, count: count))
    }
  }

  /// Lanes hold different points, so each lane has winners and losers of its own: 5 places for 4 components' centers.
  @Test func lanesHaveWinnersOfTheirOwn() throws {
    let memory = try #require(AlignedBuffer<Double>(count: ComponentTable.size(4)))
    let table = ComponentTable(count: 4, memory: memory.base)
    for code in 0..<625 {
      for k in 0..<4 {
        table.set(k, logWeight: log(0.25), mean: Double(code / [1, 5, 25, 125][k] % 5) * 2 - 4, sd: 1)
      }
      var x = Vector.zero
      for lane in 0..<vectorWidth { x[lane] = Double((lane * 3 + code) % 9) - 4 }
      var vectors = RegisterVectors<4>()
      let shares = vectors.evaluate(x, table, cumulative: false)
      for lane in 0..<vectorWidth {
        let logShares = (0..<4).map { table.logShare(of: $0, at: x)[lane] }
        let largest = logShares.max() ?? .nan
        #expect(shares.logLargest[lane] == largest)
        for k in 0..<4 {
          #expect(vectors[k][lane] == exponential(Vector(repeating: logShares[k] - largest))[lane])
        }
      }
    }
  }

  /// The operations and their order are the same, so the bits are the same.
  private func checkAllTuples(_ empty: some ComponentVectors) throws {
    let count = empty.count
    let memory = try #require(AlignedBuffer<Double>(count: ComponentTable.size(count)))
    let table = ComponentTable(count: count, memory: memory.base)
    var tuple = [Int](repeating: 0, count: count)
    var wrong = 0
    for code in 0..<Int(pow(Double(Self.logShares.count), Double(count))) {
      var rest = code
      for k in 0..<count {
        tuple[k] = rest % Self.logShares.count
        rest /= Self.logShares.count
        table.constant[k] = Self.logShares[tuple[k]]
        table.factor[k] = -0.5
        table.center[k] = 3
      }
      let bounded = tuple.map { max(Self.logShares[$0], logShareFloor) }
      let largest = bounded.max() ?? .nan
      let ratios = bounded.map { exponential(Vector(repeating: $0 - largest)) }
      for cumulative in [false, true] {
        var vectors = empty
        let shares = vectors.evaluate(Vector(repeating: 3), table, cumulative: cumulative)
        var sum = Vector.zero
        for k in 0..<count {
          sum += ratios[k]
          if vectors[k] != (cumulative ? sum : ratios[k]) { wrong += 1 }
        }
        if shares.total != sum || shares.logLargest != Vector(repeating: largest) { wrong += 1 }
      }
      if !bounded.indices.contains(where: { ratios[$0] == Vector(repeating: 1) }) { wrong += 1 }
    }
    #expect(wrong == 0, "\(count) components")
  }

  // MARK: The log likelihood

  /// Returns the log of what is multiplied over a block's groups, each of `count` observations, as a pass does it.
  private func logarithm(groups: Int, last: Int = 0, _ shares: (_ group: Int, _ lane: Int) -> (Double, Double))
    -> Double
  {
    var rows = [Double](repeating: .nan, count: 3 * laneCount)
    for pass in 0..<passCount {
      var accumulator = LogAccumulator()
      func vectors(_ group: Int) -> Shares {
        var (logLargest, total) = (Vector.zero, Vector.zero)
        for lane in 0..<vectorWidth { (logLargest[lane], total[lane]) = shares(group, pass * vectorWidth + lane) }
        return Shares(logLargest: logLargest, total: total)
      }
      for group in 0..<groups {
        accumulator.multiply(by: vectors(group), in: AllLanes())
        if group % LogAccumulator.capacity == LogAccumulator.capacity - 1 { accumulator.fold() }
      }
      accumulator.fold()
      if last > 0 {
        accumulator.multiply(by: vectors(groups), in: FirstLanes(count: last, pass: pass))
        accumulator.fold()
      }
      rows.withUnsafeMutableBufferPointer { accumulator.store(in: $0.baseAddress!, pass: pass) }
    }
    return LogAccumulator.logarithm(rows)
  }

  /// 256 equal shares at each of 4,096 points: 8 bits each, of which none may be lost; the log of 2 is rounded once and
  /// multiplied once.
  @Test func productOfTheLargestTotalsDoesNotOverflow() {
    let result = logarithm(groups: 512) { _, _ in (0, 256) }
    #expect(abs(result - 32_768 * log(2)) <= (32_768 * log(2)).ulp)
    #expect(logarithm(groups: 512) { _, _ in (0, 1) } == 0)
    #expect(logarithm(groups: 0) { _, _ in (0, .nan) } == 0)
  }

  /// Each lane rounds its product at most 513 times by 2^-53 relatively, an absolute error of the log; three sums of
  /// eight lanes, the log and its sum with the rest round a result of size S a few times.
  @Test(arguments: [1, 63, 64, 65, 511, 512]) func logOfProductsEqualsTheSumOfLogs(groups: Int) {
    var stream = testStream(UInt64(groups))
    var values: [[(Double, Double)]] = []
    for _ in 0...groups {
      values.append((0..<laneCount).map { _ in (-100 * stream.uniform(), 1 + 255 * stream.uniform()) })
    }
    for last in [0, 1, 4, 5, 7] {
      let result = logarithm(groups: groups, last: last) { group, lane in
        // The values in lanes beyond the last observation must not matter.
        group == groups && lane >= last ? (1e300, .infinity) : values[group][lane]
      }
      // Compensated (Kahan), so that the reference adds nothing to the error.
      var (sum, compensation, size) = (0.0, 0.0, 0.0)
      for (group, row) in values.enumerated() {
        for (lane, value) in row.enumerated() where group < groups || lane < last {
          for term in [value.0, log(value.1)] {
            let y = term - compensation
            let t = sum + y
            compensation = (t - sum) - y
            sum = t
            size += abs(term)
          }
        }
      }
      // Log shares are added plainly within a lane: 512 roundings of sums that reach an eighth of their size.
      let tolerance = Double(8 * 513) * 0x1p-53 + Double(groups + 16) * 0x1p-53 * size
      #expect(abs(result - sum) <= tolerance, "\(last) observations in the last group")
    }
  }

  // MARK: Labels

  /// All labels from 0 to 255 in all lanes, different ones next to each other.
  @Test func labelsAreWrittenAsTheBytesOfTheirLanes() throws {
    let bytes = try #require(AlignedBuffer<UInt8>(count: 3 * laneCount))
    for value in 0..<256 as Range<UInt64> {
      for i in 0..<bytes.count { bytes.base[i] = 0xEE }
      for pass in 0..<passCount {
        let sink = LabelBytes(bytes.base, pass: pass)
        var labels = Words.zero
        for lane in 0..<vectorWidth { labels[lane] = (value &+ 37 &* UInt64(pass * vectorWidth + lane)) % 256 }
        sink.write(labels &* sink.next, group: 1)
      }
      for i in 0..<bytes.count {
        let lane = UInt64(i - i / laneCount * laneCount)
        let expected = i / laneCount == 1 ? UInt8((value + 37 * lane) % 256) : 0xEE
        #expect(bytes.base[i] == expected)
      }
    }
  }
}
