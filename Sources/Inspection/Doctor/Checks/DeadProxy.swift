import Intercept

/// Rules that send connections to a port without a listener.
enum DeadProxy: DoctorCheck {
  static let name = "proxy-dead"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let configuration = pod.configuration else { return [] }
    let targets = configuration.redirectionPorts
    let dead = targets.filter { port in !pod.facts.listeners.contains { $0.proto == .tcp && $0.port == port }
    }
    guard !dead.isEmpty else { return familyFindings(pod, targets) }
    let names = dead.map(\.description).joined(separator: " and ")
    let scope = dead.count == targets.count ? "every captured connection" : direction(dead[0], configuration)
    return [
      error(
        "no proxy listens on port\(dead.count == 1 ? "" : "s") \(names), where the rules send \(scope): connections are refused",
        why: excerpt(decisions(pod, dead)), remedy: remedy)
    ]
  }

  private static let remedy =
    "see why the proxy is not running: kubectl logs POD -c istio-proxy; an app that starts too early "
    + "waits with istio-iptables-swift wait -- COMMAND or holdApplicationUntilProxyStarts: true"

  private static func direction(_ port: Port, _ configuration: Configuration) -> String {
    port == configuration.proxyPort ? "outbound connections" : "inbound connections"
  }

  /// The rules that redirect to the ports.
  private static func decisions(_ pod: Examination, _ ports: [Port]) -> [String] {
    var seen: Set<String> = []
    return pod.traces.filter { $0.trace.port.map(ports.contains) == true }
      .compactMap { $0.trace.decision?.text }.filter { seen.insert($0).inserted }
  }

  /// Listeners that do not accept every family with rules.
  private static func familyFindings(_ pod: Examination, _ targets: [Port]) -> [DoctorFinding] {
    targets.flatMap { port in
      pod.rules.families.filter { family in
        !pod.facts.listeners.contains { $0.proto == .tcp && $0.port == port && $0.takes(family) }
      }.map { family in
        error(
          "the proxy does not accept \(family) on port \(port), where the rules send \(family) connections",
          why: pod.proxyListeners(on: port).map(\.words),
          remedy: "let the proxy listen for both families (ISTIO_DUAL_STACK), or build rules for one: "
            + "--ip-family ipv4")
      }
    }
  }
}
