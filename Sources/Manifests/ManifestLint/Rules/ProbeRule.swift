import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

struct ProbeRule: LintRule {
  let name = "probe-not-rewritten"
  let documentation = """
    An HTTP probe that Istio does not rewrite, because the pod (sidecar.istio.io/rewriteAppHTTPProbers) or the mesh \
    disables it, or that an injected pod still has in its original form. Rewritten probes go to the proxy's agent, which \
    queries the app. Probes of ports that are not captured are not reported.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(atLeast: .expected) { pod, captured in
      guard pod.injectionStatus == .injected || !rewrites(pod.pod, mesh) else { return [] }
      return pod.pod.appContainers.flatMap { container in
        container.probes.filter { isCaptured($0, container, captured) }.map { finding(pod, container, $0) }
      }
    }
  }

  private func rewrites(_ pod: Pod, _ mesh: Mesh) -> Bool {
    pod.annotations[IstioAnnotation.rewriteProbes].flatMap(Bool.init(goText:))
      ?? (mesh.values[.rewriteProbes] != "false")
  }

  /// Returns true if the rules redirect the probe to the proxy. Rewritten probes go to the agent's port.
  private func isCaptured(_ probe: HTTPProbe, _ container: Container, _ captured: CapturedPorts) -> Bool {
    guard !probe.path.hasPrefix("/app-health/") else { return false }
    switch probe.port {
    case .number(let number): return captured.captures(number)
    case .name(let name):
      return container.ports.first { $0.name == name }.map { captured.captures($0.number) } ?? true
    }
  }

  private func finding(_ pod: MeshPod, _ container: Container, _ probe: HTTPProbe) -> Finding {
    Finding(
      pod.pod.object,
      "the \(probe.field) of container \(container.name) queries the app directly (\(probe.path.onOneLine))",
      effect: """
        the kubelet has no certificate: with strict mTLS the proxy rejects the probe, and the pod never becomes ready or \
        is restarted
        """,
      remedy: "let Istio rewrite the probes: set \(IstioAnnotation.rewriteProbes) to true or remove it")
  }
}
