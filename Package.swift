// swift-tools-version: 6.2

import PackageDescription

/// What every target of this package is compiled with: the strict dialect, and no warning left standing.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "istio-iptables-swift",
  products: [
    .library(name: "Intercept", targets: ["Intercept"]),
    .library(name: "Netfilter", targets: ["Netfilter"]),
    .library(name: "Manifests", targets: ["Manifests"]),
    .executable(name: "istio-iptables-swift", targets: ["istio-iptables-swift"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CNetfilter",
      pkgConfig: "libnftnl libmnl",
      providers: [.apt(["libmnl-dev", "libnftnl-dev"])]
    ),
    .target(name: "Intercept", swiftSettings: strict),
    .target(name: "Manifests", dependencies: ["Intercept"], swiftSettings: strict),
    .target(
      name: "Netfilter",
      dependencies: [
        "CNetfilter",
        "Intercept",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict + [.strictMemorySafety()]
    ),
    .executableTarget(
      name: "istio-iptables-swift",
      dependencies: [
        "Intercept",
        "Manifests",
        "Netfilter",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "TestSupport",
      dependencies: ["Intercept", .product(name: "SystemPackage", package: "swift-system")],
      path: "Tests/TestSupport",
      swiftSettings: strict
    ),
    .target(
      name: "KernelTestSupport",
      dependencies: [
        "CNetfilter", "Netfilter", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/KernelTestSupport",
      swiftSettings: strict
    ),
    .testTarget(name: "InterceptTests", dependencies: ["Intercept", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ManifestsTests", dependencies: ["Manifests", "Intercept", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "NetfilterTests",
      dependencies: [
        "Netfilter",
        "Intercept",
        "CNetfilter",
        "KernelTestSupport",
        "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "istio-iptables-swift",
        "Manifests",
        "Netfilter",
        "Intercept",
        "CNetfilter",
        "KernelTestSupport",
        "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6]
)
