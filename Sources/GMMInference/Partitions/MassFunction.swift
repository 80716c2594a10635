import GMMKernels

/// A convex function f of the weight of a set of rows, with f(0) = 0.
///
/// A loss between partitions is Σ f(clusters of one) + Σ f(clusters of the other) - 2 Σ f(intersections). A search
/// asks for sums over many intersections at once, so it need not know which function it has.
protocol MassFunction: Sendable {
  func callAsFunction(_ weight: Double) -> Double

  /// Returns Σ_t f(held_t + weight) - f(held_t), where held_t is the weight of the intersection with cluster
  /// `clusters[t]` of draw t.
  func change(by weight: Double, _ held: Contingencies, _ clusters: UnsafePointer<UInt8>) -> Double

  /// Returns Σ f(a + b) - f(a) - f(b) over all intersections of two clusters.
  func change(merging a: Contingencies, _ b: Contingencies) -> Double
}

/// The weights of the intersections of one cluster with those of every draw.
struct Contingencies {
  /// draws x width numbers.
  let table: UnsafeMutablePointer<Double>
  let drawCount: Int
  /// The largest number of clusters of a draw.
  let width: Int

  /// Σ_t `change`(weight of the intersection with cluster `clusters[t]` of draw t).
  @inline(__always)
  func sum(_ clusters: UnsafePointer<UInt8>, _ change: (Double) -> Double) -> Double {
    var row = table
    // Two sums, so that the additions need not wait for each other.
    var (even, odd) = (0.0, 0.0)
    var t = 0
    while t &+ 1 < drawCount {
      even += change(row[Int(clusters[t])])
      odd += change(row[width &+ Int(clusters[t &+ 1])])
      row += 2 &* width
      t &+= 2
    }
    if t < drawCount { even += change(row[Int(clusters[t])]) }
    return even + odd
  }

  /// Σ `change`(a, b) over the intersections that both this cluster and another one have.
  @inline(__always)
  func sum(with other: Contingencies, _ change: (Double, Double) -> Double) -> Double {
    var sum = 0.0
    for i in 0..<drawCount * width where table[i] > 0 && other.table[i] > 0 { sum += change(table[i], other.table[i]) }
    return sum
  }

  /// Adds to the weight of the intersection with cluster `clusters[t]` of each draw.
  func add(_ weight: Double, _ clusters: UnsafePointer<UInt8>) {
    for t in 0..<drawCount {
      let place = t &* width &+ Int(clusters[t])
      // Rounding must not leave a weight below 0.
      table[place] = max(table[place] + weight, 0)
    }
  }

  /// Adds the intersections of another cluster.
  func add(_ other: Contingencies) {
    for i in 0..<drawCount * width { table[i] += other.table[i] }
  }
}

/// f(w) = (w / W)², where W is the weight of all rows.
struct SquareOfMass: MassFunction {
  let scale: Double

  init(total: Double) { scale = 1 / total }

  @inline(__always)
  func callAsFunction(_ weight: Double) -> Double {
    let share = scale * weight
    return share * share
  }

  func change(by weight: Double, _ held: Contingencies, _ clusters: UnsafePointer<UInt8>) -> Double {
    scale * weight * held.sum(clusters) { scale * (2 * $0 + weight) }
  }

  func change(merging a: Contingencies, _ b: Contingencies) -> Double {
    2 * a.sum(with: b) { (scale * $0) * (scale * $1) }
  }
}

/// f(w) = (w / W) log(w / W), where W is the weight of all rows.
struct EntropyOfMass: MassFunction {
  let scale: Double

  init(total: Double) { scale = 1 / total }

  @inline(__always)
  func callAsFunction(_ weight: Double) -> Double {
    let share = scale * weight
    return share > 0 ? share * log(share) : 0
  }

  func change(by weight: Double, _ held: Contingencies, _ clusters: UnsafePointer<UInt8>) -> Double {
    held.sum(clusters) { self($0 + weight) - self($0) }
  }

  func change(merging a: Contingencies, _ b: Contingencies) -> Double {
    a.sum(with: b) { self($0 + $1) - self($0) - self($1) }
  }
}

/// ``EntropyOfMass`` of whole numbers up to W, from a table.
struct TabulatedEntropy: MassFunction, @unchecked Sendable {
  /// The largest W. The table of more would not fit the caches.
  static let largestTotal = 1 << 21
  private let table: AlignedBuffer<Double>
  private let values: UnsafePointer<Double>

  init?(total: Int) {
    guard let table = AlignedBuffer<Double>(count: total + 1) else { return nil }
    let function = EntropyOfMass(total: Double(total))
    for weight in 0...total { table.base[weight] = function(Double(weight)) }
    self.table = table
    values = UnsafePointer(table.base)
  }

  /// - Parameter weight: a whole number in 0 ... W, which sums of whole numbers are. Added to 2^52, it is the low bits.
  @inline(__always)
  func callAsFunction(_ weight: Double) -> Double {
    values[Int(truncatingIfNeeded: (weight + 0x1p52).bitPattern & 0x3F_FFFF)]
  }

  func change(by weight: Double, _ held: Contingencies, _ clusters: UnsafePointer<UInt8>) -> Double {
    held.sum(clusters) { self($0 + weight) - self($0) }
  }

  func change(merging a: Contingencies, _ b: Contingencies) -> Double {
    a.sum(with: b) { self($0 + $1) - self($0) - self($1) }
  }
}
