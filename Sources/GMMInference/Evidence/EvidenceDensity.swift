import GMMKernels
import GMMModel

/// What the ratio of the densities at two powers depends on: a draw of the parameters, or the statistics of a draw of
/// the assignments.
enum EvidenceDraw {
  case parameters(Parameters)
  case assignments(SufficientStatistics)
}

/// The log density of a draw at any power, up to a factor that is the same at all powers.
struct EvidenceDensity {
  private var collapsed: CollapsedEvidence?
  private let pass: StatisticsPass
  private var unused: SufficientStatistics

  init(_ model: MixtureModel, _ data: DataSet, isCollapsed: Bool, _ kernels: KernelSet) throws(ModelError) {
    collapsed = isCollapsed ? CollapsedEvidence(model) : nil
    pass = try StatisticsPass(data, model.shape, kernels, power: 1, workers: 1)
    unused = SufficientStatistics(model.shape)
  }

  mutating func callAsFunction(_ draw: EvidenceDraw, power: Double) -> Double {
    switch draw {
    case .assignments(let statistics):
      let value = collapsed?(statistics, power: power) ?? .nan
      return value.isNaN ? -.infinity : value
    case .parameters(let parameters): return logMarginal(of: parameters, power: power)
    }
  }

  /// Returns the log marginal of parameters at a power, with the assignments summed out.
  private mutating func logMarginal(of parameters: Parameters, power: Double) -> Double {
    guard power > 0 else { return 0 }
    let value = pass.evaluate(parameters, power: power, into: &unused, nil)
    return value.isNaN ? -.infinity : value
  }
}
