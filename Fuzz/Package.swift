// swift-tools-version: 6.2

import PackageDescription

// A package of its own, so that the sanitizers it needs are nobody else's. `Fuzz/run` builds and runs it.
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
