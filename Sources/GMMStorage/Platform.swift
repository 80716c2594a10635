// The C library's functions on files are the only system interface of this module.
import CGMMFiles

#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#else
  @_exported import Darwin
#endif

/// Calls the system's `read`, under a name that methods do not hide.
func readBytes(_ descriptor: Int32, _ memory: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, memory, count)
}

/// The reason of the last failure of a system call on this thread.
var systemError: Int32 { gmm_files_error() }

/// Calls the system's `open`; `mode` is the mode of a new file.
func openFile(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32 { gmm_files_open(path, flags, mode) }
