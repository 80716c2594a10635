import GMMKernels

/// A folder of its own for one test. It is removed with its files when the object is destroyed.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() {
    let place = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
    var template = Array("\(place)/gmmswift-storage-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      mkdtemp(buffer.baseAddress!).map { String(cString: $0) } ?? ""
    }
  }

  deinit {
    for name in names { unlink(file(name)) }
    for name in names { rmdir(file(name)) }
    rmdir(path)
  }

  public func file(_ name: String) -> String { path + "/" + name }

  /// The names of the files, sorted.
  public var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  public func remove(_ name: String) { unlink(file(name)) }

  public func contents(_ name: String) -> [UInt8] {
    guard let file = fopen(file(name), "rb") else { return [] }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    rewind(file)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  public func write(_ bytes: [UInt8], to name: String) {
    guard let file = fopen(file(name), "wb") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}

/// Makes a folder.
public func mkdirectory(_ path: String) { mkdir(path, 0o755) }

/// Removes a folder and the files in it.
public func removeFolder(_ path: String) {
  for name in ["run.gmmckpt", "run.gmmckpt.gmmtmp"] { unlink(path + "/" + name) }
  rmdir(path)
}
