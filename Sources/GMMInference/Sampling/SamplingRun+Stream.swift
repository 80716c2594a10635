import GMMKernels
import GMMModel

extension SamplingRun {
  /// Makes the draws part by part, each in a memory of its own.
  ///
  /// - Parameter size: the number of draws of each chain in a part.
  func stream(part size: Int, _ control: RunControl, _ gate: StreamGate) throws {
    let monitor = RunMonitor(control)
    let earlyEnd = EarlyEnd()
    var schedule = try options.schedule()
    let total = schedule.draws
    schedule.draws = min(size, total)
    var store = try makeStore(draws: schedule.draws)
    let chains = try (0..<options.chains).map {
      try Chain($0, nil, keeping: options.initialValues($0), context, schedule, store, earlyEnd)
    }
    gate.open(monitor)
    var done = 0
    while true {
      try team(chains, schedule, control).run(ChainTurns(chains, schedule), monitor) {
        (index, crew) throws(ModelError) in try chains[index].advance(for: ChainTurns.length, monitor, crew)
      }
      let collapse = earlyEnd.collapse
      // The draws before a collapse, counted from the first of this part.
      let allowed = collapse.map { max(0, ($0.iteration - 1 - schedule.tune) / schedule.thin - done) }
      let draws = chains.reduce(allowed ?? schedule.draws) { min($0, $1.drawsDone) }
      let isComplete = collapse == nil && draws == schedule.draws
      if draws > 0, isComplete || collapse != nil {
        gate.deliver(
          Posterior(
            context.target, options: options, store: store, continuation: nil, draws: draws,
            seconds: monitor.seconds, keepsDrawnLabels: true), monitor)
      }
      if let collapse { throw CollapsedRun(posterior: nil, error: collapse.located) }
      try monitor.requireCompletion()
      done += draws
      guard done < total else { return }
      schedule.draws = min(size, total - done)
      store = try makeStore(draws: schedule.draws)
      for chain in chains { chain.begin(schedule, store) }
    }
  }
}
