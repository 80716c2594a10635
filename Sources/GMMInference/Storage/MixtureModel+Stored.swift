import GMMModel
import GMMStorage

// The codes of enumerations are those of the C header, so that one description serves files and interface.

extension MixtureModel {
  /// Writes what the draws of a run depend on: all but the rule that chose the priors.
  func write(to writer: inout ByteWriter) {
    writer.write(componentCount)
    writer.write(dimensionCount)
    writer.write(shape.structure.code)
    writer.write(sharedSpread)
    if let count {
      writer.write(PriorCode.count)
      count.write(to: &writer)
    }
    if !hyperpriors.isEmpty {
      writer.write(PriorCode.hyperpriors)
      hyperpriors.write(to: &writer)
    }
    if let background {
      writer.write(PriorCode.background)
      background.write(to: &writer)
    }
    weights.write(to: &writer)
    writer.write(minimumWeight)
    means.write(to: &writer)
    writer.write(optional: orderCoordinate) { $0.write($1) }
    spread.write(to: &writer)
  }

  /// Reads a model and checks it as if a caller had asked for it.
  ///
  /// - Parameters:
  ///   - room: the number of bytes that are left in the file. At least one value of the parameters must fit there, so
  ///     that made-up dimensions cannot lead to a large allocation.
  ///   - hasDefaultPriors: whether the rule that chose the priors follows the model.
  init(from reader: inout ByteReader, room: Int, hasDefaultPriors: Bool) throws(StorageError) {
    let components = try reader.readInt("components", in: MixtureShape.componentRange)
    let dimensions = try reader.readInt("dimensions", in: MixtureShape.dimensionRange)
    let structure = try CovarianceStructure(code: try reader.read(UInt32.self))
    let isShared = try reader.readBool()
    let shape = MixtureShape(
      componentCount: components, dimensionCount: dimensions, structure: structure, sharedSpread: isShared)
    guard shape.structure == structure, shape.sharedSpread == isShared else {
      throw .format("holds a form of covariances that is stored as another")
    }
    guard DrawLayout(shape).width <= room / 8 else {
      throw .format("\(components) components in \(dimensions) dimensions are announced where \(room) bytes are left")
    }
    var code = try reader.read(UInt32.self)
    var count: CountPrior?
    if code == PriorCode.count {
      count = try CountPrior(from: &reader)
      code = try reader.read(UInt32.self)
    }
    var hyperpriors = Hyperpriors()
    if code == PriorCode.hyperpriors {
      hyperpriors = try Hyperpriors(from: &reader)
      code = try reader.read(UInt32.self)
    }
    var background: UniformBackground?
    if code == PriorCode.background {
      background = try UniformBackground(from: &reader)
      code = try reader.read(UInt32.self)
    }
    let weights = try WeightsPrior(from: &reader, code: code)
    let minimumWeight = try reader.readDouble()
    let means = try MeansPrior(from: &reader, components: components)
    let orderCoordinate = try reader.readOptional { reader throws(StorageError) in try reader.readInt() }
    let spread = try SpreadPrior(from: &reader, components: components)
    let rule = hasDefaultPriors ? try reader.read(UInt32.self) : 0
    let defaultPriors = DefaultPriors(rawValue: rule)
    guard rule == 0 || defaultPriors != nil else { throw .format("default priors \(rule) are unknown") }
    do throws(ModelError) {
      try self.init(
        shape, weights: weights, minimumWeight: minimumWeight, means: means, orderCoordinate: orderCoordinate,
        spread: spread, defaultPriors: defaultPriors, count: count, hyperpriors: hyperpriors,
        background: background)
    } catch {
      throw .format("holds an impossible model: \(error)")
    }
  }
}

extension CovarianceStructure {
  /// The number of the form in files.
  var code: UInt32 {
    switch self {
    case .full: 0
    case .tied: 1
    case .diag: 2
    case .spherical: 3
    }
  }

  init(code: UInt32) throws(StorageError) {
    guard let found = Self.allCases.first(where: { $0.code == code }) else {
      throw .format("a form of covariances must be 0 to 3, got \(code)")
    }
    self = found
  }
}

extension WeightsPrior {
  fileprivate func write(to writer: inout ByteWriter) {
    switch self {
    case .fixed(let values): writer.writePrior(PriorCode.fixed, values)
    case .dirichlet(let concentration): writer.writePrior(PriorCode.dirichlet, concentration)
    case .dynamicDirichlet(let total): writer.writePrior(PriorCode.dynamicDirichlet, [total])
    }
  }

  fileprivate init(from reader: inout ByteReader, code: UInt32) throws(StorageError) {
    switch code {
    case PriorCode.dynamicDirichlet:
      let values = try reader.readDoubles(count: 1)
      self = .dynamicDirichlet(total: values[0])
    case PriorCode.fixed: self = .fixed(try reader.readDoubles())
    case PriorCode.dirichlet: self = .dirichlet(concentration: try reader.readDoubles())
    case let code: throw PriorCode.unknown(code, "weights")
    }
  }
}

extension CountPrior {
  fileprivate func write(to writer: inout ByteWriter) {
    switch self {
    case .uniform(let first, let last): writer.writePrior(CountCode.uniform, [Double(first), Double(last)])
    case .geometric(let probability): writer.writePrior(CountCode.geometric, [probability])
    case .shiftedPoisson(let rate): writer.writePrior(CountCode.shiftedPoisson, [rate])
    case .negativeBinomial(let size, let probability):
      writer.writePrior(CountCode.negativeBinomial, [size, probability])
    case .betaNegativeBinomial(let size, let a, let b):
      writer.writePrior(CountCode.betaNegativeBinomial, [size, a, b])
    case .probabilities(let values): writer.writePrior(CountCode.probabilities, values)
    case .dirichletProcess: writer.writePrior(CountCode.dirichletProcess, [])
    }
  }

  fileprivate init(from reader: inout ByteReader) throws(StorageError) {
    let code = try reader.read(UInt32.self)
    let values = try reader.readDoubles()
    switch (code, values.count) {
    case (CountCode.uniform, 2):
      guard let first = Int(exactly: values[0]), let last = Int(exactly: values[1]) else {
        throw .format("holds a number of components that is no whole number")
      }
      self = .uniform(first: first, last: last)
    case (CountCode.geometric, 1): self = .geometric(probability: values[0])
    case (CountCode.shiftedPoisson, 1): self = .shiftedPoisson(rate: values[0])
    case (CountCode.negativeBinomial, 2): self = .negativeBinomial(size: values[0], probability: values[1])
    case (CountCode.betaNegativeBinomial, 3):
      self = .betaNegativeBinomial(size: values[0], a: values[1], b: values[2])
    case (CountCode.probabilities, _): self = .probabilities(values)
    case (CountCode.dirichletProcess, 0): self = .dirichletProcess
    default: throw PriorCode.unknown(code, "the number of components")
    }
  }
}

extension Hyperpriors {
  fileprivate func write(to writer: inout ByteWriter) {
    writer.write(optional: concentration) { writer, prior in
      switch prior {
      case .gamma(let shape, let rate): writer.writePrior(ConcentrationCode.gamma, [shape, rate])
      case .f(let first, let second): writer.writePrior(ConcentrationCode.f, [first, second])
      }
    }
    writer.write(optional: center) { writer, prior in
      writer.write(prior.mean)
      writer.write(prior.sd)
    }
    writer.write(optional: meansSD) { writer, prior in prior.write(to: &writer) }
    writer.write(optional: rate) { writer, prior in
      writer.write(prior.shape)
      writer.write(prior.rate)
      writer.write(prior.lower)
    }
    writer.write(optional: scale) { writer, prior in
      writer.write(prior.dof)
      writer.write(prior.scale)
      writer.write(prior.lower)
    }
  }

  fileprivate init(from reader: inout ByteReader) throws(StorageError) {
    self.init(
      concentration: try reader.readOptional { reader throws(StorageError) in
        let code = try reader.read(UInt32.self)
        let values = try reader.readDoubles(count: 2)
        switch code {
        case ConcentrationCode.gamma: return .gamma(shape: values[0], rate: values[1])
        case ConcentrationCode.f: return .f(first: values[0], second: values[1])
        default: throw PriorCode.unknown(code, "the concentration")
        }
      },
      center: try reader.readOptional { reader throws(StorageError) in
        CenterPrior(mean: try reader.readDoubles(), sd: try reader.readDoubles())
      },
      meansSD: try reader.readOptional { reader throws(StorageError) in
        try SpreadPrior(from: &reader, components: 0)
      },
      rate: try reader.readOptional { reader throws(StorageError) in
        RatePrior(
          shape: try reader.readDoubles(), rate: try reader.readDoubles(), lower: try reader.readDoubles())
      },
      scale: try reader.readOptional { reader throws(StorageError) in
        ScalePrior(
          dof: try reader.readDouble(), scale: try reader.readDoubles(), lower: try reader.readDoubles())
      })
  }
}

extension UniformBackground {
  /// Writes the weight, then the region: a volume, or lower and upper bounds.
  fileprivate func write(to writer: inout ByteWriter) {
    switch weight {
    case .fixed(let value): writer.writePrior(PriorCode.fixed, [value])
    case .beta(let first, let second): writer.writePrior(PriorCode.dirichlet, [first, second])
    }
    switch region {
    case .data: preconditionFailure("the region of a background that waits for data is not kept")
    case .volume(let volume): writer.writePrior(PriorCode.fixed, [volume])
    case .bounds(let lower, let upper): writer.writePrior(PriorCode.uniform, lower, upper)
    }
  }

  fileprivate init(from reader: inout ByteReader) throws(StorageError) {
    let weight: Weight
    switch try reader.read(UInt32.self) {
    case PriorCode.fixed: weight = .fixed(try reader.readDoubles(count: 1)[0])
    case PriorCode.dirichlet:
      let values = try reader.readDoubles(count: 2)
      weight = .beta(first: values[0], second: values[1])
    case let code: throw PriorCode.unknown(code, "the weight of a background")
    }
    switch try reader.read(UInt32.self) {
    case PriorCode.fixed: self.init(region: .volume(try reader.readDoubles(count: 1)[0]), weight: weight)
    case PriorCode.uniform:
      self.init(region: .bounds(lower: try reader.readDoubles(), upper: try reader.readDoubles()), weight: weight)
    case let code: throw PriorCode.unknown(code, "the region of a background")
    }
  }
}

/// The numbers of the priors of a concentration in files.
private enum ConcentrationCode {
  static let gamma: UInt32 = 0
  static let f: UInt32 = 1
}

/// The numbers of the priors of the number of components in files.
private enum CountCode {
  static let uniform: UInt32 = 0
  static let geometric: UInt32 = 1
  static let shiftedPoisson: UInt32 = 2
  static let negativeBinomial: UInt32 = 3
  static let betaNegativeBinomial: UInt32 = 4
  static let probabilities: UInt32 = 5
  static let dirichletProcess: UInt32 = 6
}

extension MeansPrior {
  fileprivate func write(to writer: inout ByteWriter) {
    switch self {
    case .fixed(let values): writer.writePrior(PriorCode.fixed, values)
    case .normal(let mean, let sd): writer.writePrior(PriorCode.normal, mean, sd)
    case .uniform(let lower, let upper): writer.writePrior(PriorCode.uniform, lower, upper)
    case .scaledNormal(let mean, let kappa): writer.writePrior(PriorCode.scaledNormal, mean, kappa)
    case .each(let priors):
      writer.write(PriorCode.each)
      writer.write(priors.count)
      for prior in priors { prior.write(to: &writer) }
    }
  }

  /// - Parameter components: the largest number of priors of single components; 0 for a component's own prior.
  fileprivate init(from reader: inout ByteReader, components: Int) throws(StorageError) {
    switch try reader.read(UInt32.self) {
    case PriorCode.fixed: self = .fixed(try reader.readDoubles())
    case PriorCode.normal: self = .normal(mean: try reader.readDoubles(), sd: try reader.readDoubles())
    case PriorCode.uniform: self = .uniform(lower: try reader.readDoubles(), upper: try reader.readDoubles())
    case PriorCode.scaledNormal: self = .scaledNormal(mean: try reader.readDoubles(), kappa: try reader.readDoubles())
    case PriorCode.each where components > 0:
      var priors: [MeansPrior] = []
      for _ in 0..<(try reader.readInt("priors of means", in: 1...components)) {
        priors.append(try MeansPrior(from: &reader, components: 0))
      }
      self = .each(priors)
    case let code: throw PriorCode.unknown(code, "means")
    }
  }
}

extension SpreadPrior {
  fileprivate func write(to writer: inout ByteWriter) {
    switch self {
    case .fixed(let values): writer.writePrior(PriorCode.fixed, values)
    case .fixedCovariances(let values): writer.writePrior(PriorCode.fixedCovariances, values)
    case .uniform(let lower, let upper): writer.writePrior(PriorCode.uniform, lower, upper)
    case .halfCauchy(let scale): writer.writePrior(PriorCode.halfCauchy, scale)
    case .halfNormal(let scale): writer.writePrior(PriorCode.halfNormal, scale)
    case .logNormal(let mu, let sigma): writer.writePrior(PriorCode.logNormal, mu, sigma)
    case .halfStudentT(let dof, let scale): writer.writePrior(PriorCode.halfStudentT, dof, scale)
    case .inverseGamma(let shape, let scale): writer.writePrior(PriorCode.inverseGamma, shape, scale)
    case .gamma(let shape, let rate): writer.writePrior(PriorCode.gamma, shape, rate)
    case .inverseWishart(let dof, let scale): writer.writePrior(PriorCode.inverseWishart, dof, scale)
    case .each(let priors):
      writer.write(PriorCode.each)
      writer.write(priors.count)
      for prior in priors { prior.write(to: &writer) }
    }
  }

  /// - Parameter components: the largest number of priors of single components; 0 for a component's own prior.
  fileprivate init(from reader: inout ByteReader, components: Int) throws(StorageError) {
    switch try reader.read(UInt32.self) {
    case PriorCode.fixed: self = .fixed(try reader.readDoubles())
    case PriorCode.fixedCovariances: self = .fixedCovariances(try reader.readDoubles())
    case PriorCode.uniform: self = .uniform(lower: try reader.readDoubles(), upper: try reader.readDoubles())
    case PriorCode.halfCauchy: self = .halfCauchy(scale: try reader.readDoubles())
    case PriorCode.halfNormal: self = .halfNormal(scale: try reader.readDoubles())
    case PriorCode.logNormal: self = .logNormal(mu: try reader.readDoubles(), sigma: try reader.readDoubles())
    case PriorCode.halfStudentT: self = .halfStudentT(dof: try reader.readDoubles(), scale: try reader.readDoubles())
    case PriorCode.inverseGamma: self = .inverseGamma(shape: try reader.readDoubles(), scale: try reader.readDoubles())
    case PriorCode.gamma: self = .gamma(shape: try reader.readDoubles(), rate: try reader.readDoubles())
    case PriorCode.inverseWishart:
      self = .inverseWishart(dof: try reader.readDoubles(), scale: try reader.readDoubles())
    case PriorCode.each where components > 0:
      var priors: [SpreadPrior] = []
      for _ in 0..<(try reader.readInt("priors of spreads", in: 1...components)) {
        priors.append(try SpreadPrior(from: &reader, components: 0))
      }
      self = .each(priors)
    case let code: throw PriorCode.unknown(code, "the spread")
    }
  }
}

/// The numbers of the priors in files.
private enum PriorCode {
  static let fixed: UInt32 = 0
  static let dirichlet: UInt32 = 1
  static let dynamicDirichlet: UInt32 = 4
  static let normal: UInt32 = 2
  static let scaledNormal: UInt32 = 3
  static let uniform: UInt32 = 10
  static let halfCauchy: UInt32 = 11
  static let halfNormal: UInt32 = 12
  static let logNormal: UInt32 = 13
  static let halfStudentT: UInt32 = 14
  static let inverseGamma: UInt32 = 20
  static let gamma: UInt32 = 30
  static let inverseWishart: UInt32 = 40
  static let fixedCovariances: UInt32 = 41
  static let each: UInt32 = 50
  /// A prior of the number of components, before that of the weights.
  static let count: UInt32 = 60
  /// Priors of hyperparameters, before that of the weights.
  static let hyperpriors: UInt32 = 61
  /// A background, before the prior of the weights.
  static let background: UInt32 = 62

  static func unknown(_ code: UInt32, _ of: String) -> StorageError { .format("prior \(code) of \(of) is unknown") }
}

extension ByteWriter {
  fileprivate mutating func writePrior(_ code: UInt32, _ arrays: [Double]...) {
    write(code)
    for array in arrays { write(array) }
  }
}
