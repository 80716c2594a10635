// Places are added without checks for overflow, which would take as long as the work itself. The memory of the points
// bounds the places.

/// The distances of points from a component's center, with the points' weights in the component's sums.
protocol WeightedDistances {
  associatedtype Group: WeightedGroup

  /// Returns one vector of points of a group.
  func group(_ group: Int, pass: Int) -> Group
}

/// The distances of one vector of points.
protocol WeightedGroup {
  /// The weights of the points.
  var weight: Vector { get }

  /// Returns coordinate `row + i` of x - center, plain and times the weight. It is called for all coordinates of a tile
  /// of rows before the functions below are called for them.
  func take(_ row: Int, _ i: Int) -> (plain: Vector, weighted: Vector)

  /// Returns coordinate `i` of x - center.
  func plain(_ i: Int) -> Vector

  /// Returns coordinate `row + i` of x - center times the weight, for the tile of rows that was taken last.
  func weighted(_ row: Int, _ i: Int) -> Vector
}

/// Distances that are computed from the points whenever they are needed. (With 32 registers that is as fast as
/// ``KeptDistances``: for 16 to 128 coordinates no difference was measured.)
struct PointDistances: WeightedDistances {
  struct Group: WeightedGroup {
    let x: UnsafePointer<Vector>
    let center: UnsafePointer<Double>
    let weight: Vector

    @inline(__always)
    func take(_ row: Int, _ i: Int) -> (plain: Vector, weighted: Vector) {
      let plain = plain(row &+ i)
      return (plain, plain * weight)
    }

    @inline(__always)
    func plain(_ i: Int) -> Vector { x[i &* passCount] - center[i] }

    @inline(__always)
    func weighted(_ row: Int, _ i: Int) -> Vector { plain(row &+ i) * weight }
  }

  /// The first group's points and weights.
  let x: UnsafePointer<Vector>
  let weights: UnsafePointer<Vector>
  let center: UnsafePointer<Double>
  let dimensions: Int

  @inline(__always)
  func group(_ group: Int, pass: Int) -> Group {
    Group(
      x: x + (group &* dimensions &* passCount &+ pass), center: center,
      weight: weights[group &* passCount &+ pass])
  }
}

/// Distances that are stored when they are computed first, and read from there afterwards. With 16 registers, computing
/// them again would cost more loads than there are multiply-adds to hide them.
///
/// The memory holds one lane pass of some groups. It has for each group the plain distances, then the weighted
/// distances of a tile of rows.
struct KeptDistances: WeightedDistances {
  struct Group: WeightedGroup {
    let x: UnsafePointer<Vector>
    let center: UnsafePointer<Double>
    let weight: Vector
    let kept: UnsafeMutablePointer<Vector>
    let keptWeighted: UnsafeMutablePointer<Vector>

    @inline(__always)
    func take(_ row: Int, _ i: Int) -> (plain: Vector, weighted: Vector) {
      let plain = x[(row &+ i) &* passCount] - center[row &+ i]
      let weighted = plain * weight
      kept[row &+ i] = plain
      keptWeighted[i] = weighted
      return (plain, weighted)
    }

    @inline(__always)
    func plain(_ i: Int) -> Vector { kept[i] }

    @inline(__always)
    func weighted(_ row: Int, _ i: Int) -> Vector { keptWeighted[i] }
  }

  /// The number of weighted distances of each group.
  static var tileRows: Int { 4 }

  let points: PointDistances
  let memory: UnsafeMutablePointer<Vector>

  @inline(__always)
  func group(_ group: Int, pass: Int) -> Group {
    let point = points.group(group, pass: pass)
    let kept = memory + group &* (points.dimensions &+ Self.tileRows)
    return Group(
      x: point.x, center: point.center, weight: point.weight, kept: kept, keptWeighted: kept + points.dimensions)
  }
}

/// The distances of members, which count 1. They are 0 in lanes without a point.
struct MemberDistances: WeightedDistances {
  struct Group: WeightedGroup {
    let distances: UnsafePointer<Vector>

    /// The weight 0, because members are counted when they are sorted.
    @inline(__always)
    var weight: Vector { .zero }

    @inline(__always)
    func take(_ row: Int, _ i: Int) -> (plain: Vector, weighted: Vector) {
      let plain = plain(row &+ i)
      return (plain, plain)
    }

    @inline(__always)
    func plain(_ i: Int) -> Vector { distances[i &* passCount] }

    @inline(__always)
    func weighted(_ row: Int, _ i: Int) -> Vector { plain(row &+ i) }
  }

  let distances: UnsafePointer<Vector>
  let dimensions: Int

  @inline(__always)
  func group(_ group: Int, pass: Int) -> Group {
    Group(distances: distances + (group &* dimensions &* passCount &+ pass))
  }
}
