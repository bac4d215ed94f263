import Intercept

/// Programs other than the proxy that listen on Istio's ports.
enum ReservedPorts: DoctorCheck {
  static let name = "reserved-port"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    let own = pod.unexemptProxy?.sockets ?? []
    return pod.istioPorts.compactMap { port in
      let foreign = pod.listeners(on: port).filter {
        isForeign($0, port, pod) && !own.contains($0)
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
    return pod.proxy?.users.contains { $0 == socket.user } != true
  }
}
