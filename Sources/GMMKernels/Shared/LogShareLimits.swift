/// log(2π) / 2.
@inlinable
package var halfLogTwoPi: Double { 0.918_938_533_204_672_8 }

/// The smallest log share that is told from nothing; keeps differences of shares finite at any distance.
let logShareFloor = -1e306

/// The log scale of a sum that holds nothing yet.
@inlinable
package var emptyLogScale: Double { -1.5e306 }
