import Foundation
import GMMModel
import TestSupport
import Testing

@testable import GMMInference
@testable import GMMKernels

/// The jumps of a Gamma process, by which chains of a Dirichlet process work.
@Suite struct GammaProcessTests {
  /// Integrates w^(n - 1) exp(-w) above the least jump, in log w.
  private func integral(_ n: Double) -> Double {
    let (from, to, steps) = (log(GammaProcess.least), log(200.0), 200_000)
    let width = (to - from) / Double(steps)
    return (0...steps).reduce(0) { sum, i in
      let y = from + Double(i) * width
      return sum + (i == 0 || i == steps ? 0.5 : 1) * width * exp(n * y - exp(y))
    }
  }

  @Test func rateAndMomentsAreIntegrals() {
    #expect(abs(GammaProcess.rate / integral(0) - 1) < 1e-8)
    for n in [1.0, 2, 5, 15, 16, 40] {
      #expect(abs(GammaProcess.logMoment(n) - log(integral(n) / integral(0))) < 1e-7, "\(n)")
    }
    #expect(GammaProcess.logMoment(0) == 0)
  }

  @Test(arguments: [0.0, 1, 2, 7]) func jumpsHaveTheirMoments(_ count: Double) {
    var stream = RandomStream(StreamKey(seed: 4, chain: 0, purpose: .processDraws).at(iteration: UInt64(count)))
    let draws = (0..<200_000).map { _ in stream.jump(count: count) }
    #expect(draws.allSatisfy { $0 > GammaProcess.least })
    for power in [1.0, 2] {
      let values = draws.map { pow($0, power) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      let exact = integral(count + power) / integral(count)
      #expect(abs(mean - exact) < 4.5 * (variance / Double(values.count)).squareRoot(), "\(power): \(mean), \(exact)")
    }
  }

  /// An iteration goes on as often as all jumps, drawn whatever their size, lie above the least and have room.
  @Test(arguments: [([1.0, 1, 0, 3], 5, 0.8), ([1, 1, 1, 1, 1, 1], 7, 0.1), ([50, 2], 3, 0.5), ([1], 1, 0.2)])
  func iterationsGoOnAsOftenAsJumpsAreLarge(_ counts: [Double], _ most: Int, _ concentration: Double) throws {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .processDraws).at(iteration: 0))
    let process = ProcessConditional(most: most)
    let trials = 200_000
    var (goesOn, wouldGoOn) = (0, 0)
    let clusters = counts.count { $0 > 0 }
    for _ in 0..<trials {
      if try !process.holds(counts, concentration: concentration, &stream) { goesOn += 1 }
      var isPossible = counts.allSatisfy { $0 == 0 || stream.gamma(shape: $0) > GammaProcess.least }
      // A Poisson number of further jumps, by exponential waiting times.
      var (number, time) = (0, stream.exponential())
      while time < concentration * GammaProcess.rate {
        number += 1
        time += stream.exponential()
      }
      if clusters + number > most { isPossible = false }
      if isPossible { wouldGoOn += 1 }
    }
    let (a, b) = (Double(goesOn) / Double(trials), Double(wouldGoOn) / Double(trials))
    let error = ((a * (1 - a) + b * (1 - b)) / Double(trials)).squareRoot()
    #expect(abs(a - b) < 4.5 * error, "\(a), \(b)")
  }

  @Test func concentrationsWithoutRoomEndTheChain() throws {
    var stream = RandomStream(StreamKey(seed: 5, chain: 0, purpose: .processDraws).at(iteration: 0))
    let process = ProcessConditional(most: 256)
    _ = try process.holds([20, 30], concentration: 45, &stream)
    #expect(throws: ModelError.self) { try process.holds([20, 30], concentration: 80, &stream) }
  }

  /// Given a partition, the number of components is that of the clusters and a Poisson number, as far as there is room.
  @Test(arguments: [(3, 0.4), (200, 0.4), (200, 30.0)]) func numbersArePoisson(_ most: Int, _ concentration: Double) {
    var stream = RandomStream(StreamKey(seed: 6, chain: 0, purpose: .processDraws).at(iteration: 0))
    var process = ProcessConditional(most: most)
    let draws = (0..<100_000).map { _ in
      process.draw([4, 2], concentration: concentration, &stream) - 2
    }
    let mean = concentration * GammaProcess.rate
    let logs = (0...most - 2).map { Double($0) * log(mean) - lgamma(Double($0 + 1)) }
    let total = logs.reduce(0) { $0 + exp($1 - mean) }
    for (m, log) in logs.enumerated() where exp(log - mean) / total > 1e-3 {
      let exact = exp(log - mean) / total
      let share = Double(draws.count { $0 == m }) / Double(draws.count)
      #expect(abs(share - exact) < 4.5 * (exact * (1 - exact) / Double(draws.count)).squareRoot(), "\(m)")
    }
    #expect(abs(exp(process.logRoom(2, concentration: concentration)) - total) < 1e-9)
  }
}
