import GMMKernels

extension Parameters {
  /// Returns the number of doubles of the table in which the kernels evaluate a mixture.
  package static func tableSize(_ shape: MixtureShape) -> Int {
    shape.densityCount * (1 + shape.dimensionCount + shape.squareCount)
  }

  /// Writes the table in which the kernels evaluate the mixture: a ``ComponentTable`` for the kernels of one dimension,
  /// otherwise a ``MultivariateTable``. A background follows the components, as one whose factor is 0.
  ///
  /// - Parameters:
  ///   - memory: ``tableSize(_:)`` doubles.
  ///   - isLine: whether the table is for the kernels of one dimension.
  ///   - power: the power of the components' densities, not of their weights. A power of 1 changes no bit.
  package func fillTable(_ memory: UnsafeMutablePointer<Double>, isLine: Bool, power: Double = 1) {
    if isLine {
      let table = ComponentTable(count: shape.densityCount, memory: memory)
      for k in 0..<componentCount {
        table.set(k, logWeight: logWeights[k] + background.logRest, mean: means[k], sd: sd(k), power: power)
      }
      if let logBackground = shape.logBackground {
        table.setConstant(componentCount, background.log + power * logBackground, mean: means[0])
      }
      return
    }
    let dimensions = shape.dimensionCount
    let table = MultivariateTable(
      count: shape.densityCount, dimensions: dimensions, form: shape.factorForm, memory: memory)
    for j in 0..<shape.meanCount { table.centers[j] = means[j] }
    var halfLogDeterminant = 0.0
    for k in 0..<componentCount {
      let factor = table.factor(of: k)
      if k > 0, shape.sharedSpread {
        for i in 0..<shape.squareCount { factor[i] = table.factors[i] }
      } else {
        halfLogDeterminant = shape.hasMatrices ? fillWhitener(k, factor, power) : fillScales(k, factor, power)
      }
      table.constants[k] =
        logWeights[k] + background.logRest - power * halfLogDeterminant - power * Double(dimensions) * halfLogTwoPi
    }
    guard let logBackground = shape.logBackground else { return }
    table.constants[componentCount] = background.log + power * logBackground
    // Any center serves. One among the data leads to no distance that overflows.
    for d in 0..<dimensions { table.center(of: componentCount)[d] = means[d] }
    for i in 0..<shape.squareCount { table.factor(of: componentCount)[i] = 0 }
  }

  /// Writes √(power / 2) L⁻¹ for Σ = L Lᵀ and returns log |Σ| / 2.
  private func fillWhitener(_ k: Int, _ target: UnsafeMutablePointer<Double>, _ power: Double) -> Double {
    let start = shape.matrix(k) * shape.triangleSize
    for i in 0..<shape.triangleSize { target[i] = factors[start + i] }
    let halfLogDeterminant = 0.5 * PackedTriangle.logDeterminantOfSquare(target, shape.dimensionCount)
    PackedTriangle.invert(target, shape.dimensionCount)
    for i in 0..<shape.triangleSize { target[i] *= (0.5 * power).squareRoot() }
    return halfLogDeterminant
  }

  /// Writes √(power / 2) / sd for each coordinate and returns log |Σ| / 2.
  private func fillScales(_ k: Int, _ target: UnsafeMutablePointer<Double>, _ power: Double) -> Double {
    var halfLogDeterminant = 0.0
    for d in 0..<shape.dimensionCount {
      target[d] = (0.5 * power).squareRoot() / sd(k, d)
      halfLogDeterminant += log(sd(k, d))
    }
    return halfLogDeterminant
  }
}
