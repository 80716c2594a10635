import GMMKernels
import GMMModel
import GMMStorage

/// A multivariate Student distribution that approximates the posterior of the coordinates: u = center + L t, where t =
/// z √(ν / χ²_ν) with z standard Normal in d dimensions.
struct StudentReference: Sendable, Equatable {
  /// The degrees of freedom ν. Independent proposals let a chain stick where the posterior has heavier tails than the
  /// reference, and the few draws from which the reference is learned do not show such tails. So the tails are always
  /// heavy, at the cost of some acceptance elsewhere (0.7 in place of 0.9 if the posterior is Normal).
  private static let degrees = 5.0

  private let center: [Double]
  /// The lower Cholesky factor L of the scale, row by row.
  private let factor: [Double]
  private let inverseDiagonal: [Double]

  /// Learns location and scale from the moments of draws.
  ///
  /// The scale is their covariance. The entries beside the diagonal are shrunk as if by two more draws with independent
  /// coordinates, so the scale is positive definite for any number of draws.
  ///
  /// - Returns: `nil` if a coordinate does not vary, or if the numbers leave the range of doubles.
  init?(_ moments: CoordinateMoments) {
    let dimension = moments.mean.count
    let shrinkage = moments.count / (moments.count + 2)
    var factor = moments.scatter
    var inverse = [Double](repeating: 0, count: dimension)
    for i in 0..<dimension {
      let row = i * (i + 1) / 2
      for j in 0...i { factor[row + j] *= (i == j ? 1 : shrinkage) / moments.count }
      for j in 0...i {
        let other = j * (j + 1) / 2
        var value = factor[row + j]
        for l in 0..<j { value -= factor[row + l] * factor[other + l] }
        if j < i {
          factor[row + j] = value * inverse[j]
        } else {
          guard value > 0, value < .infinity else { return nil }
          factor[row + i] = value.squareRoot()
          inverse[i] = 1 / factor[row + i]
        }
      }
    }
    guard inverse.allSatisfy({ $0 < .infinity }), moments.mean.allSatisfy({ $0.isFinite }) else { return nil }
    center = moments.mean
    self.factor = factor
    inverseDiagonal = inverse
  }

  /// The number of coordinates, d.
  var dimension: Int { center.count }

  /// Returns |t|² of the point u.
  ///
  /// - Parameter t: workspace, (d).
  func square(of u: [Double], _ t: inout [Double]) -> Double {
    var sum = 0.0
    var index = 0
    for i in center.indices {
      var value = u[i] - center[i]
      for j in 0..<i { value -= factor[index + j] * t[j] }
      t[i] = value * inverseDiagonal[i]
      sum += t[i] * t[i]
      index += i + 1
    }
    return sum
  }

  /// Draws a point u.
  ///
  /// - Parameter t: workspace, (d).
  /// - Returns: the |t|² of the point.
  func draw(_ stream: inout RandomStream, into u: inout [Double], _ t: inout [Double]) -> Double {
    // χ²_ν / 2 is a Gamma(ν / 2) number.
    let stretch = (0.5 * Self.degrees * exp(-stream.logGamma(shape: 0.5 * Self.degrees))).squareRoot()
    var sum = 0.0
    var index = 0
    for i in center.indices {
      t[i] = stretch * stream.normal()
      sum += t[i] * t[i]
      var value = center[i]
      for j in 0...i { value += factor[index + j] * t[j] }
      u[i] = value
      index += i + 1
    }
    return sum
  }

  /// Returns the log density with respect to u at |t|² = `square`, up to a constant of the reference.
  @inline(__always)
  func logDensity(square: Double) -> Double {
    -0.5 * (Self.degrees + Double(dimension)) * log1p(square / Self.degrees)
  }
}

extension StudentReference {
  func write(to writer: inout ByteWriter) {
    writer.write(center)
    writer.write(factor)
    writer.write(inverseDiagonal)
  }

  init(from reader: inout ByteReader, dimension: Int) throws(StorageError) {
    center = try reader.readDoubles(count: dimension)
    factor = try reader.readDoubles(count: dimension * (dimension + 1) / 2)
    inverseDiagonal = try reader.readDoubles(count: dimension)
  }
}
