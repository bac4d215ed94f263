// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "istio-iptables-swift", path: "..")],
  targets: [
    .systemLibrary(name: "CNamespaces"),
    .executableTarget(name: "process-benchmark", dependencies: ["CNamespaces"]),
    .executableTarget(
      name: "trace-benchmark",
      dependencies: [.product(name: "Intercept", package: "istio-iptables-swift")])
  ],
  swiftLanguageModes: [.v6]
)
