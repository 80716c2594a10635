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

/// These tests can run on any processor.
@Suite struct TestedBuildTests {
  /// On a processor that cannot run its build, a suite without the trait would end the process. A processor that can
  /// run all builds would not show this.
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
