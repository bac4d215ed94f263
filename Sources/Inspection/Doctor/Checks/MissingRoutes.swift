import Intercept

/// Destinations without a route: `connect()` fails before any rule sees a packet.
enum MissingRoutes: DoctorCheck {
  static let name = "no-route"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    let lost = pod.traces.filter { $0.trace.missingRoute != nil && $0.role.sender != nil }
    return lost.compactMap(\.trace.missingRoute).distinct.map { route in
      finding(route, lost.filter { $0.trace.missingRoute == route }, pod.facts)
    }
  }

  private static func finding(
    _ route: MissingRoute, _ lost: [TypicalTrace], _ facts: PodFacts
  ) -> DoctorFinding {
    let senders = lost.compactMap(\.role.sender).distinct.joined(separator: " and ")
    let isAsked = lost.contains { $0.role.isQuestion }
    let networks =
      route.failure == .noRoute && !isAsked
      ? facts.reachableNetworks(route.destination.family, of: lost.map(\.trace.flow.owner)) : []
    let hosts =
      isAsked
      ? "\(route.destination)"
      : networks.isEmpty
        ? "other hosts" : "hosts outside of \(networks.map(\.description).joined(separator: ", "))"
    let what = "connections of \(senders) to \(hosts) are not sent: \(cause(route, facts))"
    let why = lost.map { command($0.trace.flow, route) }.distinct + lost.prefix(1).map(\.trace.heading)
    // A pod may need no others than the hosts of its networks.
    return networks.isEmpty
      ? error(what, why: why, remedy: remedy(route, facts))
      : warning(what, why: why, remedy: remedy(route, facts))
  }

  private static func cause(_ route: MissingRoute, _ facts: PodFacts) -> String {
    facts.lacksLoopback(for: route)
      ? "lo has no address \(route.destination), to which the rules redirect" : route.description
  }

  /// The command that shows the failure.
  private static func command(_ flow: Flow, _ route: MissingRoute) -> String {
    let user = flow.owner.map { " uid \($0.user)" } ?? ""
    guard route.failure != .loopbackDown else {
      return "\(route.destination.family.ipProgram) address show dev lo shows its state and its addresses"
    }
    return
      "\(route.destination.family.ipProgram) route get \(route.destination)\(user) shows the same failure"
  }

  private static func remedy(_ route: MissingRoute, _ facts: PodFacts) -> String {
    let program = route.destination.family.ipProgram
    let (routes, rules) = ("\(program) route", "\(program) rule")
    switch route.failure {
    case .loopbackDown where facts.lacksLoopback(for: route):
      let length = route.destination.family == .ipv4 ? 8 : 128
      return
        "\(program) address add \(route.destination)/\(length) dev lo; if lo is down, ip link set lo up adds it"
    case .loopbackDown: return "ip link set lo up: packets to \(route.destination) are delivered over lo"
    case .noRoute where route.destination.isLoopback:
      return "ip link set lo up: the rules redirect to \(route.destination)"
    case .noRoute:
      return
        "\(routes) and \(rules) list the routes: a default route is missing if the pod's interface is down, or if the "
        + "CNI plugin did not add it"
    case .unreachable, .prohibited, .blackhole:
      return
        "\(routes) show table all and \(rules) list the route or rule of that type; delete it if it is a mistake"
    }
  }
}

extension PodFacts {
  /// True if the destination is a loopback address and lo has none of its family. Addresses of IPv6 are removed from an
  /// interface that is down.
  fileprivate func lacksLoopback(for route: MissingRoute) -> Bool {
    guard route.failure == .loopbackDown, route.destination.isLoopback, !host.interfaceAddresses.isEmpty
    else { return false }
    return host.interfaceAddresses[.loopback]?.contains(route.destination) != true
  }
}

extension TypicalTrace.Role {
  /// The sender of an outbound connection to another host.
  fileprivate var sender: String? {
    switch self {
    case .appOutbound, .question: "the app"
    case .proxyOutbound, .proxyQuestion: "the proxy"
    case .appInbound, .capturedInbound, .proxyToApp, .health, .probe, .answer: nil
    }
  }
}
