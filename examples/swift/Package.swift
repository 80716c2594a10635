// swift-tools-version: 6.3
import PackageDescription

// Where the library is published. A mirror, or a clone on this machine, can take its place.
let repository = Context.environment["GMMSWIFT_REPOSITORY"] ?? "https://example.org/libgmmswift.git"

let package = Package(
  name: "fit-mixture",
  dependencies: [
    .package(url: repository, from: "0.1.0")
  ],
  targets: [
    .executableTarget(
      name: "fit-mixture",
      dependencies: [.product(name: "GaussianMixtures", package: "libgmmswift")]
    ),
    .executableTarget(
      name: "unknown-count",
      dependencies: [.product(name: "GaussianMixtures", package: "libgmmswift")]
    ),
  ]
)
