import Foundation
import GMMModel
import GMMStorage
import Synchronization
import TestSupport
import Testing

@testable import GMMInference

/// Calls that are made in a task end when the task is cancelled.
@Suite struct TaskCancellationTests {
  /// The task is cancelled from a thread that is not in the pool of tasks, so the test does not wait for a free thread
  /// of the pool.
  @Test(arguments: [1, 3]) func aCancelledTaskEndsARun(_ threads: Int) async throws {
    final class Flag: Sendable { let isRaised = Atomic<Bool>(false) }
    let hasBegun = Flag()
    let control = RunControl(
      threads: threads,
      progress: { progress in
        if progress.drawsDone > 0 { hasBegun.isRaised.store(true, ordering: .relaxed) }
        return true
      }, progressInterval: 1e-3)
    let task = Task.detached {
      // This run would take hours.
      try sample(
        KernelBuildTests.model(3), data: KernelBuildTests.data(2_000),
        SamplingOptions(draws: 10_000_000, tune: 10, chains: 3, seed: 1), control)
    }
    Thread {
      while !hasBegun.isRaised.load(ordering: .relaxed) { usleep(1_000) }
      task.cancel()
    }.start()
    let cancelled = try await #require(throws: CancelledRun.self) { try await task.value }
    #expect((cancelled.posterior?.drawCount ?? 0) < 10_000_000)
  }

  /// Runs `body` in a task that has already been cancelled.
  private func inCancelledTask<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await Task.detached {
      withUnsafeCurrentTask { $0?.cancel() }
      return try body()
    }.value
  }

  @Test func everyKindOfCallEndsInACancelledTask() async throws {
    let posterior = try StoredRun.all[0].sample()
    let folder = TemporaryFolder()
    await #expect(throws: ModelError(.cancelled, "", "the caller cancelled")) {
      try await inCancelledTask { try posterior.probabilities() }
    }
    await #expect(throws: CancelledFit<MaximumLikelihoodFit>.self) {
      try await inCancelledTask {
        try fitMaximumLikelihood(posterior.data, MaximumLikelihoodOptions(componentCount: 2))
      }
    }
    let error = try await #require(throws: StorageError.self) {
      try await inCancelledTask { try posterior.save(to: folder.file("posterior.gmm")) }
    }
    #expect(error.kind == .cancelled && folder.names.isEmpty)
  }

  @Test func aCallThatDoesNotFollowItsTaskGoesOn() async throws {
    var control = RunControl()
    control.followsTask = false
    let posterior = try StoredRun.all[0].sample()
    let probabilities = try await inCancelledTask { [control] in try posterior.probabilities(control) }
    #expect(probabilities == (try posterior.probabilities()))
  }
}
