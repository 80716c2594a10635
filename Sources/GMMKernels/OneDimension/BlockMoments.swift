/// The sums that one block of observations contributes for each component.
///
/// They are the counts, the sums of x - center and the sums of (x - center)², each K long, in this order. The center is
/// the component's current mean, so that data far from 0 keep their variance.
package struct BlockMoments {
  /// The sums, ``size(_:)`` doubles.
  package let memory: UnsafeMutablePointer<Double>
  /// The number of components.
  package let count: Int

  /// Returns the number of doubles for `count` components.
  package static func size(_ count: Int) -> Int { 3 * count }

  /// Creates the sums in memory of ``size(_:)`` doubles that the caller keeps alive.
  package init(count: Int, memory: UnsafeMutablePointer<Double>) {
    self.count = count
    self.memory = memory
  }
}
