import GMMKernels
import GMMModel

/// The memory of all draws: rows (chain, draw, ``DrawLayout``) and, if they are kept, assignments (chain, draw, N).
///
/// While a call samples, each chain writes its own rows. Afterwards nobody writes.
final class DrawStore: Sendable {
  let layout: DrawLayout
  let chains: Int
  /// The number of draws for which each chain has room.
  let draws: Int
  let observationCount: Int
  private let rows: AlignedBuffer<Double>
  private let labels: AlignedBuffer<UInt8>?

  init(
    layout: DrawLayout, chains: Int, draws: Int, observationCount: Int, keepsAssignments: Bool
  ) throws(ModelError) {
    self.layout = layout
    self.chains = chains
    self.draws = draws
    self.observationCount = observationCount
    var need = MemoryNeed()
    need.add(chains, draws, layout.width, 8)
    if keepsAssignments { need.add(chains, draws, observationCount) }
    // Each chain also has a state, a copy of the model, and a workspace.
    need.add(chains, Self.bytesOfChain)
    need.add(parametersOf: layout.shape, copies: 48, owners: chains)
    try need.require(for: "\(chains) x \(draws) draws of \(layout.width) numbers")
    let total = chains.multipliedReportingOverflow(by: draws)
    let numbers = total.partialValue.multipliedReportingOverflow(by: layout.width)
    guard !total.overflow, !numbers.overflow,
      let rows = AlignedBuffer<Double>(count: numbers.partialValue, zeroed: false)
    else { throw .outOfMemory("\(chains) x \(draws) draws of \(layout.width) numbers") }
    self.rows = rows
    if keepsAssignments {
      let bytes = total.partialValue.multipliedReportingOverflow(by: observationCount)
      guard !bytes.overflow, let labels = AlignedBuffer<UInt8>(count: bytes.partialValue, zeroed: false) else {
        throw .outOfMemory("\(chains) x \(draws) x \(observationCount) assignments")
      }
      self.labels = labels
    } else {
      labels = nil
    }
  }

  /// The bytes that a chain takes for objects and small arrays, whatever the model.
  private static let bytesOfChain = 24_576

  var keepsAssignments: Bool { labels != nil }

  /// Returns the row of one draw.
  func row(chain: Int, draw: Int) -> UnsafeMutablePointer<Double> {
    rows.base + (chain * draws + draw) * layout.width
  }

  /// Refuses a draw with a parameter that is NaN or infinite, or with a log likelihood or log posterior that is NaN.
  ///
  /// Priors and data within the documented ranges are sampled at their scale. But they may be so far apart that their
  /// squared distances overflow.
  func requireNumbers(chain: Int, draw: Int) throws(ModelError) {
    let row = row(chain: chain, draw: draw)
    let densities = layout.logLikelihood...layout.logPosterior
    guard
      let j = layout.firstOfParameters(of: row, where: { !$0.isFinite }) ?? densities.first(where: { row[$0].isNaN })
    else { return }
    let kinds = [
      (layout.weights, "weight"), (layout.means, "mean"), (layout.sds, "sd"), (layout.covariances, "covariance"),
    ]
    let name = kinds.first { $0.0.contains(j) }?.1 ?? "log density"
    throw ModelError(
      .degenerate, "data",
      "must lie on a scale that the priors can meet within the range of a double", got: "a \(name) of \(row[j])")
  }

  /// Returns the assignments of one draw, (N).
  func assignments(chain: Int, draw: Int) -> UnsafeMutablePointer<UInt8>? {
    labels.map { $0.base + (chain * draws + draw) * observationCount }
  }

  /// Copies the first `count` draws of one chain from another store of the same layout.
  ///
  /// - Parameter source: the chain's number in the other store; `nil` for the same number.
  func copy(_ count: Int, drawsOf chain: Int, from other: DrawStore, chain source: Int? = nil) {
    let from = source ?? chain
    row(chain: chain, draw: 0).update(from: other.row(chain: from, draw: 0), count: count * layout.width)
    if let target = assignments(chain: chain, draw: 0), let source = other.assignments(chain: from, draw: 0) {
      target.update(from: source, count: count * observationCount)
    }
  }
}
