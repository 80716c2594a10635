import Foundation
import Testing

import enum GMMInference.KernelBuild

#if GMM_AVX512
  private let build = KernelBuild.avx512
#elseif GMM_AVX2
  private let build = KernelBuild.avx2
#else
  private let build = KernelBuild.portable
#endif

extension Trait where Self == ConditionTrait {
  /// Skips a suite on processors that lack the instructions of the build that it tests.
  static var testedBuild: Self { .enabled(if: build.isAvailable, "this processor cannot run the \(build) build") }
}

/// What lets these tests run on any processor.
@Suite struct TestedBuildTests {
  /// A suite without the trait ends the process there, which no processor that runs all builds would show.
  @Test func everySuiteIsSkippedWhereItsBuildCannotRun() throws {
    let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    var suites = 0
    for file in files where file.lastPathComponent != "TestedBuild.swift" {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where line.contains("@Suite") {
        suites += 1
        #expect(line.contains("@Suite(.testedBuild)"), "\(file.lastPathComponent)")
      }
    }
    #expect(suites >= 10)
  }
}
