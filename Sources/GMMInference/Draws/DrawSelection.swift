/// The draws first, first + step, first + 2 step, ... of each chain.
struct DrawSelection: Sendable, Equatable {
  var first = 0
  var step = 1

  /// Returns the part of these draws that leaves out `burn` of them and keeps each `thin`-th of the rest.
  func part(burn: Int, thin: Int) -> DrawSelection {
    DrawSelection(first: first + burn * step, step: step * thin)
  }

  /// Returns the number of draw `index`.
  @inline(__always)
  subscript(_ index: Int) -> Int { first + index * step }
}
