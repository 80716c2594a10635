import GMMKernels
import GMMModel

/// Draws from a posterior, (chain, draw, parameter), with their model and their data.
///
/// A posterior is immutable. Subsets share the memory of the draws.
public final class Posterior: Sendable {
  /// The distribution of the draws.
  let target: Target
  /// The options of the sampling call.
  public let options: SamplingOptions
  /// Whether the draws are from the prior alone.
  public let isPrior: Bool
  /// The number of draws of each chain.
  public let drawCount: Int
  /// The wall time of the sampling and its extensions.
  public let seconds: Double
  let store: DrawStore
  /// The snapshots of the chains, from which they go on; `nil` for subsets and prior draws.
  let continuation: [ChainSnapshot]?
  /// The first draw of the store that belongs to this posterior, and the distance between two.
  private let first: Int
  private let step: Int

  init(
    _ target: Target, options: SamplingOptions, store: DrawStore, continuation: [ChainSnapshot]?, isPrior: Bool = false,
    draws: Int, first: Int = 0, step: Int = 1, seconds: Double
  ) {
    self.target = target
    self.options = options
    self.store = store
    self.continuation = continuation
    self.isPrior = isPrior
    self.first = first
    self.step = step
    self.seconds = seconds
    drawCount = draws
  }

  /// The model.
  public var model: MixtureModel { target.model }
  /// The data; without observations for prior draws.
  public var data: DataSet { target.data }
  /// The layout of a draw's row.
  public var layout: DrawLayout { store.layout }
  /// The number of chains.
  public var chainCount: Int { store.chains }
  /// Whether the chains can go on by ``extended(by:checkpoint:_:)``.
  public var canExtend: Bool { continuation != nil }
  /// The number of iterations between two draws.
  public var thin: Int { options.thin * step }
  /// Whether the draws of the assignments were kept.
  public var hasAssignments: Bool { store.keepsAssignments }

  /// The names of the scalar parameters, in the order of ``layout``.
  public var parameterNames: [String] { columns.map(\.name) }

  /// The scalar parameters, with the names of the data's columns.
  public var columns: [DrawLayout.Column] { layout.columns(named: data.columnNames) }

  /// The distance between two draws of a chain in the memory of the draws, in elements.
  package var drawStride: Int { step * layout.width }

  /// The distance between two chains in the memory of the draws, in elements.
  package var chainStride: Int { store.draws * layout.width }

  /// The distance between two draws of a chain in the memory of the assignments.
  package var assignmentDrawStride: Int { step * store.observationCount }

  /// The distance between two chains in the memory of the assignments.
  package var assignmentChainStride: Int { store.draws * store.observationCount }

  /// Returns the numbers of one draw, in the order of ``layout``.
  public func row(chain: Int, draw: Int) -> [Double] {
    requireDraw(chain, draw)
    return Array(UnsafeBufferPointer(start: rowMemory(chain: chain, draw: draw), count: layout.width))
  }

  /// Returns the assignments of one draw, (N), if they were kept.
  public func assignments(chain: Int, draw: Int) -> [UInt8]? {
    requireDraw(chain, draw)
    return assignmentMemory(chain: chain, draw: draw).map {
      Array(UnsafeBufferPointer(start: $0, count: store.observationCount))
    }
  }

  /// Returns the memory of ``row(chain:draw:)``, which lives as long as this object. The caller keeps the object alive.
  @inline(__always)
  package func rowMemory(chain: Int, draw: Int) -> UnsafePointer<Double> {
    UnsafePointer(store.row(chain: chain, draw: first + draw * step))
  }

  /// Returns the memory of ``assignments(chain:draw:)``, which lives as long as this object.
  package func assignmentMemory(chain: Int, draw: Int) -> UnsafePointer<UInt8>? {
    store.assignments(chain: chain, draw: first + draw * step).map { UnsafePointer($0) }
  }

  private func requireDraw(_ chain: Int, _ draw: Int) {
    precondition(chain >= 0 && chain < chainCount, "a posterior has \(chainCount) chains")
    precondition(draw >= 0 && draw < drawCount, "a posterior has \(drawCount) draws of each chain")
  }

  /// Returns one column of ``layout`` as an array for each chain.
  public func values(column: Int) -> [[Double]] {
    precondition(column >= 0 && column < layout.width, "a draw has \(layout.width) numbers")
    return (0..<chainCount).map { chain in (0..<drawCount).map { rowMemory(chain: chain, draw: $0)[column] } }
  }

  /// Returns the posterior of the draws burn, burn + thin, burn + 2 thin, ... of each chain.
  ///
  /// - Throws: ``ModelError`` unless 0 ≤ burn < ``drawCount`` and thin ≥ 1.
  public func subset(burn: Int = 0, thin: Int = 1) throws(ModelError) -> Posterior {
    guard burn >= 0, burn < drawCount else {
      throw ModelError("burn", "must be between 0 and \(drawCount - 1)", got: burn)
    }
    guard thin >= 1 else { throw ModelError("thin", "must be at least 1", got: thin) }
    let draws = (drawCount - burn - 1) / thin + 1
    // A step beyond the last draw is never taken, so a small step does as well.
    return Posterior(
      target, options: options, store: store, continuation: nil, isPrior: isPrior, draws: draws,
      first: first + burn * step,
      step: step * (draws > 1 ? thin : 1), seconds: seconds)
  }
}
