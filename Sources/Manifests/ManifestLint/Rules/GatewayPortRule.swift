import Intercept
import KubernetesObjects
import ManifestText
import MeshModel

struct GatewayPortRule: LintRule {
  let name = "gateway-port"
  let documentation = """
    A port of a Gateway that no Service of the gateway's pods exposes, and no port of the node: the proxy listens, but no \
    connection can reach it. If a Service leads to a named port that no pod in the list has, any port may be exposed, and \
    nothing is reported. Also a Gateway whose selector matches nothing, if the list contains pods. The gateways of \
    Istio's own installation (istio=ingressgateway) are missed only in a list with the control plane.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    var known: [[String: String]: ReachablePorts] = [:]
    return mesh.list.gateways.flatMap { gateway in
      let backend = mesh.gatewayServices.backend(of: gateway.object)
      if backend.services.isEmpty, backend.pods.isEmpty { return unmatched(gateway, mesh) }
      let reachable = known[gateway.selector] ?? ReachablePorts(backend, mesh)
      known[gateway.selector] = reachable
      var seen: Set<Port> = []
      return gateway.servers.filter { !reachable.mayContain($0.number) && seen.insert($0.number).inserted }
        .map { finding(gateway, $0, backend) }
    }
  }

  private func finding(_ gateway: Gateway, _ server: GatewayServer, _ backend: GatewayServices.Backend)
    -> Finding
  {
    let service = backend.services.first
    let exposed = backend.services.map {
      "\($0.object.path) exposes \($0.ports.map(\.number.description).sentence)"
    }
    return Finding(
      gateway.object, port: server.number,
      "no Service of the gateway's pods exposes port \(server.number) (\(server.protocolName.onOneLine))"
        + (exposed.isEmpty ? "" : ": \(exposed.sentence)"),
      effect: "the proxy listens on \(server.number), but no connection from outside can reach it",
      remedy: service.map { "add port \(server.number) to Service \($0.object.path)" }
        ?? "add a Service with port \(server.number) that selects the gateway's pods",
      others: backend.services.map(\.object))
  }

  private func unmatched(_ gateway: Gateway, _ mesh: Mesh) -> [Finding] {
    guard !mesh.list.pods.isEmpty, !gateway.selector.isEmpty else { return [] }
    guard !gateway.selectsInstalledGateway || mesh.includesControlPlane else { return [] }
    let labels = gateway.selector.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)".onOneLine }
    return [
      Finding(
        gateway.object, "its selector matches no pod and no Service: \(labels.joined(separator: ", "))",
        effect: "no proxy listens on its ports",
        remedy: "set the selector to labels of the gateway's pods (kubectl get pods -A --show-labels)")
    ]
  }
}

extension Gateway {
  /// True if it selects a gateway that Istio's installation creates, which the manifests of apps do not contain.
  fileprivate var selectsInstalledGateway: Bool {
    ["ingressgateway", "egressgateway", "eastwestgateway"].contains(selector["istio"])
  }
}

/// The ports on which a gateway's proxy can be reached: those of Services, their target ports, and the node's.
private struct ReachablePorts {
  private var ports: Set<Port> = []
  /// True if a Service leads to a named port whose number is unknown.
  private var hasUnknownPort = false

  init(_ backend: GatewayServices.Backend, _ mesh: Mesh) {
    for service in backend.services {
      for port in service.ports where port.transport == "TCP" {
        let target = mesh.podPort(of: port, in: service)
        hasUnknownPort = hasUnknownPort || target == nil
        ports.formUnion([port.number, target].compactMap(\.self))
      }
    }
    for pod in backend.pods {
      let declared = pod.runningContainers.flatMap(\.ports)
      ports.formUnion(declared.filter { pod.usesHostNetwork || $0.hostPort != nil }.map(\.number))
    }
  }

  func mayContain(_ port: Port) -> Bool { hasUnknownPort || ports.contains(port) }
}
