import Intercept

struct ProbeRule: LintRule {
  let name = "probe-not-rewritten"
  let documentation = """
    An HTTP probe that Istio does not rewrite, because the pod (sidecar.istio.io/rewriteAppHTTPProbers) or the mesh \
    says so, or because an injected pod still has the probe of before. Rewritten, probes go to the proxy's agent, which \
    asks the app. A probe of a port that is not captured passes.
    """

  private static let annotation = "sidecar.istio.io/rewriteAppHTTPProbers"

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(from: .expected) { member, traffic in
      guard member.membership == .injected || !rewrites(member.pod, mesh) else { return [] }
      return member.pod.appContainers.flatMap { container in
        container.probes.filter { isCaptured($0, container, traffic) }.map { finding(member, container, $0) }
      }
    }
  }

  private func rewrites(_ pod: Pod, _ mesh: Mesh) -> Bool {
    pod.annotations[Self.annotation].flatMap(Bool.init(goText:)) ?? (mesh.values[.rewriteProbes] != "false")
  }

  /// Whether the kubelet's question goes to the proxy. What Istio has rewritten goes to its agent's port.
  private func isCaptured(_ probe: Probe, _ container: Container, _ traffic: CapturedPorts) -> Bool {
    guard !probe.path.hasPrefix("/app-health/") else { return false }
    switch probe.port {
    case .number(let number): return traffic.captures(number)
    case .name(let name):
      return container.ports.first { $0.name == name }.map { traffic.captures($0.number) } ?? true
    }
  }

  private func finding(_ member: MeshPod, _ container: Container, _ probe: Probe) -> Finding {
    Finding(
      member.pod.object,
      "the \(probe.field) of container \(container.name) asks the app itself (\(probe.path.onOneLine))",
      effect:
        "the kubelet has no certificate: with strict mTLS the proxy refuses it, and the pod is never ready or is restarted",
      remedy: "let Istio rewrite the probes: set \(Self.annotation) to true or leave it out")
  }
}
