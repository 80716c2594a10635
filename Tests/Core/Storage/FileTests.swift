import GMMStorage
import TestSupport
import Testing

/// Files that appear whole or not at all, and obstacles to writing them.
@Suite struct FileTests {
  let folder = TemporaryFolder()

  func store(_ bytes: [UInt8], as name: String) throws(StorageError) {
    let file = try AtomicFile(folder.file(name))
    try file.append(bytes)
    try file.commit(.statistics, version: 1)
  }

  func load(_ name: String) throws(StorageError) -> [UInt8] {
    let file = try StoredFile(folder.file(name), .statistics, newest: 1)
    let bytes = try file.read(file.remaining)
    try file.finish()
    return bytes
  }

  @Test(arguments: [0, 1, 1000, 1 << 16, (1 << 16) + 1, 1_000_003])
  func whatIsStoredIsLoaded(_ count: Int) throws {
    let bytes = ChecksumTests.bytes(count)
    try store(bytes, as: "a")
    #expect(try load("a") == bytes)
    #expect(folder.names == ["a"])
    #expect(folder.contents("a").count == FileHeader.size + count)
  }

  @Test func piecesOfAnySizeMakeTheSameFile() throws {
    let bytes = ChecksumTests.bytes(300_000)
    try store(bytes, as: "whole")
    let file = try AtomicFile(folder.file("pieces"))
    var start = 0
    for size in [1, 65_535, 65_536, 3, 65_537, 100_000, 7] + [Int](repeating: 400, count: 10) {
      let end = min(start + size, bytes.count)
      try file.append(Array(bytes[start..<end]))
      start = end
    }
    try file.append(Array(bytes[start...]))
    try file.commit(.statistics, version: 1)
    #expect(folder.contents("pieces") == folder.contents("whole"))
  }

  @Test func aFileThatIsNotCommittedLeavesTheOldOne() throws {
    try store([1, 2, 3], as: "a")
    var file: AtomicFile? = try AtomicFile(folder.file("a"))
    try file?.append(ChecksumTests.bytes(200_000))
    #expect(folder.names == ["a", "a" + AtomicFile.suffix])
    #expect(try load("a") == [1, 2, 3])
    file = nil
    #expect(folder.names == ["a"])
    #expect(try load("a") == [1, 2, 3])
  }

  /// Whichever report of progress cancels the call, the old file is unchanged, and there is no other file.
  @Test func aWriterThatIsCancelledLeavesTheOldFile() throws {
    try store([1, 2, 3], as: "a")
    let bytes = ChecksumTests.bytes(5 * FileProgress.pieceSize + 70_000)
    func write(answers: Int) throws -> FileProgress {
      var left = answers
      let progress = FileProgress(bytesTotal: bytes.count) {
        left -= 1
        return left >= 0
      }
      let file = try AtomicFile(folder.file("a"), progress)
      try file.append(bytes)
      try file.commit(.statistics, version: 1)
      return progress
    }
    // There is a report for each of six pieces, and one when they are on the disk.
    for answers in 0..<7 {
      #expect(throws: StorageError(.cancelled, folder.file("a"), "the caller cancelled")) {
        try write(answers: answers)
      }
      #expect(folder.names == ["a"])
      #expect(try load("a") == [1, 2, 3])
    }
    #expect(try write(answers: 7).bytesDone == bytes.count)
    #expect(try load("a") == bytes)
  }

  @Test func aReaderThatIsCancelledSaysSo() throws {
    let bytes = ChecksumTests.bytes(3 * FileProgress.pieceSize)
    try store(bytes, as: "a")
    func read(answers: Int) throws -> (FileProgress, [UInt8]) {
      var left = answers
      let progress = FileProgress {
        left -= 1
        return left >= 0
      }
      let file = try StoredFile(folder.file("a"), .statistics, newest: 1, progress)
      var result = [UInt8](repeating: 0, count: file.remaining)
      let reading = result.withUnsafeMutableBytes { memory in
        Result { () throws(StorageError) in try file.read(into: memory) }
      }
      try reading.get()
      return (progress, result)
    }
    // The pass for the checksum has twelve pieces, and the second pass has three.
    for answers in 0..<15 {
      #expect(throws: StorageError(.cancelled, folder.file("a"), "the caller cancelled")) { try read(answers: answers) }
    }
    let (progress, result) = try read(answers: 15)
    #expect(result == bytes && progress.bytesDone == 2 * bytes.count && progress.bytesTotal == 2 * bytes.count)
  }

  @Test func whatAKilledWriterLeftIsTakenOver() throws {
    folder.write(ChecksumTests.bytes(5000), to: "a" + AtomicFile.suffix)
    try store([4, 5], as: "a")
    #expect(try load("a") == [4, 5])
    #expect(folder.names == ["a"])
  }

  @Test func aSecondWriterIsRefused() throws {
    let first = try AtomicFile(folder.file("a"))
    #expect(
      throws: StorageError(
        .system, folder.file("a"), "cannot write: another call or process is writing it")
    ) { try store([1], as: "a") }
    try first.append([9])
    try first.commit(.statistics, version: 1)
    #expect(try load("a") == [9])
  }

  @Test func aFileWithoutAHeaderHoldsItsBytesAlone() throws {
    let file = try AtomicFile(folder.file("text"), hasHeader: false)
    try file.append(Array("lp__\n".utf8))
    try file.commit()
    #expect(folder.contents("text") == Array("lp__\n".utf8))
    #expect(folder.names == ["text"])
  }

  @Test func permissionsOfTheOldFileAreKept() throws {
    try store([1], as: "a")
    chmod(folder.file("a"), 0o640)
    try store([2], as: "a")
    var status = stat()
    #expect(stat(folder.file("a"), &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o640)
  }

  /// This holds while the file is written too. Who may not read the old file may not read the new one.
  @Test func permissionsOfTheOldFileHoldWhileTheNewOneIsWritten() throws {
    try store([1], as: "a")
    for (mode, during) in [(0o600, 0o600), (0o440, 0o640)] as [(mode_t, mode_t)] {
      chmod(folder.file("a"), mode)
      let file = try AtomicFile(folder.file("a"))
      var status = stat()
      #expect(stat(folder.file("a") + AtomicFile.suffix, &status) == 0)
      #expect(status.st_mode & 0o7777 == during)
      try file.commit(.statistics, version: 1)
      #expect(stat(folder.file("a"), &status) == 0)
      #expect(status.st_mode & 0o7777 == mode)
    }
  }

  @Test func aLinkStaysALink() throws {
    try store([1], as: "target")
    symlink("target", folder.file("link"))
    try store([2], as: "link")
    #expect(try load("target") == [2])
    var status = stat()
    #expect(lstat(folder.file("link"), &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func placesThatCannotBeWrittenAreNamedWithTheReason() throws {
    mkdir(folder.file("folder"), 0o755)
    try store([1], as: "file")
    let cases: [(path: String, reason: String, code: Int32)] = [
      ("", "must not be empty", 0),
      (folder.file("missing/a"), "cannot write: No such file or directory", ENOENT),
      (folder.file("folder"), "cannot write: Is a directory", EISDIR),
      (folder.file("file/a"), "cannot open: Not a directory", ENOTDIR),
      ("/dev/full", "cannot write: Not a regular file", 0),
      (folder.file(String(repeating: "n", count: 300)), "cannot open: File name too long", ENAMETOOLONG),
    ]
    for (path, reason, code) in cases {
      #expect(throws: StorageError(.system, path, reason, systemCode: code)) { _ = try AtomicFile(path) }
    }
    #expect(folder.names == ["file", "folder"])
  }

  @Test func aFileBeyondTheLimitIsAnErrorAndLeavesTheOldOne() throws {
    try store([1, 2, 3], as: "a")
    // The limit is the whole process's, so it is put back at once, and far above what else the tests write.
    var old = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old)
    let handler = signal(SIGXFSZ, SIG_IGN)
    var small = rlimit(rlim_cur: 32_000_000, rlim_max: old.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small)
    defer {
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old)
      signal(SIGXFSZ, handler)
    }
    #expect(throws: StorageError(.system, folder.file("a"), "cannot write: File too large", systemCode: EFBIG)) {
      try store([UInt8](repeating: 7, count: 33_000_000), as: "a")
    }
    #expect(try load("a") == [1, 2, 3])
    #expect(folder.names == ["a"])
  }

  /// Opening a pipe that nobody reads would wait without end. A pipe that somebody reads is not a file either.
  @Test(arguments: [false, true]) func aPipeInThePlaceOfTheTemporaryFileStaysThere(isRead: Bool) throws {
    mkfifo(folder.file("a.gmmtmp"), 0o600)
    let reader = isRead ? open(folder.file("a.gmmtmp"), O_RDONLY | O_NONBLOCK) : -1
    defer { if isRead { close(reader) } }
    try store([1], as: "a")
    #expect(try load("a") == [1])
    #expect(folder.names == ["a", "a.gmmtmp"])
  }

  /// A second name of a file that somebody wants overwritten, with a mode of its own.
  @Test func aPlantedTemporaryFileIsNeitherWrittenNorTakenOver() throws {
    folder.write([9, 8, 7], to: "victim")
    chmod(folder.file("victim"), 0o600)
    link(folder.file("victim"), folder.file("a.gmmtmp"))
    try store([1], as: "a")
    #expect(folder.contents("victim") == [9, 8, 7])
    #expect(folder.names == ["a", "victim"])
    var victim = stat()
    var made = stat()
    #expect(stat(folder.file("victim"), &victim) == 0 && stat(folder.file("a"), &made) == 0)
    #expect(victim.st_ino != made.st_ino && victim.st_nlink == 1)
    let mask = umask(0)
    umask(mask)
    #expect(made.st_mode & 0o777 == 0o666 & ~mask)
  }

  @Test func aPlantedLinkIsNotFollowed() throws {
    folder.write([9, 8, 7], to: "victim")
    symlink(folder.file("victim"), folder.file("a.gmmtmp"))
    try store([1], as: "a")
    #expect(try load("a") == [1])
    #expect(folder.contents("victim") == [9, 8, 7])
    #expect(folder.names == ["a", "a.gmmtmp", "victim"])
  }

  @Test func namesThatAreAllTakenAreAnError() throws {
    for number in 0..<16 { mkdir(folder.file("a.gmmtmp" + (number == 0 ? "" : "\(number)")), 0o755) }
    #expect(throws: StorageError(.system, folder.file("a"), "cannot write: File exists", systemCode: EEXIST)) {
      try store([1], as: "a")
    }
    #expect(folder.names.count == 16)
  }

  @Test func whatCannotBeReadIsNamedWithTheReason() throws {
    mkdir(folder.file("folder"), 0o755)
    mkfifo(folder.file("pipe"), 0o600)
    folder.write([], to: "empty")
    folder.write(Array("lp__,accept_stat__\n".utf8), to: "text")
    let cases: [(String, StorageError.Kind, String, Int32)] = [
      ("missing", .system, "cannot open: No such file or directory", ENOENT),
      ("folder", .system, "cannot read: Is a directory", EISDIR),
      ("pipe", .system, "cannot read: Not a regular file", 0),
      ("empty", .format, "is not a file of libgmmswift: its first bytes are others", 0),
      ("text", .format, "is not a file of libgmmswift: its first bytes are others", 0),
    ]
    for (name, kind, reason, code) in cases {
      #expect(throws: StorageError(kind, folder.file(name), reason, systemCode: code)) { try load(name) }
    }
  }

  @Test func cutAndDamagedFilesAreRefused() throws {
    try store(Array(ByteTests.sample.bytes.prefix(24)), as: "a")
    var bytes = folder.contents("a")
    for length in 0..<bytes.count {
      folder.write(Array(bytes.prefix(length)), to: "cut")
      #expect(throws: StorageError.self, "\(length) bytes") { try load("cut") }
    }
    for bit in 0..<8 * bytes.count {
      bytes[bit / 8] ^= 1 << (bit % 8)
      folder.write(bytes, to: "flipped")
      #expect(throws: StorageError.self, "bit \(bit)") { try load("flipped") }
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }

  @Test func nothingIsReadBeyondThePayload() throws {
    try store([1, 2, 3], as: "a")
    let file = try StoredFile(folder.file("a"), .statistics, newest: 1)
    #expect(throws: StorageError.self) { try file.read(4) }
    #expect(throws: StorageError.self) { try file.read(.max) }
    #expect(throws: StorageError.self) { try file.read(-1) }
    #expect(try file.read(2) == [1, 2])
    #expect(throws: StorageError(.format, folder.file("a"), "1 bytes follow the end")) { try file.finish() }
  }
}
