import GMMKernels
import GMMModel

/// A pass over draws, which gives their components labels and sums the components' features by label.
///
/// Draws are taken in blocks, whose sums are added in their order. So the bits do not depend on the number of threads.
struct LabelPass: Sendable {
  /// The use that a pass makes of a reference.
  enum Use {
    /// Labels are those of least cost.
    case assign
    /// Labels stay, and the nearest ones are counted.
    case compare
  }

  /// The results of a pass.
  struct Result {
    /// The summed features, (K, features).
    var sums: [Double]
    /// The summed cost, without the terms that do not depend on labels.
    var cost = 0.0
    /// The number of draws whose labels changed.
    var changed = 0
    /// The number of draws in which a component is nearest to its own label, (K).
    var nearest: [Int]
    /// The number of draws in which every component is.
    var allNearest = 0
  }

  let posterior: Posterior
  let features: LabelFeatures
  let groups: [[Int]]
  let control: RunControl

  init(_ posterior: Posterior, _ features: LabelFeatures, groups: [[Int]], _ control: RunControl) {
    self.posterior = posterior
    self.features = features
    self.groups = groups
    var quiet = control
    // The labels are a part of a call that counts something else.
    quiet.progress = nil
    self.control = quiet
  }

  private static let drawsOfBlock = 256

  /// Makes a pass over the draws of a table, which are equally spaced among all draws.
  ///
  /// - Parameters:
  ///   - reference: the reference; `nil` to sum features under the labels that there are.
  ///   - use: the use of the reference.
  func run(_ table: LabelTable, _ reference: LabelReference?, _ use: Use = .assign) throws(ModelError) -> Result {
    let (components, count) = (features.componentCount, features.count)
    let blocks = (table.draws + Self.drawsOfBlock - 1) / Self.drawsOfBlock
    let width = components * count + 3 + components
    var need = MemoryNeed()
    need.add(blocks, width, 8)
    try need.require(for: "the labels of \(table.draws) draws")
    let size = blocks.multipliedReportingOverflow(by: width)
    guard !size.overflow, let slots = AlignedBuffer<Double>(count: max(size.partialValue, 1)) else {
      throw .outOfMemory("the labels of \(table.draws) draws")
    }
    let products = Double(components * count * (reference == nil ? 1 : components + 1))
    try BlockTeam.run(
      blocks: blocks, costPerBlock: Double(Self.drawsOfBlock) * (0.1 + 5e-4 * products), control,
      makeWorkspace: { LabelWorkspace(groups: groups, components: components, features: count) },
      body: { (block, workspace, monitor) throws(ModelError) in
        if monitor.shouldStop { try monitor.check() }
        let first = block * Self.drawsOfBlock
        let draws = first..<min(table.draws, first + Self.drawsOfBlock)
        run(draws, table, reference, use, workspace, into: slots.base + block * width)
      })
    var result = Result(
      sums: [Double](repeating: 0, count: components * count), nearest: [Int](repeating: 0, count: components))
    for block in 0..<blocks {
      let slot = slots.base + block * width
      let counts = slot + components * count
      for f in 0..<components * count { result.sums[f] += slot[f] }
      result.cost += counts[0]
      result.changed += Int(counts[1])
      result.allNearest += Int(counts[2])
      for k in 0..<components { result.nearest[k] += Int(counts[3 + k]) }
    }
    return result
  }

  private func run(
    _ draws: Range<Int>, _ table: LabelTable, _ reference: LabelReference?, _ use: Use, _ workspace: LabelWorkspace,
    into sums: UnsafeMutablePointer<Double>
  ) {
    let (components, count) = (features.componentCount, features.count)
    let total = posterior.chainCount * posterior.drawCount
    let counts = sums + components * count
    let isAll = table.draws == total
    workspace.assignment.reset()
    for draw in draws {
      // The table has as many draws as fit 63 bits many times over, because there is memory for them.
      let index = isAll ? draw : Int(Double(draw) * Double(total) / Double(table.draws))
      features.write(
        posterior.drawnRow(chain: index / posterior.drawCount, draw: index % posterior.drawCount),
        into: workspace.features)
      let labels = table[draw]
      if let reference {
        workspace.evaluateCosts(reference)
        workspace.assignment.assign(
          workspace.costs, stride: workspace.stride, labels: workspace.labels, nearest: workspace.nearest)
        var isEach = true
        var hasChanged = false
        for j in 0..<components {
          if use == .assign, labels[j] != workspace.labels[j] {
            labels[j] = workspace.labels[j]
            hasChanged = true
          }
          let label = Int(labels[j])
          counts[0] += workspace.costs[j * workspace.stride + label]
          if Int(workspace.nearest[j]) == label { counts[3 + label] += 1 } else { isEach = false }
        }
        if hasChanged { counts[1] += 1 }
        if isEach { counts[2] += 1 }
      }
      for j in 0..<components {
        let target = sums + Int(labels[j]) * count
        let source = workspace.features + j * count
        for f in 0..<count { target[f] += source[f] }
      }
    }
  }
}

/// The memory of one thread of a pass.
final class LabelWorkspace {
  let assignment: LabelAssignment
  /// The distance between the costs of two components.
  let stride: Int
  private let components: Int
  private let count: Int
  private let numbers: AlignedBuffer<Double>
  private let bytes: AlignedBuffer<UInt8>

  /// Returns `nil` when there is not enough memory.
  init?(groups: [[Int]], components: Int, features: Int) {
    guard let assignment = LabelAssignment(groups: groups, components: components) else { return nil }
    self.assignment = assignment
    self.components = components
    count = features
    stride = (components + 3) / 4 * 4
    guard let numbers = AlignedBuffer<Double>(count: components * (stride + features)),
      let bytes = AlignedBuffer<UInt8>(count: 2 * components)
    else { return nil }
    self.numbers = numbers
    self.bytes = bytes
  }

  /// The cost of label k for component j, (K, ``stride``).
  var costs: UnsafeMutablePointer<Double> { numbers.base }
  /// (K, features).
  var features: UnsafeMutablePointer<Double> { numbers.base + components * stride }
  /// The labels of least cost, (K).
  var labels: UnsafeMutablePointer<UInt8> { bytes.base }
  /// The label that costs each component least, (K).
  var nearest: UnsafeMutablePointer<UInt8> { bytes.base + components }

  /// Multiplies the features by the coefficients of a reference.
  func evaluateCosts(_ reference: LabelReference) {
    reference.coefficients.withUnsafeBufferPointer { coefficients in
      guard let base = coefficients.baseAddress else { return }
      for j in 0..<components {
        let feature = features + j * count
        let row = costs + j * stride
        for group in 0..<stride / 4 {
          // SAFETY: there are coefficients for ⌈K / 4⌉ groups, and a row has room for as many.
          let column = base + group * count
          var sum = SIMD4<Double>.zero
          for f in 0..<count { sum += feature[f] * column[f] }
          for lane in 0..<4 { row[4 * group + lane] = sum[lane] }
        }
      }
    }
  }
}
