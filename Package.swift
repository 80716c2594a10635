// swift-tools-version: 6.3
import PackageDescription

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// A dependency that is fetched by tag may not pass unsafe flags. Swift programs then link the modules themselves,
// without the shared library's link policy. A package manager fetches packages to places below the folder in which it
// keeps `workspace-state.json`: `checkouts/NAME` and `registry/downloads/SCOPE/NAME/VERSION`. A clone of one's own may
// lie in a folder of such a name too, so the file decides.
let isRoot: Bool = {
  var folders = Context.packageDirectory.split(separator: "/")
  while folders.popLast() != nil {
    if access("/" + folders.joined(separator: "/") + "/workspace-state.json", F_OK) == 0 { return false }
  }
  return true
}()

let linkPolicy: [LinkerSetting] =
  isRoot
  ? [
    .unsafeFlags([
      "-static-stdlib", "-no-toolchain-stdlib-rpath", "-use-ld=lld",
      "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/gmmswift/link/exports.map",
      "-Xlinker", "\(Context.packageDirectory)/Sources/gmmswift/link/readonly.ld",
      "-Xlinker", "-soname=libgmmswift.so.0",
      "-Xlinker", "-z", "-Xlinker", "nodelete", "-Xlinker", "-z", "-Xlinker", "now",
      "-Xlinker", "--gc-sections", "-Xlinker", "--icf=all",
    ])
  ] : []

// Debug information of C as Swift writes its own: valgrind gives up at a later version.
let debugInformation: [CSetting] = isRoot ? [.unsafeFlags(["-gdwarf-4"])] : []

// The kernels are compiled three times from one source. Two more directories link to the first.
#if arch(x86_64)
  let hasAllBuilds = isRoot
#else
  let hasAllBuilds = false
#endif

func kernels(_ name: String, level: String, define: String) -> Target {
  .target(
    name: name, swiftSettings: [.define(define), .unsafeFlags(["-Xcc", "-march=\(level)"])])
}

let buildsForLevels: [Target] =
  hasAllBuilds
  ? [
    kernels("GMMKernelsAVX2", level: "x86-64-v3", define: "GMM_AVX2"),
    kernels("GMMKernelsAVX512", level: "x86-64-v4", define: "GMM_AVX512"),
  ] : []

let package = Package(
  name: "libgmmswift",
  products: [
    // For C, C++, Python and every other language: one shared library behind include/gmmswift.h.
    .library(name: "gmmswift", type: .dynamic, targets: ["gmmswift"]),
    // For Swift programs.
    .library(name: "GaussianMixtures", targets: ["GaussianMixtures"]),
  ],
  targets: [
    // MARK: Numbers
    .target(name: "GMMKernels"),
    .target(name: "GMMDiagnostics"),

    // MARK: Files
    .systemLibrary(name: "CGMMFiles", path: "Sources/CGMMFiles"),
    .target(name: "GMMStorage", dependencies: ["CGMMFiles"]),

    // MARK: Mixtures
    .target(name: "GMMModel", dependencies: ["GMMKernels"]),
    .systemLibrary(name: "CGMMProcessor", path: "Sources/CGMMProcessor"),
    .systemLibrary(name: "CGMMTask", path: "Sources/CGMMTask"),
    .target(
      name: "GMMInference",
      dependencies: ["CGMMProcessor", "CGMMTask", "GMMKernels", "GMMModel", "GMMStorage"]
        + buildsForLevels.map { .target(name: $0.name) },
      swiftSettings: hasAllBuilds ? [.define("GMM_ALL_BUILDS")] : []),

    // MARK: The Swift interface
    .target(name: "GaussianMixtures", dependencies: ["GMMModel", "GMMInference", "GMMDiagnostics", "GMMStorage"]),

    // MARK: The C boundary
    .systemLibrary(name: "CGMMSwift", path: "include"),
    .target(name: "CGMMCallbacks", cSettings: debugInformation),
    .target(
      name: "GMMCABI",
      dependencies: [
        "CGMMSwift", "CGMMCallbacks", "GMMKernels", "GMMModel", "GMMInference", "GMMDiagnostics", "GMMStorage",
        "GaussianMixtures",
      ]),
    // This target is only in the shared library, whose runtime serves nobody else.
    .target(name: "CGMMRuntime", cSettings: debugInformation),
    .target(
      name: "gmmswift", dependencies: ["GMMCABI"] + (isRoot ? ["CGMMRuntime"] : []),
      exclude: ["install", "link"], linkerSettings: linkPolicy),
  ],
  swiftLanguageModes: [.v6]
)

// MARK: Tests, in the folders of their subjects

let tests: [Target] = [
  .target(
    name: "TestSupport", dependencies: ["GMMKernels", "GMMModel", "GMMInference"], path: "Tests/Support/Swift"),
  .testTarget(
    name: "GMMKernelsTests", dependencies: ["GMMKernels", "GMMInference", "TestSupport"], path: "Tests/Core/Kernels"),
  .testTarget(
    name: "GMMDiagnosticsTests", dependencies: ["GMMDiagnostics", "GaussianMixtures", "TestSupport"],
    path: "Tests/Core/Diagnostics"),
  .testTarget(
    name: "GMMModelTests", dependencies: ["GMMKernels", "GMMModel", "TestSupport"], path: "Tests/Core/Model"),
  .testTarget(name: "GMMStorageTests", dependencies: ["GMMStorage", "TestSupport"], path: "Tests/Core/Storage"),
  .testTarget(
    name: "GMMInferenceTests", dependencies: ["GMMInference", "GMMStorage", "TestSupport"],
    path: "Tests/Core/Inference"),
  .testTarget(
    name: "AgreementTests", dependencies: ["GMMDiagnostics", "GMMInference", "TestSupport"],
    path: "Tests/Truth/Agreement"),
  .testTarget(
    name: "CalibrationTests", dependencies: ["GMMInference", "TestSupport"], path: "Tests/Truth/Calibration"),
  .testTarget(
    name: "HostileTests", dependencies: ["GMMDiagnostics", "GMMInference", "GaussianMixtures", "TestSupport"],
    path: "Tests/Hostile/Values"),
]

// The tests of the kernels run on every build that is compiled.
let testsForLevels: [Target] = buildsForLevels.map { build in
  .testTarget(
    name: build.name + "Tests", dependencies: [.target(name: build.name), "GMMInference", "TestSupport"],
    path: build.name.replacing("GMMKernels", with: "Tests/Core/Kernels"),
    swiftSettings: [.define(build.name.hasSuffix("512") ? "GMM_AVX512" : "GMM_AVX2")])
}

// A source distribution of the Python package has no tests.
let hasTests = access("\(Context.packageDirectory)/Tests", F_OK) == 0

package.targets += buildsForLevels + (hasTests ? tests + testsForLevels : [])
