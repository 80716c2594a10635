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
  /// The model with the hyperparameters at which densities are evaluated.
  private(set) var model: MixtureModel
  /// The precisions of the prior of the means in each coordinate; 0 where it is no Normal prior of its own, (K, D).
  private var priorPrecisions: [Double]
  /// The centers of the means' prior less those that terms know, (K, D), or none.
  private var shifts: [Double] = []
  /// The scale matrix of the covariances' prior, and the log of its determinant, if it is unknown.
  private var scale: SymmetricMatrix?
  private var logDeterminant = 0.0
  /// The numbers of a term given the hyperparameters, (K, width).
  private let ofTerm: UnsafeMutablePointer<Double>
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
    let termCount = mixture.model.hyperDensities == nil ? 0 : components * mixture.layout.width
    guard
      let memory = AlignedBuffer<Double>(
        count: mixture.terms.count + places + 2 * components + featureCount + termCount)
    else { return nil }
    self.memory = memory
    logs = memory.base
    entries = logs + mixture.terms.count
    largest = entries + places
    ofGroup = largest + components
    features = ofGroup + components
    ofTerm = features + featureCount
    model = mixture.model
    priorPrecisions = []
    let largestSize = sizes.max() ?? 1
    labelSums = LabelSums(size: largestSize)
    logFactorials = (0...largestSize).map { logGammaFunction(Double($0 + 1)) }
    let dimension = mixture.layout.hasMatrices ? mixture.layout.dimensions : 0
    matrix = LowerTriangle(dimension: dimension)
    inverse = matrix
    vector = [Double](repeating: 0, count: dimension)
    shift = vector
    takePrecisions()
  }

  private func takePrecisions() {
    priorPrecisions = model.meanDensities.map {
      if case .normal(_, let sd) = $0 { 1 / (sd * sd) } else { 0 }
    }
  }

  // MARK: Hyperparameters

  /// Gives the model other hyperparameters.
  ///
  /// - Returns: whether they are possible.
  private func adopt(_ hyperparameters: [Double], _ mixture: ConditionalMixture) -> Bool {
    let places = model.hyperparameterPlaces
    guard !places.all.isEmpty else { return true }
    model.adopt(hyperparameters)
    if !places.centers.isEmpty || !places.meansSDs.isEmpty { takePrecisions() }
    if !places.centers.isEmpty {
      shifts = zip(model.meanCenters, mixture.model.meanCenters).map { $0 - $1 }
    }
    guard !places.scale.isEmpty else { return true }
    let full = SymmetricMatrix(dimension: vector.count, full: Array(hyperparameters[places.scale]))
    guard let root = try? full.cholesky() else { return false }
    (scale, logDeterminant) = (full, root.logDeterminantOfSquare)
    return true
  }

  /// Returns the log density of the hyperparameters of a term.
  func logHyperparameters(_ proposal: HyperparameterProposal) -> Double {
    proposal.logDensity(model.hyperparameters, scale, logDeterminant: logDeterminant)
  }

  /// Returns the numbers of the components of a term given the hyperparameters.
  func adjusted(_ numbers: UnsafePointer<Double>, _ layout: ConditionalLayout) -> UnsafePointer<Double> {
    let (components, width) = (model.componentCount, layout.width)
    ofTerm.update(from: numbers, count: components * width)
    for k in 0..<components {
      let own = ofTerm + k * width
      if !layout.isShared { own[layout.constant] += logConstant(ofSpread: own + layout.spread, layout) }
      guard !shifts.isEmpty else { continue }
      for d in 0..<layout.dimensions { own[layout.mean + d] -= own[layout.count] * shifts[k * layout.dimensions + d] }
    }
    return UnsafePointer(ofTerm)
  }

  /// Returns the part of the constant of a spread that depends on the hyperparameters: ν / 2 log |W + S|, or Σ [(a + n / 2)
  /// log(β + S / 2) - a log β].
  func logConstant(ofSpread numbers: UnsafePointer<Double>, _ layout: ConditionalLayout) -> Double {
    if let scale {
      for i in matrix.packed.indices { matrix.packed[i] = scale.packed[i] + numbers[1 + i] }
      guard matrix.factorize() == nil else { return -.infinity }
      return 0.5 * (numbers[0] - Double(layout.dimensions) - 1) * matrix.logDeterminantOfSquare
    }
    let rates = model.hyperparameterPlaces.rates
    guard !rates.isEmpty else { return 0 }
    var sum = 0.0
    for i in 0..<layout.sdCount {
      guard let shape = model.spreadDensities[i].conjugateShape else { continue }
      let rate = model.hyperparameters[rates.lowerBound + i]
      sum += (shape + 0.5 * numbers[2 * i]) * log(rate + 0.5 * numbers[2 * i + 1]) - shape * log(rate)
    }
    return sum
  }

  /// Takes the features of the parameters at which densities are evaluated.
  ///
  /// - Returns: the log of the factors that all terms have.
  func takeFeatures(of parameters: Parameters, _ mixture: ConditionalMixture) -> Double {
    guard adopt(parameters.hyperparameters, mixture) else { return -.infinity }
    let layout = mixture.layout
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
        // The scale matrix itself in the exponents of all terms, once for a shared matrix.
        if let scale, !layout.isShared || c == 0 {
          for i in 0..<layout.triangle { common -= 0.5 * scale.packed[i] * spread[1 + i] }
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
    _ numbers: UnsafePointer<Double>, of k: Int, at c: Int, _ layout: ConditionalLayout, _ halfWidths: [Double]
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
    return isNormal ? sum + logNormal(mean, at: place, count, spread, k * dimensions) : sum
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
    _ first: Int
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
