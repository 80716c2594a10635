/// The number of observations in a block: the unit of parallel work, and the grain of every sum over observations.
public let blockSize = 4096
