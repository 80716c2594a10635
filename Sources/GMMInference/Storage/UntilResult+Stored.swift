import GMMStorage

extension UntilResult {
  /// The number of bytes of the section of a file that holds the end of a run, without its head.
  static let storedSize = 36

  /// Appends the section of the end of the run. A quantity is stored as its place among all, or -1 if there is none.
  ///
  /// - Parameter components: K of the model.
  func write(to sink: any PayloadSink, components: Int) throws(StorageError) {
    let all = ConvergenceQuantity.all(components: components)
    var section = ByteWriter()
    section.write(end.code)
    section.write(figures.ess)
    section.write(figures.rHat)
    section.write(figures.essQuantity.flatMap { all.firstIndex(of: $0) } ?? -1)
    section.write(figures.rHatQuantity.flatMap { all.firstIndex(of: $0) } ?? -1)
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
    let all = ConvergenceQuantity.all(components: components)
    func quantity() throws(StorageError) -> ConvergenceQuantity? {
      let code = try section.readInt()
      guard code != -1 else { return nil }
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
