extension OptionRow {
  /// The options of `node`.
  static var nodeOptions: [OptionRow] {
    [
      .node(
        .pluginBinary, "plugin", .value(.file), "The plugin's binary to install.",
        default: "istio-cni-swift beside this program"),
      .node(.binaryFolder, "cni-bin-dir", .value(.folder), "The folder of plugins.", default: "/opt/cni/bin"),
      .node(
        .configurationFolder, "cni-conf-dir", .value(.folder), "The folder of network configurations.",
        default: "/etc/cni/net.d"),
      .node(
        .configurationName, "cni-conf-name", .value("name"), "The configuration to add the entry to.",
        default: "the first valid one"),
      .node(
        .notChained, "standalone", .toggle, "Write a configuration of its own, for Multus and OpenShift."),
      .node(
        .cacheFolder, "cni-cache-dir", .value(.folder), "The runtime's records of pods.",
        default: "/var/lib/cni/results"),
      .node(
        .runFolder, "cni-agent-run-dir", .value(.folder), "The folder of the agent's socket and of the log.",
        default: "/var/run/istio-cni"),
      .node(
        .excludedNamespaces, "exclude-namespaces", .list("names"), "Namespaces whose pods get no rules.",
        default: "kube-system"),
      .node(.agentNamespace, "pod-namespace", .value("name"), "The namespace of the node agent's pods."),
      .node(
        .pluginLogLevel, "plugin-log-level",
        .value(.named("level", oneOf: "debug", "info", "warn", "error", "none")),
        "debug, info, warn, error or none.", default: "info"),
      .node(
        .proxyDefault, "proxy-default", .repeated("name=value"),
        "A setting of proxies that nothing else gives, such as ISTIO_META_DNS_CAPTURE=true; repeatable."),
    ]
  }
}
