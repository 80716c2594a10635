import GMMKernels
import GMMModel

/// The labels of the components of some draws, (draws, K).
///
/// Threads write the labels of different draws.
final class LabelTable: Sendable {
  let draws: Int
  let components: Int
  private let labels: AlignedBuffer<UInt8>

  /// Creates a table of labels 0.
  init(draws: Int, components: Int) throws(ModelError) {
    self.draws = draws
    self.components = components
    let size = draws.multipliedReportingOverflow(by: components)
    guard !size.overflow, let labels = AlignedBuffer<UInt8>(count: size.partialValue) else {
      throw .outOfMemory("the labels of \(draws) draws")
    }
    self.labels = labels
  }

  /// Returns the labels of a draw's components, (K).
  @inline(__always)
  subscript(_ draw: Int) -> UnsafeMutablePointer<UInt8> { labels.base + draw * components }

  /// Takes the labels of permutations: the component of each label.
  func setInverses(of permutations: [UInt8]) {
    for draw in 0..<draws {
      for k in 0..<components { self[draw][Int(permutations[draw * components + k])] = UInt8(k) }
    }
  }

  /// Renumbers all labels.
  ///
  /// - Parameter numbers: the new number of each label, (K).
  func renumber(_ numbers: [UInt8]) {
    for draw in 0..<draws {
      for j in 0..<components { self[draw][j] = numbers[Int(self[draw][j])] }
    }
  }

  /// The component of each label, (draws, K).
  var permutations: [UInt8] {
    var result = [UInt8](repeating: 0, count: draws * components)
    for draw in 0..<draws {
      for j in 0..<components { result[draw * components + Int(self[draw][j])] = UInt8(j) }
    }
    return result
  }

  /// Returns whether two tables divide the components of all draws into the same sets, whatever their labels are
  /// called.
  func hasSameSets(as other: LabelTable) -> Bool {
    guard draws > 0, draws == other.draws else { return draws == other.draws }
    var name = [UInt8](repeating: 0, count: components)
    for j in 0..<components { name[Int(self[0][j])] = other[0][j] }
    for draw in 0..<draws {
      for j in 0..<components where name[Int(self[draw][j])] != other[draw][j] { return false }
    }
    return true
  }
}
