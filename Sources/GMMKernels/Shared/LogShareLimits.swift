/// log(2π) / 2.
@inlinable
package var halfLogTwoPi: Double { 0.918_938_533_204_672_8 }

/// The smallest log share. It keeps differences of log shares finite at any distance.
let logShareFloor = -1e306

/// The log scale of an empty sum.
@inlinable
package var emptyLogScale: Double { -1.5e306 }
