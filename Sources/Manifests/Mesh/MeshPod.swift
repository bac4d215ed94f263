import Intercept

/// A pod as a part of a mesh.
struct MeshPod: Sendable {
  /// Whether a pod is in the mesh.
  enum Membership: Int, Comparable, Sendable {
    /// It is not: no proxy is in it and none will be.
    case outside
    /// Nothing says so or otherwise.
    case possible
    /// It will be: something about it asks for a proxy, or speaks to one.
    case expected
    /// The proxy is in it.
    case injected

    static func < (left: Membership, right: Membership) -> Bool { left.rawValue < right.rawValue }
  }

  let pod: Pod
  let membership: Membership
  let proxy: ProxyConfig?
  /// What its rules capture; nil where it has none, or nobody can tell which.
  let traffic: PodTraffic?
  /// Why Istio's injector refuses it, or would.
  let refusals: [String]

  init(_ pod: Pod, _ mesh: MeshValues, namespace labels: [String: String], assumesInjection: Bool) {
    self.pod = pod
    let found = Membership(pod, namespace: labels)
    membership = found == .possible && assumesInjection ? .expected : found
    let read = Result { () throws(ManifestError) in try Self.read(pod, mesh, isOutside: found == .outside) }
    switch read {
    case .success(let (proxy, traffic)):
      self.proxy = proxy
      refusals = traffic?.problems ?? []
      self.traffic = refusals.isEmpty ? traffic : nil
    case .failure(let error):
      proxy = nil
      traffic = nil
      refusals = [error.description]
    }
  }

  private static func read(_ pod: Pod, _ mesh: MeshValues, isOutside: Bool) throws(ManifestError) -> (
    ProxyConfig, PodTraffic?
  ) {
    let proxy = try ProxyConfig(mesh, pod)
    guard !isOutside, try Injector(pod, mesh).mode.text != "NONE" else { return (proxy, nil) }
    return (proxy, PodTraffic(try PodOptions(pod, mesh)))
  }
}

extension MeshPod.Membership {
  /// Namespaces of the cluster's own, which the injector passes by.
  static let systemNamespaces: Set<String> = ["kube-system", "kube-public", "kube-node-lease"]

  init(_ pod: Pod, namespace: [String: String]) {
    if pod.proxy != nil {
      self = pod.appContainers.isEmpty ? .outside : .injected
    } else if pod.usesHostNetwork || pod.refusesInjection || pod.isLive
      || Self.systemNamespaces.contains(pod.object.namespace)
    {
      self = .outside
    } else {
      let asks = pod.labels["sidecar.istio.io/inject"] == "true" || pod.labels["istio.io/rev"] != nil
      let isInjected = namespace["istio-injection"] == "enabled" || namespace["istio.io/rev"] != nil
      self = asks || isInjected || !pod.annotations.isEmpty ? .expected : .possible
    }
  }
}
