extension MemoryNeed {
  /// Adds the memory of `owners` that each hold `copies` of a mixture's parameters.
  package mutating func add(parametersOf shape: MixtureShape, copies: Int, owners: Int = 1) {
    add(shape.componentCount, 8, copies, owners)
    add(shape.componentCount, shape.dimensionCount, 8, copies, owners)
    add(shape.sdCount, 8, copies, owners)
    add(shape.matrixCount, shape.dimensionCount, shape.dimensionCount, 8, copies, owners)
  }
}
