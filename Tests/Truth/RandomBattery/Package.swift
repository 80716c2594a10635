// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that users of the library never build it. The streams are internal to their module: build
// with `-Xswiftc -enable-testing`.
let package = Package(
  name: "RandomBattery",
  dependencies: [.package(name: "libgmmswift", path: "../../..")],
  targets: [
    .executableTarget(
      name: "RandomBattery", dependencies: [.product(name: "GaussianMixtures", package: "libgmmswift")])
  ],
  swiftLanguageModes: [.v6]
)
