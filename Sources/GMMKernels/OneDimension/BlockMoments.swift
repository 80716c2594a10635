/// The sums that one block of observations contributes for each component.
///
/// In order: counts, sums of x - center, sums of (x - center)², each K long. Centred at the component's current mean,
/// so that data far from 0 keep their variance.
public struct BlockMoments {
  /// The sums, ``size(_:)`` doubles.
  public let memory: UnsafeMutablePointer<Double>
  /// The number of components.
  public let count: Int

  /// The number of doubles for `count` components.
  public static func size(_ count: Int) -> Int { 3 * count }

  /// Creates the sums in memory of ``size(_:)`` doubles that the caller keeps alive.
  public init(count: Int, memory: UnsafeMutablePointer<Double>) {
    self.count = count
    self.memory = memory
  }
}
