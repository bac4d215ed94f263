extension MeshPod {
  /// Whether a pod is in the mesh.
  enum InjectionStatus: Int, Comparable, Sendable {
    /// It is not: no proxy is in it and none will be.
    case outside
    /// Nothing says so or otherwise.
    case possible
    /// It will be: something about it asks for a proxy, or speaks to one.
    case expected
    /// The proxy is in it.
    case injected

    static func < (left: InjectionStatus, right: InjectionStatus) -> Bool { left.rawValue < right.rawValue }
  }
}

extension MeshPod.InjectionStatus {
  /// Namespaces of the cluster's own, which the injector passes by.
  static let systemNamespaces: Set<String> = ["kube-system", "kube-public", "kube-node-lease"]

  /// - Parameter namespace: the labels of the pod's namespace.
  init(_ pod: Pod, namespace: [String: String]) {
    if pod.proxy != nil, pod.appContainers.isEmpty {
      // A gateway has no rules.
      self = .outside
    } else if pod.isInjected {
      self = .injected
    } else if Self.isPassedBy(pod, namespace) {
      self = .outside
    } else if Self.asks(pod, namespace) {
      self = .expected
    } else if Self.isAmbient(pod, namespace) {
      self = .outside
    } else {
      self = pod.annotations.isEmpty && pod.proxy == nil ? .possible : .expected
    }
  }

  /// Whether no injector looks at a pod, or one that does leaves it as it is. Where a namespace says anything but
  /// `enabled` of injection, no webhook selects its pods, whatever they say.
  private static func isPassedBy(_ pod: Pod, _ namespace: [String: String]) -> Bool {
    pod.usesHostNetwork || pod.refusesInjection || pod.isLive
      || systemNamespaces.contains(pod.object.namespace)
      || namespace["istio-injection"].map { $0 != "enabled" } ?? false
  }

  private static func asks(_ pod: Pod, _ namespace: [String: String]) -> Bool {
    pod.labels["sidecar.istio.io/inject"] == "true" || pod.labels["istio.io/rev"] != nil
      || namespace["istio-injection"] == "enabled" || namespace["istio.io/rev"] != nil
  }

  /// Whether a pod is in a mesh without sidecars, which gives it rules of another kind.
  private static func isAmbient(_ pod: Pod, _ namespace: [String: String]) -> Bool {
    let label = "istio.io/dataplane-mode"
    return (pod.labels[label] ?? namespace[label]) == "ambient"
  }
}
