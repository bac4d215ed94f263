// swift-tools-version: 6.2

import PackageDescription

/// The settings of every target of this package: the strict dialect, and warnings as errors.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// The layers of the kernel side, from the lowest to the highest: the folders of Sources/Netfilter.
let kernelLayers: [Target.Dependency] = [
  "Netlink", "NFTables", "RouteNetlink", "Namespaces", "Sockets", "Conntrack",
  "RuleEncoding", "KernelRules", "KernelTrace", "Probes",
]

extension Target {
  /// A layer of a product: a target in a folder of the product's, which imports only the layers that it is `on`.
  static func layer(_ name: String, of product: String = "Intercept", on layers: [Target.Dependency])
    -> Target
  {
    .target(name: name, dependencies: layers, path: "Sources/\(product)/\(name)", swiftSettings: strict)
  }

  /// A layer of the kernel side, and the layers that it may import.
  static func kernelLayer(_ name: String, on layers: [Target.Dependency] = []) -> Target {
    .target(
      name: name,
      dependencies: layers + ["CNetfilter", .product(name: "SystemPackage", package: "swift-system")],
      path: "Sources/Netfilter/\(name)", swiftSettings: strict + [.strictMemorySafety()])
  }
}

let package = Package(
  name: "istio-iptables-swift",
  products: [
    .library(name: "Intercept", targets: ["Intercept"]),
    .library(name: "Netfilter", targets: ["Netfilter"]),
    .library(name: "Manifests", targets: ["Manifests"]),
    .library(name: "CNIPlugin", targets: ["CNIPlugin"]),
    .library(name: "Installation", targets: ["Installation"]),
    .library(name: "NodeInstallation", targets: ["NodeInstallation"]),
    .library(name: "PodDecisions", targets: ["PodDecisions"]),
    .executable(name: "istio-iptables", targets: ["istio-iptables"]),
    .executable(name: "istio-iptables-swift", targets: ["istio-iptables-swift"]),
    .executable(name: "istio-cni-swift", targets: ["istio-cni-swift"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    .systemLibrary(name: "CNetfilter"),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "TextOutput", swiftSettings: strict),
    .target(name: "Archives", dependencies: ["CZlib"], swiftSettings: strict + [.strictMemorySafety()]),
    .layer("NetworkValues", on: []),
    .layer("RuleModel", on: ["NetworkValues"]),
    .layer("IptablesText", on: ["LogText", "NetworkValues", "RuleModel", "TextOutput"]),
    .layer("NftablesModel", on: ["NetworkValues", "RuleModel"]),
    .layer(
      "NftablesRuleset", on: ["NetworkValues", "RuleModel", "NftablesModel", "TextOutput"]),
    .layer("MeshRules", on: ["NetworkValues", "RuleModel", "NftablesModel"]),
    .layer("MeshOptions", on: ["NetworkValues", "MeshRules", "TextOutput"]),
    .layer(
      "RuleAnalysis",
      on: [
        "NetworkValues", "RuleModel", "NftablesModel", "MeshRules", "MeshOptions",
        "TextOutput",
      ]),
    .layer(
      "PacketTrace", on: ["NetworkValues", "RuleModel", "NftablesRuleset", "TextOutput"]),
    .layer("ProxyConfig", on: ["NetworkValues", "PacketTrace", "TextOutput"]),
    .layer("LogText", on: ["NetworkValues"]),
    .layer("CaptureFile", on: ["NetworkValues", "PacketTrace"]),
    .layer("AccessLog", on: ["NetworkValues", "LogText", "PacketTrace", "ProxyConfig", "TextOutput"]),
    .layer(
      "Intercept",
      on: [
        "NetworkValues", "RuleModel", "IptablesText", "NftablesModel", "NftablesRuleset", "MeshRules",
        "MeshOptions", "RuleAnalysis", "PacketTrace", "ProxyConfig", "LogText", "AccessLog", "TextOutput",
      ]),
    .target(
      name: "Pictures",
      dependencies: ["NetworkValues", "NftablesRuleset", "PacketTrace", "RuleModel", "TextOutput"],
      swiftSettings: strict),
    .target(
      name: "Inspection", dependencies: ["Intercept", "Pictures", "TextOutput"], swiftSettings: strict),
    .target(
      name: "YAMLEvents", dependencies: ["CYAML"], path: "Sources/Manifests/YAMLEvents",
      swiftSettings: strict + [.strictMemorySafety()]),
    .layer("JSONText", of: "Manifests", on: ["TextOutput"]),
    .layer("ManifestText", of: "Manifests", on: ["Intercept", "TextOutput", "YAMLEvents", "JSONText"]),
    .layer("KubernetesObjects", of: "Manifests", on: ["Intercept", "TextOutput", "ManifestText"]),
    .layer("SidecarInjection", of: "Manifests", on: ["Intercept", "ManifestText", "KubernetesObjects"]),
    .layer(
      "MeshModel", of: "Manifests",
      on: ["Intercept", "ManifestText", "KubernetesObjects", "SidecarInjection"]),
    .layer(
      "MeshListeners", of: "Manifests",
      on: ["Intercept", "ManifestText", "KubernetesObjects", "SidecarInjection", "MeshModel"]),
    .layer(
      "ManifestLint", of: "Manifests",
      on: ["Intercept", "TextOutput", "ManifestText", "KubernetesObjects", "SidecarInjection", "MeshModel"]),
    .layer(
      "Manifests", of: "Manifests",
      on: [
        "ManifestText", "KubernetesObjects", "SidecarInjection", "MeshModel", "MeshListeners", "ManifestLint",
      ]),
    .kernelLayer("Netlink"),
    .kernelLayer("NFTables", on: ["Netlink"]),
    .kernelLayer("RouteNetlink", on: ["Netlink", "NetworkValues"]),
    .kernelLayer("Namespaces", on: ["Intercept", "Netlink", "RouteNetlink"]),
    .kernelLayer("Sockets", on: ["Intercept", "Netlink", "RouteNetlink", "Namespaces"]),
    .kernelLayer("Conntrack", on: ["Intercept", "Netlink"]),
    .kernelLayer("RuleEncoding", on: ["Intercept", "Netlink", "NFTables"]),
    .kernelLayer(
      "KernelRules",
      on: [
        "Intercept", "Netlink", "NFTables", "RouteNetlink", "Namespaces", "Sockets", "RuleEncoding",
        "TextOutput",
      ]),
    .kernelLayer(
      "KernelTrace", on: ["Intercept", "Netlink", "NFTables", "RouteNetlink", "RuleEncoding", "KernelRules"]),
    .kernelLayer("Probes", on: ["Intercept", "Netlink", "RouteNetlink", "Sockets"]),
    .kernelLayer("Netfilter", on: kernelLayers),
    .target(
      name: "InputText", dependencies: ["Intercept", "Manifests", "TextOutput"], swiftSettings: strict),
    .layer(
      "CNIPlugin", of: "NodeAgent",
      on: ["Intercept", "TextOutput", "JSONText", "ManifestText", "KubernetesObjects"]),
    .layer("PodDecisions", of: "NodeAgent", on: ["CNIPlugin", "Intercept", "JSONText"]),
    .layer(
      "LocalSocket", of: "NodeAgent", on: [.product(name: "SystemPackage", package: "swift-system")]),
    .layer(
      "RuntimeClient", of: "NodeAgent",
      on: ["Intercept", "JSONText", "LocalSocket", .product(name: "SystemPackage", package: "swift-system")]),
    .layer(
      "NodeInstallation", of: "NodeAgent",
      on: ["TextOutput", "JSONText", .product(name: "SystemPackage", package: "swift-system")]),
    .target(name: "CArguments"),
    .target(
      name: "Installation",
      dependencies: [
        "Intercept",
        "Netfilter",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "RuleCommands",
      dependencies: [
        "CArguments", "Installation", "Intercept", "JSONText", "KubernetesObjects", "ManifestText",
        "Netfilter",
        "SidecarInjection", "TextOutput",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "istio-iptables", dependencies: ["Intercept", "RuleCommands", "TextOutput"], swiftSettings: strict
    ),
    .executableTarget(
      name: "istio-cni-swift",
      dependencies: [
        "CNIPlugin", "Installation", "Intercept", "JSONText", "LocalSocket", "Netfilter", "TextOutput",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "istio-iptables-swift",
      dependencies: [
        "Archives",
        "CaptureFile",
        "InputText",
        "Inspection",
        "Installation",
        "Intercept",
        "Manifests",
        "Netfilter",
        "Pictures",
        "NodeInstallation",
        "PodDecisions",
        "RuleCommands",
        "RuntimeClient",
        "TextOutput",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
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
    .testTarget(name: "TextOutputTests", dependencies: ["TextOutput"], swiftSettings: strict),
    .testTarget(
      name: "NftablesRulesetTests",
      dependencies: ["NftablesRuleset", "NftablesModel", "NetworkValues", "RuleModel"],
      swiftSettings: strict),
    .testTarget(
      name: "ForeignTableTests", dependencies: ["Intercept", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ForeignTableKernelTests",
      dependencies: [
        "Netfilter", "Netlink", "NFTables", "RuleEncoding", "KernelRules", "Intercept", "KernelTestSupport",
        "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "InterceptTests", dependencies: ["Inspection", "Intercept", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "RulesTextTests", dependencies: ["Intercept", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ProxyConfigTests", dependencies: ["Intercept", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "AccessLogTests",
      dependencies: ["AccessLog", "LogText", "NetworkValues", "PacketTrace", "ProxyConfig"],
      swiftSettings: strict),
    .testTarget(name: "ArchivesTests", dependencies: ["Archives", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "CaptureFileTests",
      dependencies: ["CaptureFile", "NetworkValues", "PacketTrace"],
      swiftSettings: strict),
    .testTarget(
      name: "ManifestsTests",
      dependencies: ["Manifests", "KubernetesObjects", "ManifestText", "Intercept", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "NodeInstallationTests",
      dependencies: [
        "NodeInstallation", "JSONText", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "RuntimeClientTests",
      dependencies: [
        "RuntimeClient", "Intercept", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CNIPluginTests", dependencies: ["CNIPlugin", "JSONText", "Intercept", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "NetfilterTests",
      dependencies: [
        "Netfilter", "Netlink", "NFTables", "RuleEncoding", "KernelRules", "Namespaces", "Sockets", "Probes",
        "Intercept",
        "CNetfilter",
        "KernelTestSupport",
        "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "ConntrackTests",
      dependencies: [
        "Conntrack", "Sockets", "Namespaces", "Netlink", "Netfilter", "Intercept", "CNetfilter",
        "KernelTestSupport", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "PicturesTests",
      dependencies: ["Pictures", "Intercept", "TestSupport", "TextOutput"], swiftSettings: strict),
    .testTarget(
      name: "InspectionTests", dependencies: ["Inspection", "Intercept", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "DoctorTests",
      dependencies: [
        "istio-iptables-swift", "RuleCommands", "Netfilter", "Intercept", "KernelTestSupport", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "InstallationTests",
      dependencies: [
        "Installation", "Intercept", "Netfilter", "Sockets", "KernelTestSupport", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "istio-iptables-swift", "istio-iptables",
        "InputText",
        "Installation",
        "RuleCommands",
        "Manifests",
        "ManifestText",
        "Netfilter",
        "Intercept",
        "CNetfilter",
        "KernelTestSupport",
        "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6]
)

extension Package {
  /// Removes the targets that a test target does not need, directly or through others.
  func keep(neededBy tests: String) {
    var needed: Set<String> = []
    var open = [tests]
    while let name = open.popLast() {
      guard needed.insert(name).inserted, let target = targets.first(where: { $0.name == name }) else {
        continue
      }
      open += target.dependencies.compactMap { dependency in
        switch dependency {
        case .targetItem(let name, _), .byNameItem(let name, _): name
        default: nil
        }
      }
    }
    targets.removeAll { !needed.contains($0.name) }
    products = []
  }
}

// scripts/sanitize compiles one suite of tests, not the whole package.
if let tests = Context.environment["ONLY_TESTS"] { package.keep(neededBy: tests) }
// Only Fuzz/run links libFuzzer.
if Context.environment["FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "Archives", "CNetfilter", "Intercept", "Manifests", "InputText", "CaptureFile", "LogText",
        "ManifestText",
        "JSONText", "TextOutput", "CNIPlugin", "NodeInstallation",
        "Netlink", "NFTables", "RouteNetlink", "Sockets", "Conntrack", "KernelRules", "Netfilter",
      ],
      path: "Fuzz/Sources", swiftSettings: strict))
}
