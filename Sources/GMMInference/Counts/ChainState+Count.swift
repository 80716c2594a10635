import GMMModel

extension ChainState {
  /// Numbers the components such that those with rows come first, and keep their order.
  ///
  /// - Returns: the new number of each component, if a component with rows has another one.
  mutating func putOccupiedFirst() -> [UInt8]? {
    let components = parameters.componentCount
    guard (1..<max(1, components)).contains(where: { statistics.counts[$0] > 0 && statistics.counts[$0 - 1] == 0 })
    else { return nil }
    var origin = Array(0..<components)
    var place = 0
    for k in 0..<components where statistics.counts[k] > 0 {
      // Components without rows move down past the one that moves up.
      if k != place {
        parameters.swapComponents(place, k)
        statistics.swapComponents(place, k)
        origin.swapAt(place, k)
      }
      place += 1
    }
    var numbers = [UInt8](repeating: 0, count: components)
    for (number, k) in origin.enumerated() { numbers[k] = UInt8(number) }
    return numbers
  }

  /// Changes the number of components. Components without rows leave at the end, or come in with values that stand for
  /// none, until a step draws them.
  mutating func setCount(_ components: Int) {
    guard components != parameters.componentCount else { return }
    parameters = parameters.withComponents(components)
    statistics = statistics.withComponents(components)
  }
}
