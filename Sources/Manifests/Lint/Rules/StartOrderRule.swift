import Intercept

struct StartOrderRule: LintRule {
  let name = "start-order"
  let documentation = """
    A pod whose app may start before its proxy: it is not told to wait (holdApplicationUntilProxyStarts), and the proxy \
    is no native sidecar, which would start first. Pods that show no sign of the mesh are passed by, unless all are \
    taken to be in it (--assume-injected). From Istio 1.27 on, the control plane makes the proxy a native sidecar by \
    itself where the cluster can; a manifest that has not been injected does not show it.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(from: .expected) { member, _ in
      guard !waits(member, mesh), !member.pod.appContainers.isEmpty else { return [] }
      return [
        Finding(
          member.pod.object, "nothing makes the app wait for the proxy",
          effect:
            "what the app connects to before the proxy is ready fails: the rules are there, and nobody listens",
          remedy: """
            annotate the pod with proxy.istio.io/config: '{"holdApplicationUntilProxyStarts": true}', or make the proxy \
            a native sidecar (sidecar.istio.io/nativeSidecar: "true")
            """)
      ]
    }
  }

  private func waits(_ member: MeshPod, _ mesh: Mesh) -> Bool {
    let pod = member.pod
    if member.membership == .injected {
      return pod.initContainers.contains { $0.name == "istio-proxy" && $0.restartsAlways }
        || pod.proxy?.postStartCommand.isEmpty == false
    }
    let isNative = pod.annotations["sidecar.istio.io/nativeSidecar"] ?? mesh.values[.nativeSidecars]
    return isNative == "true" || member.proxy?.holdsApplication == true
  }
}
