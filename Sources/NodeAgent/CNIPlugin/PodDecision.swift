import Intercept
import KubernetesObjects
import TextOutput

/// The decision about a pod's rules, by the conditions of Istio's plugin in its order.
public enum PodDecision: Hashable, Sendable {
  case redirect
  case skip(SkipReason)
}

/// The reason for which a pod gets no rules.
public enum SkipReason: Hashable, Sendable {
  /// The node agent itself, which must start without the plugin's help.
  case ownAgent
  /// The request names no pod of Kubernetes.
  case notKubernetes
  case excludedNamespace(String)
  /// The ambient mesh's agent installs the pod's rules.
  case ambient
  /// The container `istio-init` installs the rules.
  case initContainer
  /// The proxy's variable DISABLE_ENVOY is true.
  case envoyDisabled
  case noProxy
  /// The proxy belongs to no application, as in a gateway.
  case otherProxyType(String)
  case injectionDisabled
  case notInjected
  /// The pod's interception mode is NONE.
  case noInterception
}

extension SkipReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ownAgent: "it is a pod of the node agent"
    case .notKubernetes: "CNI_ARGS names no pod of Kubernetes"
    case .excludedNamespace(let name): "namespace \(name.onOneLine) is excluded (exclude_namespaces)"
    case .ambient: "it is in an ambient mesh"
    case .initContainer: "its container \(IstioContainer.initialization) installs the rules"
    case .envoyDisabled: "its proxy does not run Envoy (DISABLE_ENVOY)"
    case .noProxy: "it has no container \(IstioContainer.proxy)"
    case .otherProxyType(let type): "its proxy is a \(type.onOneLine), not a sidecar"
    case .injectionDisabled: "\(IstioLabel.inject) is false"
    case .notInjected: "it is not injected (no annotation \(IstioAnnotation.status))"
    case .noInterception: "its interception mode is NONE"
    }
  }
}

extension PodDecision {
  /// The prefixes of the names of the agents' pods: Istio's DaemonSet and this project's.
  private static let agentPods = ["istio-cni-node-", "istio-cni-swift-"]

  /// Decides by the request and the configuration alone; nil if the pod must be read.
  public static func beforeReading(
    _ arguments: KubernetesArguments, _ configuration: PluginConfiguration
  ) -> SkipReason? {
    if arguments.namespace == configuration.agentNamespace,
      agentPods.contains(where: arguments.name.hasPrefix)
    {
      return .ownAgent
    }
    guard arguments.areComplete else { return .notKubernetes }
    return configuration.excludedNamespaces.contains(arguments.namespace)
      ? .excludedNamespace(arguments.namespace) : nil
  }

  /// Decides by the pod.
  public init(_ pod: PluginPod, _ configuration: PluginConfiguration) {
    self = Self.reason(pod, configuration).map(Self.skip) ?? .redirect
  }

  private static func reason(_ pod: PluginPod, _ configuration: PluginConfiguration) -> SkipReason? {
    if configuration.isAmbientEnabled, !pod.isInjected,
      configuration.ambientSelectors.contains(where: { $0.selects(pod.labels, in: pod.namespaceLabels) })
    {
      return .ambient
    }
    if pod.containers?.contains(IstioContainer.initialization) == true { return .initContainer }
    if pod.environment["DISABLE_ENVOY"].flatMap(Bool.init(goText:)) == true { return .envoyDisabled }
    if pod.containers?.contains(IstioContainer.proxy) == false { return .noProxy }
    if let type = pod.proxyType, !type.isEmpty, type != "sidecar" { return .otherProxyType(type) }
    let inject = pod.labels[IstioLabel.inject] ?? pod.annotations[IstioAnnotation.inject] ?? ""
    if Bool(goText: inject) == false { return .injectionDisabled }
    if !pod.isInjected { return .notInjected }
    return pod.annotations[IstioAnnotation.interceptionMode] == "NONE" ? .noInterception : nil
  }
}
