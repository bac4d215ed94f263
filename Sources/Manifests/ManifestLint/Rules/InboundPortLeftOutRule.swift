import Intercept
import KubernetesObjects
import ManifestText
import MeshModel

struct InboundPortLeftOutRule: LintRule {
  let name = "inbound-port-left-out"
  let documentation = """
    A TCP port of an app container that the list of included inbound ports lacks. A port that is also excluded is not \
    reported, because its omission is intended.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(atLeast: .undetermined) { pod, captured in
      guard captured.inbound.ranges != nil else { return [] }
      return pod.pod.appContainers.flatMap { container in
        container.ports.filter { port in
          port.transport == "TCP" && !captured.inbound.contains(port.number)
            && !captured.excludedInbound.contains(port.number)
        }.map { finding(pod, container, $0.number, captured) }
      }
    }
  }

  private func finding(_ pod: MeshPod, _ container: Container, _ port: Port, _ captured: CapturedPorts)
    -> Finding
  {
    let included = captured.inbound
    let listed = (included.ranges ?? []).map(\.text)
    return Finding(
      pod.pod.object, port: port,
      "container \(container.name) has port \(port), which \(included.name) lacks"
        + (listed.isEmpty ? "" : " (\(listed.sentence))"),
      effect: """
        connections to it bypass the proxy: policies do not apply, and connections with mTLS from clients in the mesh \
        fail
        """,
      remedy: """
        add \(port) to \(included.name), or to \(captured.excludedInbound.name) if the omission is intended
        """)
  }
}
