// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that its sanitizer flags apply to no other build. `Fuzz/run` builds and runs it.
let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "istio-iptables-swift", path: "..")],
  targets: [
    .executableTarget(
      name: "FuzzIptablesText",
      dependencies: [.product(name: "Intercept", package: "istio-iptables-swift")]
    )
  ],
  swiftLanguageModes: [.v6]
)
