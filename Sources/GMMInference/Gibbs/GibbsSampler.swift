import GMMKernels
import GMMModel

/// Data augmentation: each block of parameters is drawn exactly from its conditional distribution given the
/// assignments (Diebolt, Robert 1994).
///
/// The order is weights, sds, means. The sums are centred at the current means, so the sds' sum of squares is read off
/// without a shift, and no digit is lost.
struct GibbsSampler: Sampler {
  private let model: MixtureModel
  /// Ordered means of an exchangeable prior are drawn without the order and then sorted: the ordered posterior is the
  /// unordered one folded onto the ordered set, and the folded chain moves between neighbours freely.
  private let sortsDraws: Bool

  init(_ model: MixtureModel) {
    self.model = model
    sortsDraws = model.orderedMeans && !model.hasFixedMeans && model.isExchangeable
  }

  func prepare(_ state: inout ChainState) {}

  func step(_ state: inout ChainState, _ stream: inout RandomStream, isTuning: Bool) throws(ModelError) -> Double {
    if !model.hasFixedWeights {
      stream.drawWeights(
        &state.parameters, concentration: model.concentration, counts: state.statistics.counts,
        minimum: model.minimumWeight)
    }
    if !model.hasFixedSpread {
      try drawSpread(&state.parameters, state.statistics, &stream)
    }
    if !model.hasFixedMeans {
      drawMeans(&state.parameters, state.statistics, &stream)
      if sortsDraws { state.parameters.sortByMean() }
    }
    return 1
  }

  private func drawSpread(
    _ parameters: inout Parameters, _ statistics: SufficientStatistics, _ stream: inout RandomStream
  ) throws(ModelError) {
    let components = model.componentCount
    if model.sharedSpread {
      var count = 0.0
      var squares = 0.0
      for k in 0..<components {
        count += statistics.counts[k]
        squares += statistics.squares(of: k, about: parameters.means[k])
      }
      let conditional = SpreadConditional(model.spreadDensities[0], count: count, squares: squares)
      parameters.sds[0] = try conditional.draw(&stream, near: parameters.sds[0])
    } else {
      for k in 0..<components {
        let conditional = SpreadConditional(
          model.spreadDensities[k], count: statistics.counts[k],
          squares: statistics.squares(of: k, about: parameters.means[k]))
        parameters.sds[k] = try conditional.draw(&stream, near: parameters.sds[k])
      }
    }
  }

  /// Draws each mean from Normal(m, 1/√P) with P = 1/s0² + n/σ² and m = c + ((m0 - c)/s0² + Σ(x - c)/σ²) / P.
  private func drawMeans(
    _ parameters: inout Parameters, _ statistics: SufficientStatistics, _ stream: inout RandomStream
  ) {
    let components = model.componentCount
    let truncates = model.orderedMeans && !sortsDraws
    for k in 0..<components {
      let sd = parameters.sd(k)
      let priorPrecision = 1 / (model.meanSDs[k] * model.meanSDs[k])
      let dataPrecision = 1 / (sd * sd)
      let precision = priorPrecision + statistics.counts[k] * dataPrecision
      let center = statistics.centers[k]
      let shift = (priorPrecision * (model.meanCenters[k] - center) + dataPrecision * statistics.sums[k]) / precision
      let mean = center + shift
      let deviation = 1 / precision.squareRoot()
      parameters.means[k] =
        truncates
        ? stream.normal(
          mean: mean, sd: deviation,
          lower: k > 0 ? parameters.means[k - 1] : -.infinity,
          upper: k + 1 < components ? parameters.means[k + 1] : .infinity)
        : mean + deviation * stream.normal()
    }
  }
}
