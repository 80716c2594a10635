import GMMModel
import GMMStorage

extension SamplingOptions {
  /// Writes all options but the number of draws, which decides nothing about any draw.
  func write(to writer: inout ByteWriter) {
    writer.write(UInt32(method == .gibbs ? 0 : 1))
    writer.write(tune)
    writer.write(chains)
    writer.write(thin)
    writer.write(seed)
    writer.write(keepsAssignments)
    writer.write(moves.code)
    writer.write(initial.count)
    for values in initial {
      for array in [values.weights, values.means, values.sds, values.covariances] {
        writer.write(optional: array) { $0.write($1) }
      }
    }
  }

  init(from reader: inout ByteReader) throws(StorageError) {
    self.init()
    let code = try reader.read(UInt32.self)
    guard code <= 1 else { throw .format("a method must be 0 or 1, got \(code)") }
    method = code == 0 ? .gibbs : .metropolis
    tune = try reader.readInt("tune", in: 0...Int.max)
    chains = try reader.readInt("chains", in: 1...Int.max)
    thin = try reader.readInt("thin", in: 1...Int.max)
    seed = try reader.read(UInt64.self)
    keepsAssignments = try reader.readBool()
    moves = try MovePolicy(code: try reader.read(UInt32.self))
    for _ in 0..<(try reader.readCount(elementSize: 4)) {
      func array() throws(StorageError) -> [Double]? {
        try reader.readOptional { reader throws(StorageError) in try reader.readDoubles() }
      }
      initial.append(
        InitialValues(weights: try array(), means: try array(), sds: try array(), covariances: try array()))
    }
    guard initial.count <= 1 || initial.count == chains else {
      throw .format("initial values must be for one chain or for all, got \(initial.count)")
    }
  }

  /// Returns why chains with these options are not the chains with `other`; `nil` where they are.
  func difference(from other: SamplingOptions) -> String? {
    func differ<Value: Equatable>(_ name: String, _ value: KeyPath<SamplingOptions, Value>) -> String? {
      self[keyPath: value] == other[keyPath: value]
        ? nil : "\(name) \(self[keyPath: value]), not \(other[keyPath: value])"
    }
    return differ("method", \.method) ?? differ("seed", \.seed) ?? differ("chains", \.chains)
      ?? differ("tune", \.tune) ?? differ("thin", \.thin) ?? differ("store_assignments", \.keepsAssignments)
      ?? (initial == other.initial && moves == other.moves ? nil : "other initial values")
  }
}

extension MovePolicy {
  /// The number of the policy in files.
  fileprivate var code: UInt32 {
    switch self {
    case .automatic: 0
    case .never: 1
    case .always: 2
    }
  }

  fileprivate init(code: UInt32) throws(StorageError) {
    switch code {
    case 0: self = .automatic
    case 1: self = .never
    case 2: self = .always
    default: throw .format("a policy of moves must be 0 to 2, got \(code)")
    }
  }
}
