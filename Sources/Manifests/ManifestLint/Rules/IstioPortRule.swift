import Intercept
import KubernetesObjects
import MeshModel

struct IstioPortRule: LintRule {
  let name = "istio-port"
  let severity = Severity.error
  let documentation = """
    A port of an app container that Istio uses: \(IstioPortRule.ports.map(\.description).joined(separator: ", ")). The proxy or its \
    agent listens there.
    """

  private static let ports: [Port] = [
    .envoyAdmin, .envoyOutbound, .validationProbe, .agentDebug, .envoyInbound, .hboneTunnel, .agentStatus,
    .envoyReadiness, .dnsProxy, .envoyMetrics,
  ]

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(atLeast: .undetermined) { pod, _ in
      pod.pod.appContainers.flatMap { container in
        container.ports.map(\.number).filter(Self.ports.contains).map {
          Finding(
            pod.pod.object, port: $0,
            "container \(container.name) has port \($0), which Istio uses",
            effect:
              "the proxy or its agent listens on that port too: one of the two fails to start or gets no connections",
            remedy: "let the app listen on a port outside \(Port.envoyAdmin)-\(Port.envoyMetrics)")
        }
      }
    }
  }
}
