import Intercept

/// Programs other than the proxy that listen on Istio's ports.
enum ReservedPorts: DoctorCheck {
  static let name = "reserved-port"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let configuration = pod.configuration else { return [] }
    let ports = IstioPort.all(configuration, probePort: .validationProbe)
    return ports.compactMap { port in
      let foreign = pod.facts.listeners.filter {
        $0.port == port.port && $0.proto == port.proto && isForeign($0, port, pod)
      }
      guard !foreign.isEmpty else { return nil }
      return error(
        "port \(port.port)/\(port.proto) is Istio's (\(port.purpose)), and another program listens on it",
        why: excerpt(foreign.map(\.words)),
        remedy: "let the program listen on another port; Istio reserves 15000 to 15090")
    }
  }

  private static func isForeign(
    _ socket: ListeningSocket, _ port: IstioPort, _ pod: Examination
  ) -> Bool {
    guard port.requirement != .never else { return true }
    let isRoot = socket.user?.rawValue == 0 && pod.configuration?.interception != .redirect
    return pod.proxy?.users.contains { $0 == socket.user } != true && !isRoot
  }
}
