// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "istio-iptables-swift", path: "..")],
  targets: [
    .systemLibrary(name: "CNamespaces"),
    .target(name: "Measuring", dependencies: ["CNamespaces"]),
    .executableTarget(name: "process-benchmark", dependencies: ["Measuring"]),
    .executableTarget(name: "flow-benchmark", dependencies: ["Measuring"]),
    .executableTarget(
      name: "namespaces-benchmark",
      dependencies: [
        "Measuring",
        .product(name: "Intercept", package: "istio-iptables-swift"),
        .product(name: "Netfilter", package: "istio-iptables-swift"),
      ]),
    .executableTarget(
      name: "trace-benchmark",
      dependencies: [.product(name: "Intercept", package: "istio-iptables-swift")]),
    .executableTarget(
      name: "diff-benchmark",
      dependencies: ["Measuring", .product(name: "Intercept", package: "istio-iptables-swift")]),
    .executableTarget(
      name: "lint-benchmark",
      dependencies: ["Measuring", .product(name: "Manifests", package: "istio-iptables-swift")]),
  ],
  swiftLanguageModes: [.v6]
)
