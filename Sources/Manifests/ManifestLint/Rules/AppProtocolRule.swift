import Intercept
import KubernetesObjects
import MeshModel

struct AppProtocolRule: LintRule {
  let name = "app-protocol"
  let documentation = """
    A TCP port of a Service whose name and appProtocol declare different protocols, or whose appProtocol is unknown to \
    Istio. appProtocol takes precedence, even if it is unknown.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.list.services.filter { !mesh.isSystemService($0) }.flatMap { service in
      service.ports.compactMap { finding(service, $0) }
    }
  }

  private func finding(_ service: Service, _ port: ServicePort) -> Finding? {
    guard port.transport == "TCP", let appProtocol = port.appProtocol?.onOneLine else { return nil }
    let (named, effective) = (PortProtocol(word: port.name), PortProtocol(port))
    guard named != .unknown, !areCompatible(named, effective) else { return nil }
    let name = port.name.onOneLine
    guard effective != .unknown else {
      return Finding(
        service.object, port: port.number,
        "port \(port.number) is named '\(name)', but its appProtocol '\(appProtocol)' is unknown to Istio",
        effect: "appProtocol takes precedence: the proxy detects the protocol from the first bytes",
        remedy: "remove the appProtocol, or set it to the protocol of the name: \(named.portName)")
    }
    return Finding(
      service.object, port: port.number,
      "port \(port.number) is named '\(name)', but its appProtocol '\(appProtocol)' means \(effective.rawValue)",
      effect: "appProtocol takes precedence: the proxy treats the port as \(effective.rawValue)",
      remedy: """
        name the port \(effective.portName) or \(effective.portName)-..., or remove the appProtocol if the port is \
        \(named.rawValue)
        """)
  }

  /// Returns true if the proxy treats both protocols alike, or one is plain TCP under the other.
  private func areCompatible(_ one: PortProtocol, _ other: PortProtocol) -> Bool {
    let alike: [Set<PortProtocol>] = [
      [.http2, .grpc, .grpcWeb], [.https, .tls], [.tcp, .mongo], [.tcp, .redis], [.tcp, .mysql],
    ]
    return one == other || alike.contains { $0.contains(one) && $0.contains(other) }
  }
}
