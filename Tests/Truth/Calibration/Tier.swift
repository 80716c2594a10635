import Foundation
import Synchronization

/// The amount of work of these tests. Every run of the tests does little. `make verify` does much: it sets `GMM_VERIFY`
/// to the folder for its results, and `GMM_VERIFY_SHARE` to the fraction of the work to do.
enum Tier {
  private static let folder = ProcessInfo.processInfo.environment["GMM_VERIFY"]
  static let isLong = folder != nil
  private static let share = ProcessInfo.processInfo.environment["GMM_VERIFY_SHARE"].flatMap(Double.init) ?? 1

  private static func size(_ short: Int, long: Int) -> Int {
    isLong ? max(min(short, long), Int(share * Double(long)) / 100 * 100) : short
  }

  /// The probability below which a result counts as an error.
  ///
  /// A short run makes some 20,000 comparisons, and a long run some 600,000, most of them correlated. So the
  /// probability of any false alarm is at most 2e-4 and 6e-3. Seeds are fixed, so a test that has passed passes again.
  static let limit = 1e-8

  /// Replicates in the table of pairs. A bias of b posterior sds shows as √R b / √2 standard errors in the comparison
  /// of joint distributions, as 0.98 √R b in ranks, against 5.73 for ``limit``. Long runs see b = 0.05 with probability
  /// 0.99: 0.05 √100,000 / √2 = 11.2 and 0.98 x 0.05 √25,000 = 7.7 (0.97). Short runs see b = 0.2 and 0.6.
  static let jointReplicates = size(4_000, long: 100_000)
  static let rankReplicates = size(200, long: 25_000)
  /// Replicates in the whole table, in long runs only.
  static let wholeReplicates = size(1_000, long: 4_000)
  static let weightedReplicates = size(2_000, long: 40_000)
  /// The same for split-merge moves. Their replicates are drawn by rejection, each of thousands of draws of the prior.
  static let weightedMoveReplicates = size(400, long: 4_000)
  static let temperedReplicates = size(1_000, long: 40_000)
  static let hyperparameterReplicates = size(400, long: 5_000)
  static let priorDraws = size(4_000, long: 100_000)
  /// Draws of each of four chains that are compared with exact posteriors.
  static let oracleDraws = size(5_000, long: 50_000)
  /// The same of default chains, which make many moves of so few rows.
  static let quadratureDraws = size(3_000, long: 50_000)

  private static let lock = Mutex(())

  /// Appends a line to a file of results, in long runs.
  static func record(_ file: String, _ record: some Encodable) throws {
    guard let folder else { return }
    let line = try JSONEncoder().encode(record) + Data("\n".utf8)
    try lock.withLock { _ in
      let url = URL(fileURLWithPath: folder).appendingPathComponent(file)
      if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
      let handle = try FileHandle(forWritingTo: url)
      try handle.seekToEnd()
      try handle.write(contentsOf: line)
      try handle.close()
    }
  }
}
