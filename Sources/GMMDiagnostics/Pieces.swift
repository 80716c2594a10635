/// The indices of a long loop, cut into pieces that are short enough for one look at a monitor each.
struct Pieces: Sequence, IteratorProtocol {
  /// The length of a piece: a multiple of the lanes of all vectors.
  static let size = 1 << 14

  private var position: Int
  private let end: Int

  init(of range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  /// - Parameter count: the number of indices, which begin with 0.
  init(of count: Int) { self.init(of: 0..<count) }

  @inline(__always)
  mutating func next() -> Range<Int>? {
    guard position < end else { return nil }
    let start = position
    position = start + Swift.min(Self.size, end - start)
    return start..<position
  }
}

extension Array {
  /// Creates an array of `count` equal elements, in pieces between which the monitor is asked: touching new pages takes
  /// time.
  @inline(__always)
  init(repeating element: Element, count: Int, _ watch: Watch) throws(Stopped) {
    try self.init(count: count, watch) { _ in element }
  }

  /// Creates an array of `count` elements, in pieces between which the monitor is asked.
  @inline(__always)
  init(count: Int, _ watch: Watch, _ element: (_ index: Int) -> Element) throws(Stopped) {
    var failure: Stopped?
    self.init(unsafeUninitializedCapacity: count) { buffer, initializedCount in
      do throws(Stopped) {
        for piece in Pieces(of: count) {
          try watch.pass(piece.count)
          for index in piece { buffer.initializeElement(at: index, to: element(index)) }
          initializedCount = piece.upperBound
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
