import Foundation
import GMMModel
import GMMStorage
import TestSupport
import Testing

@testable import GMMInference

/// A fit that is cancelled hands back the best one so far.
@Suite struct CancelledFitTests {
  /// Three groups that overlap, so that runs take many iterations.
  private let data: DataSet

  init() throws {
    data = try DataSet(
      (0..<240).map { index -> Double in
        let row = Double(index)
        return Double(index % 3) * 1.9 + sin(row * 0.7) + 0.6 * cos(row * 1.3)
      })
  }

  /// A control under which one thread cancels at its report number `count`; every look at the monitor is a report.
  private func stopping(at count: Int) -> RunControl {
    let reports = Box(0)
    return RunControl(
      threads: 1,
      progress: { _ in
        reports.value += 1
        return reports.value < count
      }, progressInterval: 0)
  }

  /// Returns the fit of `fit`, or the best one so far, and whether it was cancelled.
  private func outcome<Fit>(_ fit: () throws -> Fit) throws -> (fit: Fit?, cancelled: CancelledFit<Fit>?) {
    do {
      return (try fit(), nil)
    } catch let cancelled as CancelledFit<Fit> {
      return (cancelled.fit, cancelled)
    }
  }

  /// A start that is stopped gives the fit that as many iterations give.
  @Test func aStoppedStartIsTheFitOfItsIterations() throws {
    var options = MaximumLikelihoodOptions(componentCount: 3, starts: 1, maximumIterations: 12, tolerance: 0, seed: 2)
    let whole = try fitMaximumLikelihood(data, options)
    var seen: [Int] = []
    for count in 1...20 {
      let (fit, cancelled) = try outcome { try fitMaximumLikelihood(data, options, stopping(at: count)) }
      guard let cancelled else {
        #expect(fit == whole)
        break
      }
      #expect(cancelled.startsDone == 0 && cancelled.startsTotal == 1)
      guard let fit else { continue }
      seen.append(fit.iterations)
      var fewer = options
      fewer.maximumIterations = fit.iterations
      #expect(try fit == fitMaximumLikelihood(data, fewer))
      #expect(!fit.isConverged)
    }
    #expect(seen == Array(1...11))
    options.maximumIterations = 10_000
    options.tolerance = 1e-9
    #expect(try fitMaximumLikelihood(data, options).isConverged)
  }

  /// The later a fit of several starts is cancelled, the better it is, up to the fit of all.
  @Test(arguments: [false, true]) func theBestSoFarNeverGetsWorse(_ hasModel: Bool) throws {
    var options = MaximumLikelihoodOptions(componentCount: 3, start: .randomPoints, starts: 3, maximumIterations: 15)
    options.tolerance = 0
    if hasModel {
      options.maximizePosterior(
        of: try MixtureModel(
          componentCount: 3, means: .normal(mean: [0], sd: [5]), spread: .inverseGamma(shape: [2], scale: [1])))
    }
    let whole = try fitMaximumLikelihood(data, options)
    var (last, starts, count) = (-Double.infinity, [Int](), 1)
    while true {
      let (fit, cancelled) = try outcome { try fitMaximumLikelihood(data, options, stopping(at: count)) }
      if let fit {
        let density = fit.logLikelihood + fit.logPrior
        // The rounding of the sum of 240 terms.
        #expect(density >= last - 1e-9)
        last = density
        #expect(fit.means == fit.means.sorted())
        #expect(abs(fit.weights.reduce(0, +) - 1) < 1e-14)
        var statistics = try MixtureStatistics(fit.estimate)
        try statistics.add(data)
        #expect(abs(statistics.logLikelihood - fit.logLikelihood) <= 1e-12 * abs(fit.logLikelihood))
      }
      guard let cancelled else {
        #expect(fit == whole)
        break
      }
      starts.append(cancelled.startsDone)
      count += 1
    }
    #expect(Set(starts) == [0, 1, 2] && starts == starts.sorted())
  }

  @Test func withSeveralThreadsTheBestSoFarIsAFit() throws {
    let options = MaximumLikelihoodOptions(componentCount: 3, starts: 50, tolerance: 0, seed: 3)
    let rows = try DataSet((0..<40_000).map { index -> Double in Double(index % 3) * 2 + sin(Double(index) * 0.7) })
    for threads in [2, 5] {
      let reports = Box(0)
      let control = RunControl(
        threads: threads,
        progress: { _ in
          reports.value += 1
          return reports.value < 40
        }, progressInterval: 0)
      let (fit, cancelled) = try outcome { try fitMaximumLikelihood(rows, options, control) }
      let end = try #require(cancelled)
      #expect(end.startsDone < 50 && end.startsTotal == 50)
      if let fit { #expect(fit.logLikelihood.isFinite && fit.means == fit.means.sorted()) }
    }
  }

  @Test func aStoppedAscentIsTheFitOfItsIterations() throws {
    var options = VariationalOptions(componentCount: 3)
    options.maximumIterations = 8
    options.tolerance = 0
    let whole = try fitVariational(data, options)
    var seen: [Int] = []
    for count in 1...20 {
      let (fit, cancelled) = try outcome { try fitVariational(data, options, stopping(at: count)) }
      guard cancelled != nil else {
        #expect(fit == whole)
        break
      }
      guard let fit else { continue }
      seen.append(fit.iterations)
      var fewer = options
      fewer.maximumIterations = fit.iterations
      #expect(try fit == fitVariational(data, fewer))
    }
    #expect(seen == Array(1...7))
  }

  @Test func nothingIsHandedBackBeforeTheFirstIteration() throws {
    let flag = CancellationFlag()
    flag.request()
    let control = RunControl(cancellation: flag)
    let options = MaximumLikelihoodOptions(componentCount: 2, starts: 4)
    let (fit, cancelled) = try outcome { try fitMaximumLikelihood(data, options, control) }
    #expect(fit == nil && cancelled?.startsDone == 0 && cancelled?.startsTotal == 4)
    let ascent = try outcome { try fitVariational(data, VariationalOptions(componentCount: 2), control) }
    #expect(ascent.fit == nil && ascent.cancelled?.startsTotal == 1)
  }

  /// A limit of 0 s has always passed, and one of a century never.
  @Test func aTimeLimitEndsEveryCallAsCancellingDoes() throws {
    let (late, early) = (RunControl(timeLimit: 0), RunControl(timeLimit: 3e9))
    let options = MaximumLikelihoodOptions(componentCount: 2, starts: 4, seed: 1)
    let (fit, cancelled) = try outcome { try fitMaximumLikelihood(data, options, late) }
    #expect(fit == nil && cancelled != nil)
    #expect(try fitMaximumLikelihood(data, options, early) == fitMaximumLikelihood(data, options))

    let run = StoredRun.all[0]
    #expect(throws: CancelledRun.self) { try run.sample(late) }
    let posterior = try run.sample(early)
    #expect(bits(posterior) == bits(try run.sample()))
    let reason = "the time limit of 0.0 s has passed"
    expectError(.cancelled, "", reason) { try posterior.probabilities(late) }
    #expect(try posterior.probabilities(early) == posterior.probabilities())
    #expect(throws: StorageError(.cancelled, "", reason)) { try posterior.bytes(late) }
    let open = try OpenModel(MixtureShape(componentCount: 2, dimensionCount: 1, structure: .diag))
    expectError(.cancelled, "", reason) { try open.model(for: data, late) }
  }
}
