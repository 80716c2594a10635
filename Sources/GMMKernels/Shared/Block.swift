/// The number of observations in a block. A block is the unit of parallel work, and the grain of every sum over
/// observations.
@inlinable
package var blockSize: Int { 4096 }
