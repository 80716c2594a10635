// swift-tools-version: 6.1
import PackageDescription

// As a dependency, fetched by tag, a package may not pass unsafe flags; then Swift programs link the modules
// themselves, without the shared library's link policy.
let isRoot = !Context.packageDirectory.contains("/checkouts/")

let linkPolicy: [LinkerSetting] =
  isRoot
  ? [
    .unsafeFlags([
      "-static-stdlib", "-no-toolchain-stdlib-rpath", "-use-ld=lld",
      "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/gmmswift/exports.map",
      "-Xlinker", "-soname=libgmmswift.so.0",
      "-Xlinker", "-z", "-Xlinker", "nodelete",
      "-Xlinker", "--gc-sections",
    ])
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

    // MARK: Mixtures
    .target(name: "GMMModel", dependencies: ["GMMKernels"]),
    .target(name: "GMMInference", dependencies: ["GMMKernels", "GMMModel"]),

    // MARK: The Swift interface
    .target(name: "GaussianMixtures", dependencies: ["GMMModel", "GMMInference", "GMMDiagnostics"]),

    // MARK: The C boundary
    .systemLibrary(name: "CGMMSwift", path: "include"),
    .target(
      name: "GMMCABI",
      dependencies: ["CGMMSwift", "GMMKernels", "GMMModel", "GMMInference", "GMMDiagnostics", "GaussianMixtures"]),
    .target(
      name: "gmmswift", dependencies: ["GMMCABI"], exclude: ["exports.map", "install"], linkerSettings: linkPolicy),

    // MARK: Tests
    .testTarget(name: "GMMDiagnosticsTests", dependencies: ["GMMDiagnostics"]),
    .target(name: "TestSupport", dependencies: ["GMMKernels", "GMMModel", "GMMInference"], path: "Tests/Support"),
    .testTarget(name: "GMMKernelsTests", dependencies: ["GMMKernels", "TestSupport"]),
    .testTarget(name: "GMMModelTests", dependencies: ["GMMKernels", "GMMModel", "TestSupport"]),
    .testTarget(name: "GMMInferenceTests", dependencies: ["GMMInference", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
