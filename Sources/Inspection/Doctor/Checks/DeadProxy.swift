import Intercept

/// Rules that send connections to a port, or to an address, without a listener.
enum DeadProxy: DoctorCheck {
  static let name = "proxy-dead"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let configuration = pod.configuration else { return [] }
    let targets = configuration.redirectionPorts
    let dead = targets.filter { port in !pod.facts.listeners.contains { $0.proto == .tcp && $0.port == port }
    }
    guard !dead.isEmpty else { return deafListeners(pod, targets) }
    let names = dead.map(\.description).joined(separator: " and ")
    let scope = dead.count == targets.count ? "every captured connection" : direction(dead[0], configuration)
    return [
      error(
        "no proxy listens on port\(dead.count == 1 ? "" : "s") \(names), where the rules send \(scope): connections are refused",
        why: excerpt(decisions(pod, dead)), remedy: remedy(pod))
    ]
  }

  private static func remedy(_ pod: Examination) -> String {
    let open = Set(
      pod.facts.listeners.filter {
        $0.proto == .tcp && pod.proxy?.owns(user: $0.user, $0.processes) == true
      }.map(\.port))
    guard open.isEmpty else {
      return
        "the proxy runs, and listens on \(open.sorted().map(\.description).joined(separator: ", ")): build the "
        + "rules for its ports (-p, -z), or see why it does not listen: kubectl logs POD -c istio-proxy"
    }
    return "see why the proxy is not running: kubectl logs POD -c istio-proxy; an app that starts too early "
      + "waits with istio-iptables-swift wait -- COMMAND or holdApplicationUntilProxyStarts: true"
  }

  private static func direction(_ port: Port, _ configuration: Configuration) -> String {
    port == configuration.proxyPort ? "outbound connections" : "inbound connections"
  }

  /// The rules that redirect to the ports.
  private static func decisions(_ pod: Examination, _ ports: [Port]) -> [String] {
    var seen: Set<String> = []
    return pod.traces.filter { $0.trace.port.map(ports.contains) == true }
      .compactMap { $0.trace.decision?.text }.filter { seen.insert($0).inserted }
  }

  /// Listeners that do not accept all that the rules send them.
  private static func deafListeners(_ pod: Examination, _ targets: [Port]) -> [DoctorFinding] {
    pod.istioPorts.filter { port in
      if case .captured = port.scope { targets.contains(port.port) } else { false }
    }.flatMap { port in
      let families = port.missingFamilies(pod.listeners(on: port), pod.rules.families.map(\.self))
      return families.isEmpty ? addressFindings(pod, port) : families.map { familyFinding(pod, port, $0) }
    }
  }

  private static func familyFinding(
    _ pod: Examination, _ port: IstioPort, _ family: IPFamily
  ) -> DoctorFinding {
    error(
      "the proxy does not accept \(family) on port \(port.port), where the rules send \(family) connections",
      why: pod.proxyListeners(on: port.port).map(\.words),
      remedy: "let the proxy listen for both families (ISTIO_DUAL_STACK), or build rules for one: "
        + "--ip-family ipv4")
  }

  private static func addressFindings(_ pod: Examination, _ port: IstioPort) -> [DoctorFinding] {
    let missed = pod.missedArrivals(at: port)
    guard !missed.isEmpty else { return [] }
    let ends = missed.map { Endpoint($0, port.port).description }.joined(separator: " and ")
    return [
      error(
        "the rules send \(port.purpose) to \(ends), where the proxy does not listen: they do not arrive",
        why: excerpt(pod.listeners(on: port).map { "a listener on \(port.port): \($0.words)" }.distinct)
          + excerpt(decisions(pod, [port.port])),
        remedy:
          "let the proxy's listener bind to 0.0.0.0, or to :: with IPv4, as Istio's does: see EnvoyFilters, and "
          + "istioctl proxy-config listeners POD --port \(port.port)")
    ]
  }
}
