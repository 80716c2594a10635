import GMMKernels
import GMMModel

/// Draws from a posterior, (chain, draw, parameter), with their model and their data.
///
/// A posterior is immutable. Subsets share the memory of the draws. The draws that a chain has made are *as drawn*;
/// ``relabelled`` has the same draws with labels of the components that mean the same in all draws.
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
  /// The end of the run, if it went on until its draws had converged; `nil` for other runs and extensions, and for
  /// subsets.
  public let until: UntilResult?
  /// The draws as drawn.
  let store: DrawStore
  /// The snapshots of the chains, from which they go on; `nil` for subsets and prior draws.
  let continuation: [ChainSnapshot]?
  /// The draws of the store that belong to this posterior.
  let drawn: DrawSelection
  /// The labels of the draws of the posterior of which this is a part, or of this one.
  let labels: LabelSource
  /// The draws of ``labels`` that belong to this posterior.
  let place: DrawSelection
  /// The labels that this posterior shows; `nil` if it shows the draws as drawn.
  let shown: LabelledDraws?
  /// Whether the labels stay as drawn wherever the caller did not ask for others.
  package let keepsDrawnLabels: Bool
  /// The rows that this posterior shows, and which of them.
  private let rows: DrawStore
  private let rowSelection: DrawSelection

  /// Creates the posterior of draws of a store.
  ///
  /// - Parameters:
  ///   - selection: the draws of the store.
  ///   - origin: the origin of the draws' labels.
  ///   - keepsDrawnLabels: whether the labels stay as drawn.
  convenience init(
    _ target: Target, options: SamplingOptions, store: DrawStore, continuation: [ChainSnapshot]?, isPrior: Bool = false,
    draws: Int, selection: DrawSelection = DrawSelection(), seconds: Double,
    origin: LabelSource.Origin = .automatic, keepsDrawnLabels: Bool = false,
    until: UntilResult? = nil
  ) {
    self.init(
      target, options, store, continuation, isPrior: isPrior, draws: draws, selection,
      LabelSource(origin, selection, drawCount: draws), DrawSelection(), shown: nil,
      keepsDrawnLabels: keepsDrawnLabels, seconds: seconds, until: until)
  }

  private init(
    _ target: Target, _ options: SamplingOptions, _ store: DrawStore, _ continuation: [ChainSnapshot]?, isPrior: Bool,
    draws: Int, _ drawn: DrawSelection, _ labels: LabelSource, _ place: DrawSelection, shown: LabelledDraws?,
    keepsDrawnLabels: Bool, seconds: Double, until: UntilResult? = nil
  ) {
    self.target = target
    self.options = options
    self.store = store
    self.continuation = continuation
    self.isPrior = isPrior
    self.drawn = drawn
    self.labels = labels
    self.place = place
    self.shown = shown
    self.keepsDrawnLabels = keepsDrawnLabels
    self.seconds = seconds
    self.until = until
    drawCount = draws
    rows = shown?.rows ?? store
    rowSelection = shown?.rows == nil ? drawn : place
  }

  /// Returns the same draws with labels.
  ///
  /// - Parameters:
  ///   - shown: the labels to show; `nil` for draws as drawn.
  ///   - labels: the source of the labels, if it is a new one, of these draws alone.
  func showing(
    _ shown: LabelledDraws?, from labels: LabelSource? = nil, keepsDrawnLabels: Bool = false
  ) -> Posterior {
    Posterior(
      target, options, store, continuation, isPrior: isPrior, draws: drawCount, drawn, labels ?? self.labels,
      labels == nil ? place : DrawSelection(), shown: shown, keepsDrawnLabels: keepsDrawnLabels, seconds: seconds,
      until: until)
  }

  /// Returns the same draws, of a run that ended so.
  func ended(_ until: UntilResult) -> Posterior {
    Posterior(
      target, options, store, continuation, isPrior: isPrior, draws: drawCount, drawn, labels, place, shown: shown,
      keepsDrawnLabels: keepsDrawnLabels, seconds: seconds, until: until)
  }

  /// The draws as drawn of the posterior from which this one has its labels.
  var whole: Posterior {
    Posterior(
      target, options, store, nil, isPrior: isPrior, draws: labels.drawCount, labels.selection, labels, DrawSelection(),
      shown: nil, keepsDrawnLabels: false, seconds: seconds)
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
  public var thin: Int { options.thin * drawn.step }
  /// Whether the draws of the assignments were kept.
  public var hasAssignments: Bool { store.keepsAssignments }

  /// The names of the scalar parameters, in the order of ``layout``.
  public var parameterNames: [String] { columns.map(\.name) }

  /// The scalar parameters, with the names of the data's columns.
  public var columns: [DrawLayout.Column] { layout.columns(named: data.columnNames) }

  /// The distance between two draws of a chain in the memory of the rows that are shown, in elements.
  package var drawStride: Int { rowSelection.step * layout.width }

  /// The distance between two chains in the memory of the rows that are shown, in elements.
  package var chainStride: Int { rows.draws * layout.width }

  /// The distance between two draws of a chain in the memory of the assignments.
  package var assignmentDrawStride: Int { drawn.step * store.observationCount }

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
    guard hasAssignments else { return nil }
    var result = [UInt8](repeating: 0, count: store.observationCount)
    result.withUnsafeMutableBufferPointer { result in
      if let base = result.baseAddress { copyAssignments(chain: chain, draw: draw, to: base) }
    }
    return result
  }

  /// Copies the assignments of one draw, (N), which were kept, under the labels that this posterior shows.
  package func copyAssignments(chain: Int, draw: Int, to target: UnsafeMutablePointer<UInt8>) {
    guard let drawn = store.assignments(chain: chain, draw: drawn[draw]) else { return }
    let count = store.observationCount
    guard let shown, shown.rows != nil else { return target.update(from: drawn, count: count) }
    let components = layout.componentCount
    let first = (chain * labels.drawCount + place[draw]) * components
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: components + 1) { labelOf in
      // A background has the number after those of the components.
      labelOf[components] = UInt8(truncatingIfNeeded: components)
      for k in 0..<components { labelOf[Int(shown.labelling.permutations[first + k])] = UInt8(k) }
      for i in 0..<count { target[i] = labelOf[Int(drawn[i])] }
    }
  }

  /// Returns the memory of ``row(chain:draw:)``, which lives as long as this object. The caller keeps the object alive.
  @inline(__always)
  package func rowMemory(chain: Int, draw: Int) -> UnsafePointer<Double> {
    UnsafePointer(rows.row(chain: chain, draw: rowSelection[draw]))
  }

  /// Returns the memory of a draw as drawn, whatever labels this posterior shows.
  @inline(__always)
  package func drawnRow(chain: Int, draw: Int) -> UnsafePointer<Double> {
    UnsafePointer(store.row(chain: chain, draw: drawn[draw]))
  }

  /// Returns the memory of the assignments of one draw as drawn, which lives as long as this object.
  package func drawnAssignments(chain: Int, draw: Int) -> UnsafePointer<UInt8>? {
    store.assignments(chain: chain, draw: drawn[draw]).map { UnsafePointer($0) }
  }

  /// Whether this posterior shows other labels than those of the draws as drawn.
  package var isPermuted: Bool { shown?.rows != nil }

  private func requireDraw(_ chain: Int, _ draw: Int) {
    precondition(chain >= 0 && chain < chainCount, "a posterior has \(chainCount) chains")
    precondition(draw >= 0 && draw < drawCount, "a posterior has \(drawCount) draws of each chain")
  }

  /// Returns one column of ``layout`` as an array for each chain.
  public func values(column: Int) -> [[Double]] {
    precondition(column >= 0 && column < layout.width, "a draw has \(layout.width) numbers")
    return (0..<chainCount).map { chain in (0..<drawCount).map { rowMemory(chain: chain, draw: $0)[column] } }
  }

  /// Returns the posterior of the draws burn, burn + thin, burn + 2 thin, ... of each chain. They keep their labels.
  ///
  /// - Throws: ``ModelError`` unless 0 ≤ burn < ``drawCount`` and thin ≥ 1.
  public func subset(burn: Int = 0, thin: Int = 1) throws(ModelError) -> Posterior {
    guard burn >= 0, burn < drawCount else {
      throw ModelError("burn", "must be between 0 and \(drawCount - 1)", got: burn)
    }
    guard thin >= 1 else { throw ModelError("thin", "must be at least 1", got: thin) }
    let draws = (drawCount - burn - 1) / thin + 1
    // A step beyond the last draw is never taken, so a small step does as well.
    let step = draws > 1 ? thin : 1
    return Posterior(
      target, options, store, nil, isPrior: isPrior, draws: draws, drawn.part(burn: burn, thin: step), labels,
      place.part(burn: burn, thin: step), shown: shown, keepsDrawnLabels: keepsDrawnLabels, seconds: seconds)
  }
}
