import JSONText

/// The places on a node where the plugin is installed, and the settings of its entry.
public struct NodeSettings: Hashable, Sendable {
  /// The type of the plugin's entry, which is the name of its binary.
  public static let pluginType = "istio-cni-swift"

  /// The folder of the container runtime's plugins.
  public var binaryFolder = "/opt/cni/bin"
  /// The folder of the container runtime's network configurations.
  public var configurationFolder = "/etc/cni/net.d"
  /// The file to add the entry to; nil for the first valid one, which is the one that runtimes use.
  public var configurationName: String?
  /// False for a configuration of its own, as Multus and OpenShift need it.
  public var isChained = true
  /// The folder of the runtime's records of pods and their networks (libcni's cache).
  public var cacheFolder = "/var/lib/cni/results"
  /// The folder of the agent's socket and of the log file.
  public var runFolder = "/var/run/istio-cni"
  public var excludedNamespaces = ["kube-system"]
  /// The namespace of the agent's pods.
  public var agentNamespace = ""
  public var logLevel = "info"
  public var usesNativeRules = false
  /// Settings of proxies that neither annotations nor the agent give, such as `ISTIO_META_DNS_CAPTURE`.
  public var proxyDefaults: [String: String] = [:]

  /// Istio's defaults.
  public init() {}

  /// The path of the plugin's binary.
  public var binaryPath: String { "\(binaryFolder)/\(Self.pluginType)" }

  /// The name of a configuration that is not chained.
  var ownName: String { configurationName ?? "\(Self.pluginType).conf" }

  /// The entry as a JSON object on several lines, without the indentation of its first line.
  ///
  /// - Parameter version: the version of the specification, for a configuration of its own.
  func entry(version: String? = nil, indentation: String = "    ") -> String {
    var members: [(String, String)] = version.map { [("cniVersion", $0.jsonString)] } ?? []
    members += [
      ("type", Self.pluginType.jsonString), ("name", "istio-cni".jsonString),
      ("capabilities", #"{"io.kubernetes.cri.pod-annotations": true}"#),
      ("cni_agent_run_dir", runFolder.jsonString),
      ("exclude_namespaces", "[\(excludedNamespaces.map(\.jsonString).joined(separator: ", "))]"),
      ("pod_namespace", agentNamespace.jsonString), ("plugin_log_level", logLevel.jsonString),
    ]
    if usesNativeRules { members.append(("native_nftables", "true")) }
    if !proxyDefaults.isEmpty {
      let defaults = proxyDefaults.sorted { $0.key < $1.key }.map {
        "\($0.key.jsonString): \($0.value.jsonString)"
      }
      members.append(("proxy_defaults", "{\(defaults.joined(separator: ", "))}"))
    }
    let lines = members.map { "\(indentation)  \($0.0.jsonString): \($0.1)" }
    return "{\n\(lines.joined(separator: ",\n"))\n\(indentation)}"
  }
}
