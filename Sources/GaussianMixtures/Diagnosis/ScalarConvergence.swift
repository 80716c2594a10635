import GMMDiagnostics
import GMMInference
import GMMModel

/// How well the chains agree on one scalar of the draws.
public struct ScalarConvergence: Sendable, Equatable {
  /// The scalar, such as `log_posterior` or `means[0]`.
  public let name: String
  /// Whether the scalar is the same whatever the numbers of the components are.
  public let isLabelFree: Bool
  /// The rank-normalised split R-hat; of one chain, that of its halves. NaN for constant draws.
  public let rHat: Double
  /// The effective sample size of the bulk.
  public let essBulk: Double
  /// The effective sample size of the tails.
  public let essTail: Double

  /// The smaller effective sample size, without one that is not defined. Infinite if neither is.
  var leastESS: Double {
    min(essBulk.isNaN ? .infinity : essBulk, essTail.isNaN ? .infinity : essTail)
  }
}

/// One scalar of all draws, (chains, draws), with its name.
struct Scalar: Sendable {
  let name: String
  let isLabelFree: Bool
  let chains: Int
  /// Chain after chain.
  let values: [Double]

  var draws: Int { values.count / chains }

  /// The values of one chain.
  func chain(_ index: Int) -> ArraySlice<Double> { values[index * draws..<(index + 1) * draws] }

  /// Whether nine of ten draws have the same value: all draws of known numbers, and the number of occupied components
  /// where an exception is rare. R-hat would judge the few exceptions.
  var isNearlyConstant: Bool {
    guard let first = values.first else { return true }
    // Where one value has so many draws, it is the first one or stands at the middle.
    var candidates = [first]
    if values.prefix(100).count(where: { $0 == first }) < 100 { candidates.append(values.sorted()[values.count / 2]) }
    return candidates.contains { value in 10 * values.count { $0 == value } >= 9 * values.count }
  }

  func mean(_ index: Int) -> Double { chain(index).reduce(0, +) / Double(draws) }

  /// Computes the statistics. Those of one chain compare its halves.
  func convergence<Monitor: ComputationMonitor>(_ monitor: Monitor) throws(Monitor.Failure) -> ScalarConvergence {
    guard !isNearlyConstant else {
      return ScalarConvergence(name: name, isLabelFree: isLabelFree, rHat: .nan, essBulk: .nan, essTail: .nan)
    }
    let halves = chains > 1 ? chains : 2
    let result = ChainView.withChains(values, chains: halves) { (view) -> Result<Convergence, Monitor.Failure> in
      Result { () throws(Monitor.Failure) in try GMMDiagnostics.convergence(view, monitor: monitor) }
    }
    let summary = try result.get()
    return ScalarConvergence(
      name: name, isLabelFree: isLabelFree, rHat: summary.rHat, essBulk: summary.essBulk, essTail: summary.essTail)
  }
}

/// Computes the statistics of several scalars. Threads share them.
func convergences(_ scalars: [Scalar], _ control: RunControl) throws(ModelError) -> [ScalarConvergence] {
  let results = Slots<ScalarConvergence>(scalars.count)
  try BlockTeam.run(
    blocks: scalars.count, costPerBlock: 10 + 0.15 * Double(scalars.first?.values.count ?? 0), control,
    makeWorkspace: { () },
    body: { (index, _, monitor) throws(ModelError) in
      results[index] = try scalars[index].convergence(monitor)
    })
  return results.values
}

extension [ScalarConvergence] {
  /// The one with the largest R-hat.
  var largestRHat: ScalarConvergence? { filter { !$0.rHat.isNaN }.max { $0.rHat < $1.rHat } }

  /// The one with the smallest effective sample size. A bulk that is a problem goes before small tails.
  var smallestESS: ScalarConvergence? {
    filter { $0.essBulk < DiagnosisLimits.badESS }.min { $0.essBulk < $1.essBulk }
      ?? filter { $0.leastESS.isFinite }.min { $0.leastESS < $1.leastESS }
  }

  /// The one with the largest R-hat, or any where none has one.
  var worst: ScalarConvergence? { largestRHat ?? first }
}
