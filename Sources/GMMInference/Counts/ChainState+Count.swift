import GMMModel

extension ChainState {
  /// Numbers the components such that those with rows come first. Both those and the others keep their order, or are in
  /// the order of a coordinate of their means.
  ///
  /// - Returns: the new number of each component, if a component has another one.
  mutating func putOccupiedFirst(inOrderOf coordinate: Int? = nil) -> [UInt8]? {
    let components = parameters.componentCount
    let dimensions = parameters.shape.dimensionCount
    func isBefore(_ a: Int, _ b: Int) -> Bool {
      let (hasRows, others) = (statistics.counts[a] > 0, statistics.counts[b] > 0)
      guard hasRows == others, let coordinate else { return hasRows && !others }
      return parameters.means[a * dimensions + coordinate] < parameters.means[b * dimensions + coordinate]
    }
    guard (1..<max(1, components)).contains(where: { isBefore($0, $0 - 1) }) else { return nil }
    // An insertion sort, because components are nearly always in order already.
    var origin = Array(0..<components)
    for k in 1..<components {
      var place = k
      while place > 0, isBefore(place, place - 1) {
        parameters.swapComponents(place, place - 1)
        statistics.swapComponents(place, place - 1)
        origin.swapAt(place, place - 1)
        place -= 1
      }
    }
    // A background keeps its number, that after those of all components.
    var numbers = [UInt8](repeating: UInt8(truncatingIfNeeded: components), count: components + 1)
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
