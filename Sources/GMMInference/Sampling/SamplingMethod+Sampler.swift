import GMMModel

extension SamplingMethod {
  /// Returns the sampler of this method, with the memory of its chain.
  ///
  /// - Parameter power: of the target.
  func sampler(
    for model: MixtureModel, power: Double = 1, _ memory: SamplerMemory = SamplerMemory()
  ) -> any Sampler {
    switch self {
    case .gibbs: GibbsSampler(model, power: power)
    case .metropolis: MetropolisSampler(model, power: power, memory.proposals)
    }
  }
}

extension SamplerMemory {
  /// Takes what a chain's samplers have learned. Values that they do not have stay.
  mutating func take(from sampler: any Sampler, _ mover: MarginalMover?, _ splitMerge: SplitMergeTuning?) {
    if let walk = sampler as? MetropolisSampler { proposals = walk.scales }
    if let mover { moves = mover.tuning }
    if let splitMerge { self.splitMerge = splitMerge }
  }
}
