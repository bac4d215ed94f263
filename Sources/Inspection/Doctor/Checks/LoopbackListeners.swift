import Intercept

/// App ports that only the pod itself can connect to.
enum LoopbackListeners: DoctorCheck {
  static let name = "loopback-listener"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration != nil else { return [] }
    let open = Set(pod.appListeners.filter { !$0.isLoopbackOnly }.map(\.port))
    let closed = Dictionary(
      grouping: pod.appListeners.filter { $0.isLoopbackOnly && !open.contains($0.port) }, by: \.port)
    return closed.sorted { $0.key < $1.key }.map { port, listeners in
      warning(
        "port \(port) listens on loopback only: since Istio 1.10 the proxy connects to the pod's address, so "
          + "connections from other pods are refused",
        why: excerpt(listeners.map(\.words)),
        remedy: "let the app listen on 0.0.0.0 or ::, or set ingress.defaultEndpoint: "
          + "\(endpoint(port, listeners)) in a Sidecar, if other pods are to reach it")
    }
  }

  /// 127.0.0.1 with the port, or ::1, the only loopback addresses that Istio accepts there.
  private static func endpoint(_ port: Port, _ listeners: [ListeningSocket]) -> Endpoint {
    Endpoint(.localhost(listeners.contains { $0.takes(.ipv4) } ? .ipv4 : .ipv6), port)
  }
}
