import GMMModel
import GMMStorage

extension SamplingOptions {
  /// Writes all options except the number of draws, on which no draw depends.
  ///
  /// - Parameter dimension: D of the model.
  func write(to writer: inout ByteWriter, dimension: Int) {
    writer.write(UInt32(method == .gibbs ? 0 : 1))
    writer.write(tune)
    writer.write(chains)
    writer.write(thin)
    writer.write(seed)
    writer.write(keepsAssignments)
    // The second byte is 0 in files that know no split-merge moves, and the third in those that know no rungs.
    writer.write(moves.code | splitMerge.code << 8 | rungs.code << 16)
    writer.write(initial.count)
    for values in initial {
      let covariances = values.covariances.map { Self.unpacked($0, dimension: dimension) }
      for array in [values.weights, values.means, values.sds, covariances] {
        writer.write(optional: array) { $0.write($1) }
      }
    }
  }

  init(from reader: inout ByteReader, dimension: Int) throws(StorageError) {
    self.init()
    let code = try reader.read(UInt32.self)
    guard code <= 1 else { throw .format("a method must be 0 or 1, got \(code)") }
    method = code == 0 ? .gibbs : .metropolis
    tune = try reader.readInt("tune", in: 0...Int.max)
    chains = try reader.readInt("chains", in: 1...Int.max)
    thin = try reader.readInt("thin", in: 1...Int.max)
    seed = try reader.read(UInt64.self)
    keepsAssignments = try reader.readBool()
    let policies = try reader.read(UInt32.self)
    moves = try MovePolicy(code: policies & 0xFF)
    splitMerge = try MovePolicy(code: policies >> 8 & 0xFF)
    rungs = try RungCount(code: policies >> 16)
    for _ in 0..<(try reader.readCount(elementSize: 4)) {
      func array() throws(StorageError) -> [Double]? {
        try reader.readOptional { reader throws(StorageError) in try reader.readDoubles() }
      }
      let (weights, means, sds) = (try array(), try array(), try array())
      let covariances = try array()
      initial.append(
        PartialParameters(
          weights: weights, means: means, sds: sds,
          covariances: try covariances.map { values throws(StorageError) in
            try Self.packed(values, dimension: dimension)
          }))
    }
    guard initial.count <= 1 || initial.count == chains else {
      throw .format("initial values must be for one chain or for all, got \(initial.count)")
    }
  }

  /// Returns packed triangles as the full matrices that files hold.
  private static func unpacked(_ triangles: [Double], dimension: Int) -> [Double] {
    let size = PackedTriangle.count(dimension)
    return stride(from: 0, to: triangles.count, by: size).flatMap {
      SymmetricMatrix(dimension: dimension, packed: Array(triangles[$0..<$0 + size])).full
    }
  }

  /// Returns full symmetric matrices as packed triangles.
  private static func packed(_ matrices: [Double], dimension: Int) throws(StorageError) -> [Double] {
    let size = dimension.multipliedReportingOverflow(by: dimension)
    guard !size.overflow, matrices.count % size.partialValue == 0 else {
      throw .format("initial covariances must be whole matrices, got \(matrices.count) numbers")
    }
    var packed: [Double] = []
    for start in stride(from: 0, to: matrices.count, by: size.partialValue) {
      do throws(ModelError) {
        packed += try SymmetricMatrix(
          symmetric: Array(matrices[start..<start + size.partialValue]), dimension: dimension, name: "covariances"
        ).packed
      } catch {
        throw .format("holds impossible initial values: \(error)")
      }
    }
    return packed
  }

  /// Returns the first difference between the chains with these options and the chains with `other`; `nil` if there is
  /// none.
  func difference(from other: SamplingOptions) -> String? {
    func differ<Value: Equatable>(_ name: String, _ value: KeyPath<SamplingOptions, Value>) -> String? {
      self[keyPath: value] == other[keyPath: value]
        ? nil : "\(name) \(self[keyPath: value]), not \(other[keyPath: value])"
    }
    let values = [
      differ("method", \.method), differ("seed", \.seed), differ("chains", \.chains), differ("tune", \.tune),
      differ("thin", \.thin), differ("store_assignments", \.keepsAssignments),
      initial == other.initial ? nil : "other initial values",
      moves == other.moves && splitMerge == other.splitMerge ? nil : "another choice of moves",
      rungs == other.rungs ? nil : "another number of rungs",
    ]
    return values.compactMap { $0 }.first
  }
}

extension RungCount {
  /// The number of rungs in files: 0 for none, 1 for as many as tuning finds.
  fileprivate var code: UInt32 {
    switch self {
    case .none: 0
    case .automatic: 1
    case .count(let count): UInt32(truncatingIfNeeded: count)
    }
  }

  fileprivate init(code: UInt32) throws(StorageError) {
    switch code {
    case 0: self = .none
    case 1: self = .automatic
    default:
      guard PowerLadder.counts.contains(Int(code)) else { throw .format("there cannot be \(code) rungs") }
      self = .count(Int(code))
    }
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
