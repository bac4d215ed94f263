import Intercept

struct AppProtocolRule: LintRule {
  let name = "app-protocol"
  let documentation = """
    A TCP port of a Service whose name says one protocol and whose appProtocol says another, or one that Istio does not \
    know. appProtocol wins, even where it means nothing to Istio.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.list.services.filter { !mesh.isOfCluster($0) }.flatMap { service in
      service.ports.compactMap { finding(service, $0) }
    }
  }

  private func finding(_ service: Service, _ port: ServicePort) -> Finding? {
    guard port.transport == "TCP", let said = port.appProtocol else { return nil }
    let (named, wins) = (PortProtocol(word: port.name), PortProtocol(port))
    guard named != .guessed, !agree(named, wins) else { return nil }
    let outcome = wins == .guessed ? "means nothing to Istio" : "means \(wins.rawValue)"
    return Finding(
      service.object, port: port.number,
      "port \(port.number) is named '\(port.name.onOneLine)', and its appProtocol '\(said.onOneLine)' \(outcome)",
      effect: wins == .guessed
        ? "appProtocol wins: the proxy guesses the protocol from the first bytes, whatever the name says"
        : "appProtocol wins: the port is treated as \(wins.rawValue), not as \(named.rawValue)",
      remedy: "let both say the same, or leave one of them out")
  }

  /// Whether two protocols are treated alike, or one is right for whatever goes over it as it is.
  private func agree(_ one: PortProtocol, _ other: PortProtocol) -> Bool {
    let alike: [Set<PortProtocol>] = [
      [.http2, .grpc, .grpcWeb], [.https, .tls], [.tcp, .mongo], [.tcp, .redis], [.tcp, .mysql],
    ]
    return one == other || alike.contains { $0.contains(one) && $0.contains(other) }
  }
}
