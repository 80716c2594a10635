import GMMStorage

extension UntilResult {
  /// The number of bytes of the section of a file that holds the end of a run, without its head.
  static let storedSize = 36

  /// Appends the section of the end of the run.
  func write(to sink: any PayloadSink) throws(StorageError) {
    var section = ByteWriter()
    section.write(end.code)
    section.write(figures.ess)
    section.write(figures.rHat)
    section.write(ConvergenceQuantity.code(figures.essQuantity))
    section.write(ConvergenceQuantity.code(figures.rHatQuantity))
    try sink.append(.until, section)
  }

  /// Reads the section of the end of a run, which must be next.
  ///
  /// - Parameter components: K of the model.
  init(from file: any PayloadSource, components: Int) throws(StorageError) {
    var section = try file.section(.until)
    guard let end = End(code: try section.read(UInt32.self)) else { throw .format("ended for an unknown reason") }
    let (ess, rHat) = (try section.readDouble(), try section.readDouble())
    guard ess.isNaN || (ess >= 0 && ess.isFinite), rHat.isNaN || rHat >= 0 else {
      throw .format("has an impossible convergence")
    }
    func quantity() throws(StorageError) -> ConvergenceQuantity? {
      let code = try section.readInt()
      guard code != ConvergenceQuantity.code(nil) else { return nil }
      let all = ConvergenceQuantity.all(components: components)
      guard all.indices.contains(code) else { throw .format("names an unknown quantity") }
      return all[code]
    }
    let (essQuantity, rHatQuantity) = (try quantity(), try quantity())
    try section.finish()
    self.init(
      end: end,
      figures: ConvergenceFigures(ess: ess, rHat: rHat, essQuantity: essQuantity, rHatQuantity: rHatQuantity))
  }
}

extension UntilResult.End {
  /// The number of the reason in files.
  fileprivate var code: UInt32 {
    switch self {
    case .met: 0
    case .maxDraws: 1
    case .seconds: 2
    case .memory: 3
    }
  }

  fileprivate init?(code: UInt32) {
    switch code {
    case 0: self = .met
    case 1: self = .maxDraws
    case 2: self = .seconds
    case 3: self = .memory
    default: return nil
    }
  }
}

extension ConvergenceQuantity {
  /// Returns the number of a quantity in files, its place in ``all(components:)``; -1 for none.
  fileprivate static func code(_ quantity: ConvergenceQuantity?) -> Int {
    switch quantity {
    case nil: -1
    case .logPosterior: 0
    case .logLikelihood: 1
    case .clusterCount: 2
    case .sumOfSquaredWeights: 3
    case .sortedWeight(let rank): 4 + rank
    }
  }
}
