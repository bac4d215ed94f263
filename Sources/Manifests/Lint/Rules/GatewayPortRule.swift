import Intercept

struct GatewayPortRule: LintRule {
  let name = "gateway-port"
  let documentation = """
    A port of a Gateway that no Service exposes which selects the gateway's pods, and no port of the node either: the \
    proxy listens, and nothing leads there. Where a Service leads to a port by a name and no pod in the list has it, that \
    may be any port, and nothing is found. And a Gateway whose selector fits nothing, where the pods are in the list.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    var known: [[String: String]: Reach] = [:]
    return mesh.list.gateways.flatMap { gateway in
      let front = mesh.gatewayServices.fronts[gateway.object] ?? .init()
      if front.services.isEmpty, front.pods.isEmpty { return adrift(gateway, mesh) }
      let reach = known[gateway.selector] ?? Reach(front, mesh)
      known[gateway.selector] = reach
      var seen: Set<Port> = []
      return gateway.servers.filter { reach.leavesOut($0.number) && seen.insert($0.number).inserted }
        .map { finding(gateway, $0, front) }
    }
  }

  private func finding(_ gateway: Gateway, _ server: GatewayServer, _ front: GatewayServices.Front) -> Finding
  {
    let service = front.services.first
    let have = front.services.map { "\($0.object.path) has \($0.ports.map(\.number.description).sentence)" }
    return Finding(
      gateway.object, port: server.number,
      "port \(server.number) (\(server.protocolName.onOneLine)) is exposed by no Service of the gateway's pods: "
        + (have.isEmpty ? "there is none" : have.sentence),
      effect:
        "the proxy listens on \(server.number), but nothing leads there: no connection from outside arrives",
      remedy: service.map { "add port \(server.number) to Service \($0.object.path)" }
        ?? "add a Service with port \(server.number) that selects the pods",
      others: front.services.map(\.object))
  }

  private func adrift(_ gateway: Gateway, _ mesh: Mesh) -> [Finding] {
    guard !mesh.list.pods.isEmpty, !gateway.selector.isEmpty else { return [] }
    let labels = gateway.selector.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)".onOneLine }
    return [
      Finding(
        gateway.object, "its selector fits no pod and no Service: \(labels.joined(separator: ", "))",
        effect: "no proxy listens on its ports",
        remedy: "give it the labels of the gateway's pods (kubectl get pods -A --show-labels)")
    ]
  }
}

/// The ports on which a gateway's proxy can be reached: those of Services, what they lead to, and those of the node.
private struct Reach {
  private var ports: Set<Port> = []
  /// Whether a Service leads to a port that nobody can tell the number of.
  private var isOpen = false

  init(_ front: GatewayServices.Front, _ mesh: Mesh) {
    for service in front.services {
      for port in service.ports where port.transport == "TCP" {
        let target = mesh.podPort(of: port, in: service)
        isOpen = isOpen || target == nil
        ports.formUnion([port.number, target].compactMap(\.self))
      }
    }
    for pod in front.pods {
      let declared = pod.runningContainers.flatMap(\.ports)
      ports.formUnion(declared.filter { pod.usesHostNetwork || $0.hostPort != nil }.map(\.number))
    }
  }

  func leavesOut(_ port: Port) -> Bool { !isOpen && !ports.contains(port) }
}
