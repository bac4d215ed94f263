import Intercept

/// What a pod's annotations and its init container come to. The pods of a workload have the same, so that it is worked
/// out once for all of them.
struct PodInterception: Sendable {
  /// All that settings come from.
  struct Source: Hashable {
    let annotations: [String: String]
    let container: String?
    let arguments: [String]
    let environment: [String: String]
    let proxyUser: Int64?

    init(_ pod: Pod) {
      annotations = pod.annotations
      let made = pod.ruleContainer
      container = made?.name
      arguments = made?.arguments ?? []
      environment = made?.environment ?? [:]
      proxyUser = pod.proxy?.runsAs.user
    }
  }

  let proxy: ProxyConfig?
  /// What the rules capture; nil where there are none, or nobody can tell which.
  let traffic: CapturedPorts?
  /// Why Istio's injector refuses such a pod, or would.
  let refusals: [String]

  init(_ pod: Pod, _ mesh: MeshValues, _ release: IstioRelease) {
    let read = Result { () throws(ManifestError) in try Self.read(pod, mesh, release) }
    switch read {
    case .success(let (proxy, traffic)):
      self.proxy = proxy
      refusals = traffic?.problems ?? []
      self.traffic = refusals.isEmpty ? traffic : nil
    case .failure(let error):
      proxy = nil
      traffic = nil
      // It is told of with each pod's own name.
      let prefix = "\(pod.object): "
      let text = error.description
      refusals = [text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text]
    }
  }

  private static func read(
    _ pod: Pod, _ mesh: MeshValues, _ release: IstioRelease
  ) throws(ManifestError) -> (ProxyConfig, CapturedPorts?) {
    let injector = try Injector(pod, mesh, release)
    guard injector.mode.text != "NONE" else { return (injector.proxy, nil) }
    return (injector.proxy, CapturedPorts(try PodOptions(pod, injector)))
  }
}
