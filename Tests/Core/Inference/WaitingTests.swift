import GMMKernels
import Synchronization
import TestSupport
import Testing

@testable import GMMInference

/// The caller's thread waits for the others and reports.
@Suite struct WaitingTests {
  /// The condition never ends, so the time ends the wait. The system may run the thread late, but not early.
  @Test func waitEndsWhenTheTimeIsOver() {
    let lock = Mutex()
    let start = monotonicSeconds()
    lock.wait(seconds: 0.05) { true }
    #expect(monotonicSeconds() - start >= 0.05)
    for seconds in [0, -1, -Double.infinity] { lock.wait(seconds: seconds) { true } }
    for seconds in [0, Double.infinity] { lock.wait(seconds: seconds) { false } }
  }

  /// Without `wake()` this would last a day.
  @Test func waitEndsWhenAnotherThreadEndsTheCondition() {
    let lock = Mutex()
    let isOver = Atomic<Bool>(false)
    ThreadTeam.run(2) { index in
      if index == 0 {
        lock.wait(seconds: .infinity) { !isOver.load(ordering: .relaxed) }
      } else {
        usleep(20_000)
        lock.locked {
          isOver.store(true, ordering: .relaxed)
          lock.wake()
        }
      }
    }
    let ended = isOver.load(ordering: .relaxed)
    #expect(ended)
  }

  /// Where each chain has a thread, the caller's may finish first, and reports until the others have.
  @Test func reportsKeepComingWhileTheCallerWaits() throws {
    let model = try KernelBuildTests.model(3)
    let options = SamplingOptions(draws: 4_000, tune: 0, chains: 3, seed: 1)
    let times = Box<[Double]>([])
    let last = Box<RunProgress?>(nil)
    let control = RunControl(
      threads: 3,
      progress: {
        times.value.append($0.secondsElapsed)
        last.value = $0
        return true
      }, progressInterval: 2e-3)
    _ = try sample(model, data: KernelBuildTests.data(2_000), options, control)
    #expect(last.value?.drawsDone == 12_000)
    #expect(times.value.count > 2)
    #expect(zip(times.value, times.value.dropFirst()).allSatisfy { $0 <= $1 })
  }
}
