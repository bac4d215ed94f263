import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

struct StartOrderRule: LintRule {
  let name = "start-order"
  let severity = Severity.info
  let documentation = """
    A pod whose app may start before its proxy: holdApplicationUntilProxyStarts is not set, and the proxy is not a native \
    sidecar. Pods without any sign of the mesh are skipped, unless --assume-injected is given. From Istio 1.27 on, proxies \
    are native sidecars, unless ENABLE_NATIVE_SIDECARS is false or a Node in the list has a Kubernetes older than 1.33; \
    give an older release with --istio-release.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(atLeast: .expected) { pod, _ in
      guard !waits(pod, mesh), !pod.pod.appContainers.isEmpty else { return [] }
      return [
        Finding(
          pod.pod.object, "the app does not wait for the proxy",
          effect: """
            connections that the app makes before the proxy is ready fail: the rules redirect them, but no process \
            listens
            """,
          remedy: """
            annotate the pod with \(IstioAnnotation.proxyConfig): '{"holdApplicationUntilProxyStarts": true}', or make \
            the proxy a native sidecar (\(IstioAnnotation.nativeSidecar): "true")
            """)
      ]
    }
  }

  private func usesNativeSidecar(_ pod: Pod, _ mesh: Mesh) -> Bool {
    let setting = pod.annotations[IstioAnnotation.nativeSidecar] ?? mesh.values[.nativeSidecars] ?? "auto"
    return setting == "true" || setting == "auto" && mesh.detectsNativeSidecars
  }

  private func waits(_ meshPod: MeshPod, _ mesh: Mesh) -> Bool {
    let pod = meshPod.pod
    if meshPod.injectionStatus == .injected {
      return pod.initContainers.contains { $0.name == IstioContainer.proxy && $0.restartsAlways }
        || pod.proxy?.postStartCommand.isEmpty == false
    }
    return usesNativeSidecar(pod, mesh) || meshPod.proxy?.holdsApplication == true
  }
}
