import CNIPlugin
public import Intercept
import JSONText

/// The plugin's decisions about pods, for programs that see a pod later than the plugin does.
public struct PluginPolicy: Sendable {
  private let configuration: PluginConfiguration
  private let defaults: [String: String]

  /// - Parameters:
  ///   - excludedNamespaces: namespaces whose pods get no rules.
  ///   - agentNamespace: the namespace of the agent's own pods.
  ///   - usesNativeRules: true for rules of nftables form.
  ///   - proxyDefaults: variables of proxies that are not known otherwise.
  /// - Throws: an error of the plugin for a configuration that it refuses.
  public init(
    excludedNamespaces: [String], agentNamespace: String, usesNativeRules: Bool,
    proxyDefaults: [String: String]
  ) throws {
    let namespaces = excludedNamespaces.map(\.jsonString).joined(separator: ",")
    let entry = #"""
      {"cniVersion":"1.0.0","exclude_namespaces":[\#(namespaces)],"pod_namespace":\#(agentNamespace.jsonString),
      "native_nftables":\#(usesNativeRules)}
      """#
    configuration = try PluginConfiguration(Array(entry.utf8))
    defaults = proxyDefaults
  }

  /// A pod as the container runtime knows it.
  public struct Pod: Sendable {
    public var namespace: String
    public var name: String
    public var annotations: [String: String]
    public var labels: [String: String]
    /// The proxy's variables, its role and its user and group; nil if the container does not exist yet.
    public var proxy: Proxy?
    /// The pod's addresses, which determine the families.
    public var addresses: [IPAddress]

    public init(
      namespace: String, name: String, annotations: [String: String], labels: [String: String],
      proxy: Proxy?, addresses: [IPAddress]
    ) {
      self.namespace = namespace
      self.name = name
      self.annotations = annotations
      self.labels = labels
      self.proxy = proxy
      self.addresses = addresses
    }
  }

  /// The proxy's container.
  public struct Proxy: Sendable {
    public var type: String?
    public var environment: [String: String]
    public var user: UInt32?
    public var group: UInt32?

    public init(type: String?, environment: [String: String], user: UInt32?, group: UInt32?) {
      self.type = type
      self.environment = environment
      self.user = user
      self.group = group
    }
  }

  /// The decision about a pod.
  public enum Decision: Sendable {
    /// The pod gets no rules; the reason.
    case skip(String)
    case redirect(Configuration, RunOptions)
  }

  /// Decides about a pod.
  ///
  /// - Parameters:
  ///   - pod: the pod. Its texts are untrusted.
  ///   - facts: the names of users, and the addresses of the namespace if the pod has none.
  /// - Throws: `InvalidOptions` with every annotation that is wrong.
  public func decision(_ pod: Pod, facts: some HostFacts) throws(InvalidOptions) -> Decision {
    let known = pluginPod(pod)
    if let reason = reasonAgainstRules(pod, known) { return .skip(reason) }
    let rules = try PodRules(known, pod.addresses, isNative: configuration.usesNativeRules, facts: facts)
    return .redirect(rules.configuration, rules.run)
  }

  /// The options of a pod's rules, before they are read.
  public enum PodOptions: Sendable {
    /// The pod gets no rules; the reason.
    case none(String)
    case given(GivenOptions)
  }

  /// Returns the options that the plugin derives for a pod.
  public func options(of pod: Pod) -> PodOptions {
    let known = pluginPod(pod)
    if let reason = reasonAgainstRules(pod, known) { return .none(reason) }
    return .given(GivenOptions(known, pod.addresses, isNative: configuration.usesNativeRules))
  }

  private func pluginPod(_ pod: Pod) -> PluginPod {
    var known = PluginPod(annotations: pod.annotations, defaults: defaults)
    known.labels = pod.labels
    if let proxy = pod.proxy {
      known.proxyType = proxy.type ?? known.proxyType
      known.environment.merge(proxy.environment) { $1 }
      known.proxyUser = proxy.user ?? known.proxyUser
      known.proxyGroup = proxy.group ?? known.proxyGroup
    }
    return known
  }

  /// The reason for which a pod gets no rules; nil if it gets some.
  private func reasonAgainstRules(_ pod: Pod, _ known: PluginPod) -> String? {
    guard
      let arguments = try? KubernetesArguments("K8S_POD_NAMESPACE=\(pod.namespace);K8S_POD_NAME=\(pod.name)"),
      arguments.namespace == pod.namespace, arguments.name == pod.name
    else { return "its name is not a valid Kubernetes name" }
    if let reason = PodDecision.beforeReading(arguments, configuration) { return reason.description }
    switch PodDecision(known, configuration) {
    case .skip(let reason): return reason.description
    case .redirect: return nil
    }
  }
}
