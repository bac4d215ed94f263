import Intercept

struct InboundPortLeftOutRule: LintRule {
  let name = "inbound-port-left-out"
  let documentation = """
    A TCP port of an app's container that is not in the list of included inbound ports, where there is one. A port that \
    is excluded as well passes: somebody has thought of it.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(from: .possible) { member, traffic in
      guard traffic.inbound.ranges != nil else { return [] }
      return member.pod.appContainers.flatMap { container in
        container.ports.filter { port in
          port.transport == "TCP" && !traffic.inbound.contains(port.number)
            && !traffic.excludedInbound.contains(port.number)
        }.map { finding(member, container, $0.number, traffic.inbound) }
      }
    }
  }

  private func finding(_ member: MeshPod, _ container: Container, _ port: Port, _ list: CapturedPorts.Ports)
    -> Finding
  {
    let listed = (list.ranges ?? []).map(\.text).sentence
    return Finding(
      member.pod.object, port: port,
      "container \(container.name) has port \(port), which \(list.name) leaves out (\(listed))",
      effect:
        "connections to it do not go through the proxy: no mTLS - a client in the mesh that sends it fails - and no policy",
      remedy: "add \(port) to \(list.name), or say in excludeInboundPorts that it is meant")
  }
}
