import GMMKernels
import GMMModel
import GMMStorage

extension Posterior {
  /// Whether a file must hold the labels: they do not follow from its draws, and something was exchanged.
  private var storesLabels: Bool {
    guard exchangesLabels else { return false }
    if case .automatic = labels.origin { return drawCount != labels.drawCount }
    return true
  }

  /// What the number of a rule has added where the posterior showed its draws with these labels.
  private static let shownLabels = 256

  /// Whether a file says that labels stay as drawn.
  private var storesDrawnLabels: Bool { keepsDrawnLabels && shown == nil }

  /// The number of bytes of the section of labels, without its head. Labels need not have been made.
  var storedLabelsSize: Int {
    if storesDrawnLabels { return 16 }
    return storesLabels ? 16 + 8 * (layout.componentCount + 1) + chainCount * drawCount * layout.componentCount : 0
  }

  /// Appends the section of labels. It is empty where labels follow from the draws.
  func writeLabels(to sink: any PayloadSink, _ control: RunControl) throws(StorageError) {
    var section = ByteWriter()
    if storesDrawnLabels {
      section.write(LabelRule.asDrawn.code)
      section.write(LabelRule.asDrawn.coordinate)
    } else if storesLabels {
      let labelling: Labelling
      do throws(ModelError) {
        labelling = try self.labelling(control)
      } catch {
        throw StorageError(error.kind == .cancelled ? .cancelled : .outOfMemory, "", error.rule)
      }
      section.write(labelling.rule.code + (shown == nil ? 0 : Self.shownLabels))
      section.write(labelling.rule.coordinate)
      for share in labelling.confidence + [labelling.overallConfidence] { section.write(share) }
      section.append(labelling.permutations)
    }
    try sink.append(.labels, section)
  }

  /// Returns this posterior with the labels of a file.
  func readLabels(from file: any PayloadSource) throws(StorageError) -> Posterior {
    var section = try file.section(.labels)
    guard section.remaining > 0 else { return self }
    let (code, coordinate) = (try section.readInt(), try section.readInt())
    let isShown = code >= Self.shownLabels
    guard
      let rule = LabelRule(
        code: isShown ? code - Self.shownLabels : code, coordinate: coordinate, dimensions: layout.shape.dimensionCount)
    else {
      throw .format("has labels by an unknown rule")
    }
    guard rule != .asDrawn else {
      try section.finish()
      return asDrawn
    }
    let components = layout.componentCount
    var shares: [Double] = []
    for _ in 0...components { shares.append(try section.readDouble()) }
    let permutations = try section.readBytes(section.remaining)
    guard shares.allSatisfy({ $0 >= 0 && $0 <= 1 }), permutations.count == chainCount * drawCount * components,
      Self.arePermutations(permutations, of: components)
    else { throw .format("has impossible labels") }
    let labelling = Labelling(
      rule: rule, permutations: permutations, confidence: Array(shares.dropLast()),
      overallConfidence: shares[components])
    do throws(ModelError) {
      let draws = try LabelledDraws(self, labelling)
      return showing(isShown ? draws : nil, from: LabelSource(.given, drawn, drawCount: drawCount, made: draws))
    } catch {
      throw StorageError(.outOfMemory, file.path, error.rule)
    }
  }

  private static func arePermutations(_ bytes: [UInt8], of components: Int) -> Bool {
    var lastSeen = [Int](repeating: -1, count: components)
    for (j, byte) in bytes.enumerated() {
      guard Int(byte) < components, lastSeen[Int(byte)] != j / components else { return false }
      lastSeen[Int(byte)] = j / components
    }
    return true
  }
}

extension LabelRule {
  /// The number of the rule in files and in C.
  package var code: Int {
    switch self {
    case .asDrawn: 0
    case .divergence: 1
    case .means: 2
    case .sds: 3
    case .weights: 4
    case .rows: 5
    case .mixture: 6
    case .posterior: 7
    }
  }

  /// The coordinate of an order; -1 if there is none.
  package var coordinate: Int {
    switch self {
    case .means(let coordinate): coordinate
    case .sds(let coordinate): coordinate ?? -1
    case .asDrawn, .divergence, .weights, .rows, .mixture, .posterior: -1
    }
  }

  /// Returns `nil` for a number that no rule has, and for a coordinate that is out of range.
  fileprivate init?(code: Int, coordinate: Int, dimensions: Int) {
    switch (code, coordinate) {
    case (0, -1): self = .asDrawn
    case (1, -1): self = .divergence
    case (2, 0..<dimensions): self = .means(coordinate: coordinate)
    case (3, -1): self = .sds(coordinate: nil)
    case (3, 0..<dimensions): self = .sds(coordinate: coordinate)
    case (4, -1): self = .weights
    case (5, -1): self = .rows
    case (6, -1): self = .mixture
    case (7, -1): self = .posterior
    default: return nil
    }
  }
}
