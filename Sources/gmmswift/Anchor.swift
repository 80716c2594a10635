// Link policy only: this target turns the modules into one shared library that exports the C interface (link/exports.map).
@_exported import GMMCABI
