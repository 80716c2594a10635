import GMMKernels
import GMMModel

/// An approximation q(θ) of a posterior density, which can be drawn from and is normalised: the mixture of the
/// distributions to which one Gibbs step leads from each of S draws (θ_s, z_s) of the posterior,
///
///     q(θ) = 1/S Σ_s mean over labels π of p(weights | z_s) p(spread | z_s, θ_s) p(means | z_s, spread) at π(θ).
///
/// Hyperparameters η are drawn first, from a ``HyperparameterProposal``, and the other conditional distributions are
/// given them: q(θ, η) = 1/S Σ_s q_s(η) mean over labels π of p(weights | z_s, η) ... at π(θ).
///
/// Labels are exchanged in all ways between components that share all priors, so q has the symmetry of the posterior
/// (Frühwirth-Schnatter 2004, section 3.3; Lee, Robert 2016). Under conjugate priors the step does not depend on θ_s.
/// The constraints are left out of q: minimum weights, an order of the means.
///
/// The densities of a term are products over the components, so the sum over labels is a permanent; see ``LabelSums``.
final class ConditionalMixture: @unchecked Sendable {
  let model: MixtureModel
  let terms: [ConditionalTerm]
  let layout: ConditionalLayout
  /// The components in groups that may exchange labels, among them groups of one.
  let groups: [[Int]]
  private let numbers: AlignedBuffer<Double>
  private let ofTerms: AlignedBuffer<Double>
  /// Half the distance between the bounds of the means in each coordinate; 0 where there are none, (K, D).
  private let halfWidths: [Double]

  /// - Parameters:
  ///   - groups: the components that may exchange labels.
  ///   - count: S.
  init(_ model: MixtureModel, groups: [[Int]], count: Int) throws(ModelError) {
    self.model = model
    layout = ConditionalLayout(model.shape, hasBounds: model.hasBoundedMeans)
    let grouped = Set(groups.joined())
    self.groups = groups + (0..<model.componentCount).filter { !grouped.contains($0) }.map { [$0] }
    var need = MemoryNeed()
    need.add(count, model.componentCount, layout.width, 8)
    need.add(parametersOf: model.shape, copies: 3, owners: count)
    let what = "\(count) terms of a proposal for bridge sampling"
    try need.require(for: what)
    guard let numbers = AlignedBuffer<Double>(count: count * model.componentCount * layout.width),
      let ofTerms = AlignedBuffer<Double>(count: count * layout.termWidth)
    else { throw .outOfMemory(what) }
    (self.numbers, self.ofTerms) = (numbers, ofTerms)
    terms = (0..<count).map { _ in ConditionalTerm(model.shape) }
    halfWidths = model.meanDensities.map { $0.bounds.map { 0.5 * ($0.upper - $0.lower) } ?? 0 }
  }

  // MARK: Terms

  /// Takes the numbers of term `s` from its draw.
  func prepare(_ s: Int, _ covariance: inout CovarianceConditional) {
    let (components, width) = (model.componentCount, layout.width)
    let term = terms[s]
    let base = numbers.base + s * components * width
    let whole = ofTerms.base + s * layout.termWidth
    let places = model.hyperparameterPlaces
    whole[0] = places.concentration.isEmpty ? logWeightsNormalizer(model) { term.statistics.counts[$0] } : 0
    if layout.isShared { takeSpread(0, term, into: whole + 1, constant: whole, &covariance) }
    for k in 0..<components {
      let own = base + k * width
      own.update(repeating: 0, count: width)
      own[layout.count] = term.statistics.counts[k]
      takeMean(k, term.statistics, into: own)
      if !layout.isShared { takeSpread(k, term, into: own + layout.spread, constant: own, &covariance) }
    }
  }

  /// Returns the log of the factor of the density of the weights that does not depend on them.
  ///
  /// - Parameters:
  ///   - model: the model, with the concentration.
  ///   - count: returns the count of a component.
  private func logWeightsNormalizer(_ model: MixtureModel, _ count: (Int) -> Double) -> Double {
    guard !model.hasFixedWeights, model.componentCount > 1 else { return 0 }
    var (total, sum) = (0.0, 0.0)
    for k in 0..<model.componentCount {
      let shape = model.concentration[k] + count(k)
      total += shape
      sum -= logGammaFunction(shape)
    }
    return sum + logGammaFunction(total)
  }

  private func takeMean(_ k: Int, _ statistics: SufficientStatistics, into own: UnsafeMutablePointer<Double>) {
    let dimensions = layout.dimensions
    guard !model.hasFixedMean(k) else { return }
    let count = statistics.counts[k]
    if !model.hasBoundedMean(k) { own[layout.constant] -= Double(dimensions) * halfLogTwoPi }
    for d in 0..<dimensions {
      let j = k * dimensions + d
      own[layout.mean + d] = statistics.sums[j] + count * (statistics.centers[j] - model.meanCenters[j])
    }
    guard let kappa = model.meanDensities[k * dimensions].kappa else { return }
    own[layout.worth] = kappa + count
    own[layout.constant] += 0.5 * Double(dimensions) * log(kappa + count)
    for d in 0..<dimensions { own[layout.mean + d] /= kappa + count }
  }

  /// Takes the exponents and scales of a spread, and adds its normalising constant to `constant`.
  ///
  /// - Parameter owner: the component whose spread it is, or 0 for a shared one.
  private func takeSpread(
    _ owner: Int, _ term: ConditionalTerm, into target: UnsafeMutablePointer<Double>,
    constant: UnsafeMutablePointer<Double>, _ covariance: inout CovarianceConditional
  ) {
    target.update(repeating: 0, count: layout.spreadSize)
    if layout.hasMatrices {
      guard case .inverseWishart(let dof, let scale, _, _) = model.covarianceDensities[owner] else { return }
      let isKnown = model.hyperparameterPlaces.scale.isEmpty
      covariance.start(dof: dof, scale: isKnown ? scale : SymmetricMatrix(dimension: scale.dimension))
      for k in layout.isShared ? 0..<model.componentCount : owner..<owner + 1 {
        ScaledMean(k, model, sumsOut: true).add(k, model, term.parameters, term.statistics, to: &covariance)
      }
      target[0] = covariance.dof + Double(layout.dimensions) + 1
      for i in 0..<layout.triangle { target[1 + i] = covariance.scale.packed[i] }
      guard isKnown else {
        // What depends on the scale matrix is added where the density is evaluated.
        constant.pointee -=
          0.5 * covariance.dof * Double(layout.dimensions) * log(2)
          + logGammaFunction(0.5 * covariance.dof, dimension: layout.dimensions)
        return
      }
      guard
        case .inverseWishart(_, _, _, let logNormalizer)? = try? CovarianceDensity.inverseWishart(
          dof: covariance.dof, scale: covariance.scale)
      else {
        constant.pointee = -.infinity
        return
      }
      constant.pointee += logNormalizer
      return
    }
    for i in 0..<layout.sdCount {
      let j = owner * layout.sdCount + i
      let density = model.spreadDensities[j]
      guard !density.isFixed else { continue }
      let (count, squares) = ScaledMean.moments(ofSD: j, model, term.parameters, term.statistics, sumsOut: true)
      if !model.hyperparameterPlaces.rates.isEmpty, let shape = density.conjugateShape {
        (target[2 * i], target[2 * i + 1]) = (count, squares)
        constant.pointee += logGammaFunction(shape) - logGammaFunction(shape + 0.5 * count)
        continue
      }
      // The prior is a factor of all terms, so the numbers are those of density / prior.
      let sd = term.parameters.sds[j]
      let ofDensity = SpreadConditional(density, count: count, squares: squares).logDensity(sd: sd)
      let ratio = ofDensity - density.logDensity(sd: sd) + count * log(sd) + 0.5 * squares / (sd * sd)
      (target[2 * i], target[2 * i + 1]) = (count, squares)
      constant.pointee += ratio.isNaN ? -.infinity : ratio
    }
  }

  // MARK: Density

  /// Returns log q(θ).
  func logDensity(_ parameters: Parameters, _ work: ConditionalWorkspace) -> Double {
    let common = work.takeFeatures(of: parameters, self)
    guard common > -.infinity else { return -.infinity }
    var best = -Double.infinity
    for s in terms.indices {
      let value = logDensity(ofTerm: s, work, atLeast: best - 40)
      work.logs[s] = value
      best = max(best, value)
    }
    guard best > -.infinity else { return -.infinity }
    var sum = 0.0
    for s in terms.indices { sum += exp(work.logs[s] - best) }
    return common + best + log(sum / Double(terms.count))
  }

  /// Returns the log density of a term, less the factors that all terms have; -infinity if it is less than `limit`.
  private func logDensity(ofTerm s: Int, _ work: ConditionalWorkspace, atLeast limit: Double) -> Double {
    let whole = ofTerms.base + s * layout.termWidth
    var sum = whole[0]
    if layout.isShared { sum += work.logShared(whole + 1, layout) }
    guard sum > -.infinity else { return -.infinity }
    var base = UnsafePointer(numbers.base + s * model.componentCount * layout.width)
    if let proposal = terms[s].hyperparameters {
      sum += work.logHyperparameters(proposal)
      // A term whose hyperparameters are far away does not count, whatever the rest.
      guard sum > -.infinity else { return -.infinity }
      if !model.hyperparameterPlaces.concentration.isEmpty {
        sum += logWeightsNormalizer(work.model) { base[$0 * layout.width + layout.count] }
      }
      if layout.isShared { sum += work.logConstant(ofSpread: whole + 1, layout) }
      base = work.adjusted(base, layout)
    }
    // The largest entries of the columns bound the sums over labels.
    var bound = sum
    var place = 0
    for group in groups {
      let size = group.count
      for (column, c) in group.enumerated() {
        var largest = -Double.infinity
        for (row, k) in group.enumerated() {
          let value = work.logEntry(base + k * layout.width, of: k, at: c, layout, halfWidths)
          work.entries[place + column * size + row] = value
          largest = max(largest, value)
        }
        work.largest[c] = largest
        bound += largest
      }
      place += size * size
    }
    guard bound >= limit else { return -.infinity }
    place = 0
    for group in groups {
      let size = group.count
      if size == 1 {
        sum += work.entries[place]
      } else {
        for (column, c) in group.enumerated() { work.ofGroup[column] = work.largest[c] }
        sum += work.labelSums(work.entries + place, largest: work.ofGroup, size: size) - work.logFactorials[size]
      }
      place += size * size
    }
    return sum
  }
}
