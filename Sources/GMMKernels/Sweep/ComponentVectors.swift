/// One vector for each component, the working memory of a pass over observations.
///
/// Two forms, so that one source serves both: registers, with the number of components known to the compiler, which then
/// unrolls every loop over them; and memory, for any number.
protocol ComponentVectors {
  /// The number of components.
  var count: Int { get }
  subscript(_ k: Int) -> Vector { get set }
}

/// Vectors of a number of components known when the code is compiled.
struct RegisterVectors<let size: Int>: ComponentVectors {
  private var vectors = InlineArray<size, Vector>(repeating: .zero)

  @inline(__always)
  init() {}

  @inline(__always)
  var count: Int { size }

  @inline(__always)
  subscript(_ k: Int) -> Vector {
    // SAFETY: loops run over 0 ..< count.
    get { vectors[unchecked: k] }
    set { vectors[unchecked: k] = newValue }
  }
}

/// Vectors in the caller's scratch memory.
struct MemoryVectors: ComponentVectors {
  let count: Int
  private let base: UnsafeMutablePointer<Vector>

  /// - Parameter slot: which of the regions of `count` vectors in the scratch memory.
  @inline(__always)
  init(_ scratch: Scratch, slot: Int, count: Int) {
    base = scratch.vectors + slot * count
    self.count = count
    for k in 0..<count { base[k] = .zero }
  }

  @inline(__always)
  subscript(_ k: Int) -> Vector {
    get { base[k] }
    nonmutating set { base[k] = newValue }
  }
}
