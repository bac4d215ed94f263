import Intercept

struct PortNameRule: LintRule {
  let name = "port-name"
  let documentation = """
    A TCP port of a Service whose name begins with no protocol that Istio knows: web, appport. Istio reads the protocol \
    from the part of the name before the first dash, unless appProtocol says it; one that Istio does not know says \
    nothing. A port without a name passes, as does one of a gateway's Service, where the Gateway says the protocol, and \
    a port whose number Istio knows: 25, 53, 3306, 27017.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.list.services.filter { !mesh.isOfCluster($0) && !mesh.gatewayServices.contains($0.object) }
      .flatMap { service in service.ports.filter(isNameless).map { finding(service, $0) } }
  }

  private func isNameless(_ port: ServicePort) -> Bool {
    !port.name.isEmpty && PortProtocol(word: port.name) == .guessed && PortProtocol(port) == .guessed
      // The health checks of a gateway's proxy, as Istio's charts name them.
      && !(port.number == 15021 && port.name == "status-port")
  }

  private func finding(_ service: Service, _ port: ServicePort) -> Finding {
    let name = port.name.onOneLine
    let said = port.appProtocol.map { ", and its appProtocol '\($0.onOneLine)' is none" } ?? ""
    return Finding(
      service.object, port: port.number,
      "port \(port.number) is named '\(name)', which begins with no protocol that Istio knows\(said)",
      effect: """
        the proxy guesses the protocol from the first bytes of each connection: a server that speaks first is kept \
        waiting, and what is guessed wrong is treated wrong
        """,
      remedy: port.appProtocol == nil
        ? "name it http-\(name), grpc-\(name), tls-\(name) or tcp-\(name), or say its appProtocol"
        : "give it an appProtocol that Istio knows (http, grpc, tls, tcp), or name it http-\(name) and leave that out"
    )
  }
}
