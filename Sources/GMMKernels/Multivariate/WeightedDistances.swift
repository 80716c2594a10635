// Places are added up without checks for overflow, which would take as long as what is done there; the points' memory
// bounds them.

/// The distances of points from a component's center, with the weights that they have in its sums.
protocol WeightedDistances {
  associatedtype Group: WeightedGroup

  /// Returns one vector of points of a group.
  func group(_ group: Int, pass: Int) -> Group
}

/// The distances of one vector of points.
protocol WeightedGroup {
  /// The weights of the points.
  var weight: Vector { get }

  /// Coordinate `i` of x - center.
  func distance(_ i: Int) -> Vector

  /// A distance times the weight.
  func weighted(_ distance: Vector) -> Vector
}

/// Distances that are taken from the points when they are needed. (Kept in memory, plain and weighted, they are no faster: for 16
/// to 128 coordinates no difference was measured.)
struct PointDistances: WeightedDistances {
  struct Group: WeightedGroup {
    let x: UnsafePointer<Vector>
    let center: UnsafePointer<Double>
    let weight: Vector

    @inline(__always)
    func distance(_ i: Int) -> Vector { x[i &* passCount] - center[i] }

    @inline(__always)
    func weighted(_ distance: Vector) -> Vector { distance * weight }
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

/// Distances of members, which count 1; 0 where a group has no point.
struct MemberDistances: WeightedDistances {
  struct Group: WeightedGroup {
    let plain: UnsafePointer<Vector>

    /// Members are counted when they are found.
    @inline(__always)
    var weight: Vector { .zero }

    @inline(__always)
    func distance(_ i: Int) -> Vector { plain[i &* passCount] }

    @inline(__always)
    func weighted(_ distance: Vector) -> Vector { distance }
  }

  let plain: UnsafePointer<Vector>
  let dimensions: Int

  @inline(__always)
  func group(_ group: Int, pass: Int) -> Group { Group(plain: plain + (group &* dimensions &* passCount &+ pass)) }
}
