import GMMKernels
import GMMModel

/// The memory of one thread that evaluates a ``ConditionalMixture``.
final class ConditionalWorkspace {
  /// The log densities of the terms.
  let logs: UnsafeMutablePointer<Double>
  /// The logarithms of the entries of all groups, and the largest of each column by component and in a group.
  let entries: UnsafeMutablePointer<Double>
  let largest: UnsafeMutablePointer<Double>
  let ofGroup: UnsafeMutablePointer<Double>
  var labelSums: LabelSums
  /// log m! of each size of a group.
  let logFactorials: [Double]
  private let features: UnsafeMutablePointer<Double>
  private let memory: AlignedBuffer<Double>
  private var matrix: LowerTriangle
  private var inverse: LowerTriangle
  private var vector: [Double]
  private var shift: [Double]

  /// Returns `nil` when memory runs out.
  init?(_ mixture: ConditionalMixture) {
    let components = mixture.model.componentCount
    let sizes = mixture.groups.map(\.count)
    let places = sizes.reduce(0) { $0 + $1 * $1 }
    let featureCount = components * mixture.layout.featureWidth
    guard
      let memory = AlignedBuffer<Double>(count: mixture.terms.count + places + 2 * components + featureCount)
    else { return nil }
    self.memory = memory
    logs = memory.base
    entries = logs + mixture.terms.count
    largest = entries + places
    ofGroup = largest + components
    features = ofGroup + components
    let largestSize = sizes.max() ?? 1
    labelSums = LabelSums(size: largestSize)
    logFactorials = (0...largestSize).map { logGammaFunction(Double($0 + 1)) }
    let dimension = mixture.layout.hasMatrices ? mixture.layout.dimensions : 0
    matrix = LowerTriangle(dimension: dimension)
    inverse = matrix
    vector = [Double](repeating: 0, count: dimension)
    shift = vector
  }

  /// Takes the features of the parameters at which densities are evaluated.
  ///
  /// - Returns: the log of the factors that all terms have.
  func takeFeatures(of parameters: Parameters, _ mixture: ConditionalMixture) -> Double {
    let (model, layout) = (mixture.model, mixture.layout)
    let dimensions = layout.dimensions
    var common = 0.0
    for c in 0..<model.componentCount {
      let own = features + c * layout.featureWidth
      // Known weights have no density.
      own[layout.logWeight] = model.hasFixedWeights ? 0 : parameters.logWeights[c]
      if !model.hasFixedWeights, model.componentCount > 1, model.concentration[c] != 1 {
        common += (model.concentration[c] - 1) * parameters.logWeights[c]
      }
      for d in 0..<dimensions {
        own[layout.place + d] = parameters.means[c * dimensions + d] - model.meanCenters[c * dimensions + d]
      }
      let spread = own + layout.ofSpread
      let hasScaledMean = model.hasScaledMean(c)
      if layout.hasMatrices {
        parameters.copyFactor(c, to: &inverse)
        if layout.hasBounds {
          for i in inverse.packed.indices { own[layout.factor + i] = inverse.packed[i] }
        }
        spread[0] = inverse.logDeterminantOfSquare
        if hasScaledMean { common -= 0.5 * spread[0] }
        inverse.invertSquare()
        var entry = 0
        for i in 0..<dimensions {
          for j in 0...i {
            spread[1 + entry] = (i == j ? 1 : 2) * inverse.packed[entry]
            entry += 1
          }
        }
      } else {
        for d in 0..<dimensions {
          let sd = parameters.sd(c, d)
          spread[d] = log(sd)
          spread[dimensions + d] = 1 / (sd * sd)
          if hasScaledMean { common -= spread[d] }
        }
      }
    }
    for (j, density) in model.spreadDensities.enumerated() where !density.isFixed {
      common += density.logDensity(sd: parameters.sds[j])
    }
    return common
  }

  /// Returns the log density of a shared spread, up to constants and the prior of sds.
  func logShared(_ numbers: UnsafePointer<Double>, _ layout: ConditionalLayout) -> Double {
    let spread = features + layout.ofSpread
    if layout.hasMatrices {
      var trace = 0.0
      for i in 1...layout.triangle { trace += numbers[i] * spread[i] }
      return -0.5 * (numbers[0] * spread[0] + trace)
    }
    return logOfSDs(numbers, spread, layout)
  }

  @inline(__always)
  private func logOfSDs(
    _ numbers: UnsafePointer<Double>, _ spread: UnsafePointer<Double>, _ layout: ConditionalLayout
  ) -> Double {
    var sum = 0.0
    for i in 0..<layout.sdCount {
      sum -= numbers[2 * i] * spread[i] + 0.5 * numbers[2 * i + 1] * spread[layout.dimensions + i]
    }
    return sum
  }

  /// Returns the log density of component `c` under the numbers of component `k` of a term.
  @inline(__always)
  func logEntry(
    _ numbers: UnsafePointer<Double>, of k: Int, at c: Int, _ layout: ConditionalLayout, _ priorPrecisions: [Double],
    _ halfWidths: [Double]
  ) -> Double {
    let own = features + c * layout.featureWidth
    let spread = own + layout.ofSpread
    let (dimensions, place) = (layout.dimensions, own + layout.place)
    let count = numbers[layout.count]
    var sum = numbers[layout.constant]
    if count > 0 { sum += count * own[layout.logWeight] }
    let mean = numbers + layout.mean
    let worth = numbers[layout.worth]
    let isNormal = priorPrecisions[k * dimensions] > 0
    let isBounded = halfWidths[k * dimensions] > 0
    guard layout.hasMatrices else {
      if !layout.isShared { sum += logOfSDs(numbers + layout.spread, spread, layout) }
      for d in 0..<dimensions {
        let precision = spread[dimensions + d]
        if isNormal {
          let total = priorPrecisions[k * dimensions + d] + count * precision
          let distance = place[d] - precision * mean[d] / total
          sum += 0.5 * (log(total) - total * distance * distance)
        } else if isBounded {
          let bound = halfWidths[k * dimensions + d]
          sum += BoundedNormal(
            mean: count > 0 ? mean[d] / count : 0, sd: 1 / (count * precision).squareRoot(), lower: -bound, upper: bound
          ).logDensity(place[d])
        } else if worth > 0 {
          let distance = place[d] - mean[d]
          sum -= 0.5 * worth * precision * distance * distance
        }
      }
      return sum
    }
    let scale = numbers + layout.spread
    var quadratic = scale[0] * spread[0]
    var entry = 1
    if worth > 0 {
      for i in 0..<dimensions {
        let distance = worth * (place[i] - mean[i])
        for j in 0...i {
          quadratic += spread[entry] * (scale[entry] + distance * (place[j] - mean[j]))
          entry += 1
        }
      }
    } else {
      for i in 1...layout.triangle { quadratic += spread[i] * scale[i] }
    }
    sum -= 0.5 * quadratic
    if isBounded { return sum + logBounded(mean, at: place, count, own + layout.factor, halfWidths, k * dimensions) }
    return isNormal ? sum + logNormal(mean, at: place, count, spread, priorPrecisions, k * dimensions) : sum
  }

  /// Returns the log density of a mean between bounds, drawn coordinate by coordinate given those before it
  /// (``MeanConditional/drawInSequence(_:into:at:)``).
  ///
  /// - Parameters:
  ///   - total: Σ (x - middle of the bounds) over the members, (D).
  ///   - factor: the factor of the covariance matrix, packed.
  private func logBounded(
    _ total: UnsafePointer<Double>, at place: UnsafePointer<Double>, _ count: Double, _ factor: UnsafePointer<Double>,
    _ halfWidths: [Double], _ first: Int
  ) -> Double {
    let scale = 1 / count.squareRoot()
    var sum = 0.0
    for d in vector.indices {
      let bound = halfWidths[first + d]
      var shift = 0.0
      if count > 0 { for j in 0..<d { shift += factor[PackedTriangle.index(d, j)] * vector[j] } }
      let distribution = BoundedNormal(
        mean: count > 0 ? total[d] / count + scale * shift : 0, sd: scale * factor[PackedTriangle.index(d, d)],
        lower: -bound, upper: bound)
      sum += distribution.logDensity(place[d])
      vector[d] = (place[d] - distribution.mean) / distribution.sd
    }
    return sum
  }

  /// Returns the log density of a mean under its conditional distribution given a covariance matrix, where its prior is
  /// not scaled by it, up to (2π)^(-D/2).
  ///
  /// - Parameter total: Σ (x - prior mean) over the members, (D).
  private func logNormal(
    _ total: UnsafePointer<Double>, at place: UnsafePointer<Double>, _ count: Double, _ spread: UnsafePointer<Double>,
    _ priorPrecisions: [Double], _ first: Int
  ) -> Double {
    let dimensions = vector.count
    var entry = 0
    for d in 0..<dimensions { vector[d] = 0 }
    for i in 0..<dimensions {
      for j in 0...i {
        let precision = (i == j ? 1 : 0.5) * spread[1 + entry]
        matrix.packed[entry] = count * precision
        vector[i] += precision * total[j]
        if i != j { vector[j] += precision * total[i] }
        entry += 1
      }
      matrix.packed[entry - 1] += priorPrecisions[first + i]
    }
    guard matrix.factorize() == nil else { return -.infinity }
    matrix.solve(&vector)
    matrix.solveTransposed(&vector)
    for d in 0..<dimensions { shift[d] = place[d] - vector[d] }
    var squares = 0.0
    for d in 0..<dimensions {
      var sum = 0.0
      for i in d..<dimensions { sum += matrix[i, d] * shift[i] }
      squares += sum * sum
    }
    return 0.5 * (matrix.logDeterminantOfSquare - squares)
  }
}
