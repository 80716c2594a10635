import GMMKernels
import GMMModel
import GMMStorage

/// The step sizes of the random walks, one walk for each kind of parameter.
struct ProposalScales: Sendable, Equatable {
  /// A random walk on one kind of parameter, with steps of sd `scale` × `base`, element by element.
  struct Walk: Sendable, Equatable {
    var base: [Double] = []
    var scale = 1.0
    private var accepted = 0
    private var proposed = 0

    /// Counts one proposal and, every hundredth, adapts the scale.
    mutating func record(accepted isAccepted: Bool, adapts: Bool) {
      guard adapts else { return }
      proposed += 1
      accepted += isAccepted ? 1 : 0
      guard proposed == Self.interval else { return }
      scale *= Self.factor(acceptance: Double(accepted) / Double(proposed))
      scale = min(max(scale, 1e-12), 1e12)
      (accepted, proposed) = (0, 0)
    }

    /// The number of proposals between two adaptations.
    private static let interval = 100

    /// Returns PyMC's factor for the scale. An acceptance between 0.2 and 0.5 leaves the scale unchanged.
    private static func factor(acceptance: Double) -> Double {
      switch acceptance {
      case ..<0.001: 0.1
      case ..<0.05: 0.5
      case ..<0.2: 0.9
      case 0.95...: 10
      case 0.75...: 2
      case 0.5...: 1.1
      default: 1
      }
    }
  }

  var weights = Walk()
  var means = Walk()
  var sds = Walk()
}

extension ProposalScales {
  func write(to writer: inout ByteWriter) {
    for walk in [weights, means, sds] { walk.write(to: &writer) }
  }

  /// Reads the walks of a Metropolis sampler, or the empty walks of a Gibbs sampler.
  init(from reader: inout ByteReader, _ shape: MixtureShape, isEmpty: Bool) throws(StorageError) {
    weights = try Walk(from: &reader, count: isEmpty ? 0 : shape.componentCount)
    means = try Walk(from: &reader, count: isEmpty ? 0 : shape.meanCount)
    sds = try Walk(from: &reader, count: isEmpty ? 0 : shape.sdCount)
  }
}

extension ProposalScales.Walk {
  fileprivate func write(to writer: inout ByteWriter) {
    writer.write(base)
    writer.write(scale)
    writer.write(accepted)
    writer.write(proposed)
  }

  fileprivate init(from reader: inout ByteReader, count: Int) throws(StorageError) {
    base = try reader.readDoubles(count: count)
    scale = try reader.readDouble()
    accepted = try reader.readInt("accepted proposals", in: 0...Self.interval)
    proposed = try reader.readInt("proposals", in: 0...Self.interval - 1)
  }
}
