import Intercept

/// Destinations without a route: `connect()` fails before any rule sees a packet.
enum MissingRoutes: DoctorCheck {
  static let name = "no-route"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    pod.traces.filter { $0.role == .appOutbound }.compactMap { typical in
      typical.trace.missingRoute.map { finding(typical, $0) }
    }
  }

  private static func finding(_ typical: TypicalTrace, _ route: MissingRoute) -> DoctorFinding {
    let address = route.destination
    let option = address.family == .ipv4 ? "-4" : "-6"
    return error(
      "connections of the app to other hosts are not sent: \(route)",
      why: ["ip \(option) route get \(address) shows the same failure", typical.trace.heading],
      remedy: address.isLoopback
        ? "ip link set lo up: the rules redirect to \(address)"
        : "ip \(option) route and ip \(option) rule list the routes: a default route is missing if the pod's interface "
          + "is down, or if the CNI plugin did not add it")
  }
}
