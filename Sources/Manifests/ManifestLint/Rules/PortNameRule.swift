import Intercept
import KubernetesObjects
import MeshModel

struct PortNameRule: LintRule {
  let name = "port-name"
  let severity = Severity.info
  let documentation = """
    A TCP port of a Service whose name starts with no protocol known to Istio: web, appport. Istio takes the protocol \
    from the part of the name before the first dash, unless the port has an appProtocol known to Istio. Not reported: \
    ports without a name, ports of a gateway's or waypoint's Service (the Gateway declares the protocol), and ports whose \
    number determines the protocol: 25, 53, 3306, 27017.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.list.services.filter { !mesh.isSystemService($0) && !isOfGateway($0, mesh) }
      .flatMap { service in service.ports.filter(lacksProtocol).map { finding(service, $0) } }
  }

  private func isOfGateway(_ service: Service, _ mesh: Mesh) -> Bool {
    service.belongsToKubernetesGateway || mesh.gatewayServices.contains(service.object)
  }

  private func lacksProtocol(_ port: ServicePort) -> Bool {
    port.transport == "TCP" && !port.name.isEmpty && PortProtocol(word: port.name) == .unknown
      && PortProtocol(port) == .unknown
      // The port of a gateway's health checks, as Istio's charts name it.
      && !(port.number == .envoyReadiness && port.name == "status-port")
  }

  private func finding(_ service: Service, _ port: ServicePort) -> Finding {
    let name = port.name.onOneLine
    let appProtocol =
      port.appProtocol.map { ", and its appProtocol '\($0.onOneLine)' is unknown to Istio" } ?? ""
    return Finding(
      service.object, port: port.number,
      "port \(port.number) is named '\(name)', which starts with no protocol known to Istio\(appProtocol)",
      effect: """
        the proxy detects the protocol from the first bytes of each connection: server-first protocols are delayed, and \
        the detection may be wrong
        """,
      remedy: port.appProtocol == nil
        ? "rename it to http-\(name), grpc-\(name), tls-\(name) or tcp-\(name), or add an appProtocol"
        : "set appProtocol to http, grpc, tls or tcp, or remove it and rename the port to http-\(name)"
    )
  }
}
