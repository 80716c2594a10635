import GaussianMixtures
import Synchronization
import TestSupport
import Testing

/// Kernel densities as calls with a control.
@Suite struct KernelDensityThreadsTests {
  /// Enough values for several slices, and points for several blocks.
  private let values = ReferenceInputs.bells(seed: 31, chains: 4, draws: 50_000).values

  @Test func threadsChangeNoBit() throws {
    let plain = try KernelDensity(values, bounds: -7...7)
    let points = Array(values.prefix(5000))
    let (densities, curve) = (plain.density(at: points), plain.evaluatedOnGrid(size: 3000, cut: 2))
    for threads in [1, 2, 5] {
      let control = RunControl(threads: threads)
      let density = try KernelDensity.estimate(from: values, bounds: -7...7, control)
      #expect(density.bandwidth == plain.bandwidth)
      #expect(try density.density(at: points, control) == densities)
      #expect(try density.evaluatedOnGrid(size: 3000, cut: 2, control) == curve)
    }
  }

  @Test(arguments: [1, 3]) func callsReportTheirEndOnce(threads: Int) throws {
    let reports = Mutex<[RunProgress]>([])
    let control = RunControl(
      threads: threads,
      progress: { report in
        reports.withLock { $0.append(report) }
        return true
      }, progressInterval: 0)
    _ = try KernelDensity.estimate(from: values, control)
    let done = reports.withLock { $0.map(\.iterationsDone) }
    #expect(done.last == 1 && done.dropLast().allSatisfy { $0 == 0 })
    #expect(reports.withLock { $0.allSatisfy { $0.iterationsTotal == 1 } })
  }

  @Test(arguments: [1, 3]) func callsEndWhenTheCallerCancels(threads: Int) throws {
    let density = try KernelDensity(values, bandwidth: .explicit(0.1))
    let cancelled: [(RunControl) throws -> Void] = [
      { _ = try KernelDensity.estimate(from: values, $0) }, { _ = try density.density(at: values, $0) },
      { _ = try density.evaluatedOnGrid($0) },
    ]
    for call in cancelled {
      // The second report cancels, so the call has begun.
      let count = Mutex(0)
      let late = RunControl(
        threads: threads,
        progress: { _ in
          count.withLock { $0 += 1 }
          return count.withLock { $0 } < 2
        }, progressInterval: 0)
      let early = RunControl(threads: threads, cancellation: CancellationFlag())
      early.cancellation?.request()
      for control in [early, late] {
        let error = #expect(throws: ModelError.self) { try call(control) }
        #expect(error?.kind == .cancelled)
      }
    }
  }

  @Test func refusalsNameArgumentRuleAndValue() {
    func refusal(
      _ values: [Double], _ bandwidth: KernelDensity.Bandwidth = .scott(),
      bounds: ClosedRange<Double> = -.infinity ... .infinity
    ) -> String? {
      do throws(ModelError) {
        _ = try KernelDensity.estimate(from: values, bandwidth: bandwidth, bounds: bounds, RunControl())
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal([1, 2]) == nil)
    #expect(refusal([1, .nan]) == "values[1]: must be finite, got nan")
    #expect(refusal([1, 2], bounds: 0...1.5) == "values[1]: must be between `lower` = 0.0 and `upper` = 1.5, got 2.0")
    #expect(refusal([1, 2], bounds: 1...1) == "lower: must be below `upper` = 1.0, got 1.0")
    #expect(refusal([1, 2], .explicit(-1)) == "bandwidth: must be a positive normal number, got -1.0")
    #expect(refusal([2]) == "values: must have at least 2 distinct values for a rule of the bandwidth, got 1 value")
    #expect(
      refusal([2, 2]) == "values: must have at least 2 distinct values for a rule of the bandwidth, got 2 equal values")
    #expect(refusal([]) == "values: must have at least one value, got none")
    #expect(
      refusal([-1e308, 1e308])
        == "values: must have a spread whose bandwidth is a normal number, got -1e+308 to 1e+308")
  }
}
