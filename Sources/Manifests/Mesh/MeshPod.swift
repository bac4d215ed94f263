import Intercept

/// A pod as a part of a mesh.
struct MeshPod: Sendable {
  let pod: Pod
  let membership: InjectionStatus
  let proxy: ProxyConfig?
  /// What its rules capture; nil where it has none, or nobody can tell which.
  let traffic: CapturedPorts?
  /// Why Istio's injector refuses it, or would.
  let refusals: [String]

  init(_ pod: Pod, _ membership: InjectionStatus, _ settings: PodInterception) {
    self.pod = pod
    self.membership = membership
    proxy = settings.proxy
    traffic = membership == .outside ? nil : settings.traffic
    refusals = membership == .outside ? [] : settings.refusals
  }

  /// Looks at all pods of a list.
  ///
  /// - Parameters:
  ///   - release: whose injector it is.
  ///   - assumesInjection: whether those that show no sign of the mesh are taken to be in it.
  static func all(
    _ list: ObjectList, _ mesh: MeshValues, release: IstioRelease, assumesInjection: Bool
  ) -> [MeshPod] {
    var known: [PodInterception.Source: PodInterception] = [:]
    func settings(of pod: Pod) -> PodInterception {
      let source = PodInterception.Source(pod)
      if let settings = known[source] { return settings }
      let settings = PodInterception(pod, mesh, release)
      known[source] = settings
      return settings
    }
    return list.pods.map { pod in
      let found = InjectionStatus(pod, namespace: list.namespaces[pod.object.namespace] ?? [:])
      let membership = found == .possible && assumesInjection ? .expected : found
      return MeshPod(pod, membership, settings(of: pod))
    }
  }
}
