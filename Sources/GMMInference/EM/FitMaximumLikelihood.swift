import GMMKernels
import GMMModel

/// Fits a Gaussian mixture by maximum likelihood: expectation-maximisation from several starts, the best kept.
///
/// Starts are k-means++ clusters of the data (at most 2,000 of them), each from a stream of its own.
///
/// - Throws: ``ModelError`` for options out of range, fewer observations than components, and data without any spread;
///   of kind `cancelled` when the caller cancels.
public func fitMaximumLikelihood(
  _ observations: Observations, _ options: MaximumLikelihoodOptions, _ control: RunControl = RunControl()
) throws(ModelError) -> MaximumLikelihoodFit {
  try check(options, observations)
  let whole = Partition(observations.values, centers: [observations.values[0]])
  let variance = whole.squares[0] / whole.counts[0]
  guard variance > 0 else {
    throw ModelError(
      .degenerate, "data", "must have at least 2 distinct values, got \(observations.count) equal observations")
  }
  // A variance on the floor must have a reciprocal, with room for the squares of the data's deviations.
  guard options.varianceFloor * variance >= 1e-290 else {
    throw ModelError(
      .degenerate, "data", "must have a variance of at least 1e-290 / variance_floor, got \(variance)")
  }
  let monitor = RunMonitor(control)
  let starts = options.initial == nil ? options.starts : 1
  let kernels = control.build.kernels
  let results = Results()
  let queue = Results.Queue(starts)
  let paysOff = observations.count * options.componentCount * starts >= 20_000
  let threads = paysOff ? control.threadCount(units: starts) : 1
  let workers = control.workers(units: threads, blocks: observations.blockCount)
  let crews = (0..<threads).map { _ in workers > 1 ? BlockCrew(workers: workers) : nil }
  ThreadTeam.run(threads * workers) { index in
    let thread = index % threads
    let crew = crews[thread]
    guard index < threads else {
      crew?.serve(worker: index / threads)
      return
    }
    defer { crew?.stop() }
    let report = { if thread == 0 { monitor.report { queue.progress } } }
    while !monitor.shouldStop, let start = queue.next() {
      do throws(ModelError) {
        let run = try ExpectationMaximization(observations, options, kernels, variance: variance, crew)
        let parameters = startingPoint(start, observations, options, variance: variance)
        if let fit = run.run(from: parameters, monitor, report) { results.add(fit, start: start) }
        queue.finish()
      } catch {
        results.add(error)
        monitor.stop()
        queue.finish()
      }
    }
    // Only the caller's thread stays to the end, to report and to see the flag.
    while thread == 0, !monitor.shouldStop, queue.isBusy {
      report()
      queue.waitUntilIdle(seconds: monitor.secondsToReport)
    }
  }
  monitor.report(isLast: true) { queue.progress }
  if let error = results.error { throw error }
  if monitor.isCancelled { throw ModelError(.cancelled, "", "the caller cancelled") }
  guard let best = results.best else { throw .outOfMemory("a fit") }
  return best
}

private func check(_ options: MaximumLikelihoodOptions, _ observations: Observations) throws(ModelError) {
  let components = options.componentCount
  guard components >= 1, components <= MixtureModel.maximumComponentCount else {
    throw ModelError("num_components", "must be between 1 and \(MixtureModel.maximumComponentCount)", got: components)
  }
  guard options.starts >= 1 else { throw ModelError("num_starts", "must be at least 1", got: options.starts) }
  guard options.maximumIterations >= 1 else {
    throw ModelError("max_iterations", "must be at least 1", got: options.maximumIterations)
  }
  guard options.tolerance.isFinite, options.tolerance >= 0 else {
    throw ModelError("tolerance", "must be finite and not negative", got: options.tolerance)
  }
  guard options.varianceFloor.isFinite, options.varianceFloor > 0 else {
    throw ModelError("variance_floor", "must be finite and positive", got: options.varianceFloor)
  }
  guard observations.count >= components else {
    throw ModelError(
      "data", "must have at least num_components = \(components) observations", got: observations.count)
  }
  guard let initial = options.initial else { return }
  // The rules of initial values, under a model that allows everything.
  let any = try MixtureModel(
    componentCount: components, means: .normal(mean: [0], sd: [1]), spread: .halfCauchy(scale: [1]),
    sharedSpread: options.sharedSpread)
  try initial.check(against: any, row: 0)
  guard initial.weights != nil, initial.means != nil, initial.sds != nil else {
    let parts = [("weights", initial.weights), ("means", initial.means), ("sds", initial.sds)]
    let given = parts.filter { $0.1 != nil }.map(\.0)
    throw ModelError(
      "initial", "must have weights, means and sds, or none of them", got: given.joined(separator: " and "))
  }
}

private func startingPoint(
  _ start: Int, _ observations: Observations, _ options: MaximumLikelihoodOptions, variance: Double
) -> Parameters {
  if let initial = options.initial, let weights = initial.weights, let means = initial.means, let sds = initial.sds {
    return Parameters(weights: weights, means: means, sds: sds)
  }
  let key = StreamKey(seed: options.seed, chain: UInt64(start), purpose: .maximumLikelihood)
  var stream = RandomStream(key.at(iteration: 0))
  let points = observations.sampleForClusters(&stream)
  let centers = KMeans(points, count: options.componentCount, iterations: 20, &stream).centers
  let parts = Partition(points, centers: centers)
  let total = Double(points.count + centers.count)
  let variances = zip(parts.squares, parts.counts).map { squares, count in
    // A cluster of few points must not start as a spike.
    max(count > 0 ? squares / count : 0, 1e-4 * variance)
  }
  return Parameters(
    weights: parts.counts.map { ($0 + 1) / total }, means: parts.means,
    sds: options.sharedSpread
      ? [max(parts.squares.reduce(0, +) / Double(points.count), 1e-4 * variance).squareRoot()]
      : variances.map { $0.squareRoot() })
}

/// The best fit so far; of equal ones the first, so that threads do not matter.
private final class Results: @unchecked Sendable {
  private let lock = Mutex()
  private var fit: (value: MaximumLikelihoodFit, start: Int)?
  private var failure: ModelError?

  var best: MaximumLikelihoodFit? { lock.locked { fit?.value } }
  var error: ModelError? { lock.locked { failure } }

  func add(_ value: MaximumLikelihoodFit, start: Int) {
    lock.locked {
      if let old = fit {
        let gain = value.logLikelihood - old.value.logLikelihood
        guard gain > 0 || (gain == 0 && start < old.start) else { return }
      }
      fit = (value, start)
    }
  }

  func add(_ error: ModelError) { lock.locked { if failure == nil { failure = error } } }

  /// The starts that are still to run.
  final class Queue: @unchecked Sendable {
    private let lock = Mutex()
    private let count: Int
    private var started = 0
    private var finished = 0

    init(_ count: Int) { self.count = count }

    func next() -> Int? {
      lock.locked {
        guard started < count else { return nil }
        started += 1
        return started - 1
      }
    }

    func finish() {
      lock.locked {
        finished += 1
        if finished == started { lock.wake() }
      }
    }

    /// Sleeps until no start is being worked on, but no longer than `seconds`.
    func waitUntilIdle(seconds: Double) { lock.wait(seconds: seconds) { finished < started } }

    var isBusy: Bool { lock.locked { finished < started } }

    var progress: RunProgress {
      lock.locked {
        RunProgress(
          chains: 0, iterationsDone: finished, iterationsTotal: count, drawsDone: 0, drawsTotal: 0, secondsElapsed: 0,
          secondsLeft: 0)
      }
    }
  }
}
