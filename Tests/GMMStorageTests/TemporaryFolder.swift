import GMMStorage

/// A folder of its own for one test, removed with its files when the object goes.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/gmmswift-storage-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      mkdtemp(buffer.baseAddress!).map { String(cString: $0) } ?? ""
    }
  }

  deinit {
    for name in names { unlink(file(name)) }
    for name in names { rmdir(file(name)) }
    rmdir(path)
  }

  func file(_ name: String) -> String { path + "/" + name }

  /// The names of the files, sorted.
  var names: [String] {
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

  func contents(_ name: String) -> [UInt8] {
    guard let file = fopen(file(name), "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var byte = fgetc(file)
    while byte != EOF {
      bytes.append(UInt8(byte))
      byte = fgetc(file)
    }
    return bytes
  }

  func write(_ bytes: [UInt8], to name: String) {
    guard let file = fopen(file(name), "wb") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
