/// Places for results. Threads fill different places.
final class Slots<Element: Sendable>: @unchecked Sendable {
  private let slots: UnsafeMutableBufferPointer<Element?>

  init(_ count: Int) {
    slots = .allocate(capacity: count)
    slots.initialize(repeating: nil)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  subscript(_ index: Int) -> Element? {
    get { slots[index] }
    set { slots[index] = newValue }
  }

  /// All results.
  var values: [Element] { slots.compactMap { $0 } }
}
