import Intercept
import KubernetesObjects
import MeshModel

struct IstioPortRule: LintRule {
  let name = "istio-port"
  let severity = Severity.error
  let documentation = """
    A port of an app container that Istio uses: 15000 to 15010, 15020, 15021, 15053, 15090. The proxy or its agent \
    listens there.
    """

  private static let ranges: [PortRange] = [
    15000...15010, 15020...15021, PortRange(15053), PortRange(15090),
  ]

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(atLeast: .undetermined) { pod, _ in
      pod.pod.appContainers.flatMap { container in
        container.ports.map(\.number).filter { number in Self.ranges.contains { $0.contains(number) } }.map {
          Finding(
            pod.pod.object, port: $0,
            "container \(container.name) has port \($0), which Istio uses",
            effect:
              "the proxy or its agent listens on that port too: one of the two fails to start or gets no connections",
            remedy: "let the app listen on a port outside 15000-15090")
        }
      }
    }
  }
}
