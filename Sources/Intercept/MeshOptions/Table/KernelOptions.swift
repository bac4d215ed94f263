extension OptionRow {
  /// The options of a namespace and of its rules.
  static var kernelOptions: [OptionRow] {
    [
      OptionRow(
        .networkNamespace, "network-namespace", .value(.path),
        "Work in this network namespace: a path or a name.", variables: .named, in: .kernel,
        of: .inNamespace),
      OptionRow(
        .pid, "pid", .value(.pid), "Work in the network namespace of this process.", in: .kernel,
        of: .inNamespace),
      OptionRow(
        .runtimePod, "pod-name", .value("name"), "Work in the namespace of this pod: NAMESPACE/NAME.",
        in: .kernel, of: .inNamespace),
      OptionRow(
        .runtimeSocket, "cri", .value(.path), "The container runtime's socket, for --pod-name.", in: .kernel,
        of: .inNamespace),
      OptionRow(
        .nativeNftables, "native-nftables", .toggle, "Use nf_tables' own terms, in tables istio-proxy-*.",
        variables: .named, in: .kernel, of: [.apply, .print, .diff, .validate, .node], selectsRules: true),
      OptionRow(
        .forceIptablesBinary, "force-iptables-binary", .value(.oneOf("legacy", "nft")),
        "legacy: the tables of iptables-legacy.", default: "nft", variables: .named, in: .kernel,
        of: .ofRules, selectsRules: true),
      OptionRow(
        .allBackends, "all-backends", .toggle,
        "Clean nf_tables and iptables-legacy; off with --force-iptables-binary.", default: "on", in: .kernel,
        of: .clean),
    ]
  }
}
