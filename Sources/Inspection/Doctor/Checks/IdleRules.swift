import Intercept

/// Rules of Istio that redirect no connection.
enum IdleRules: DoctorCheck {
  static let name = "captures-nothing"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let configuration = pod.configuration else { return [] }
    guard pod.capturesOutbound || pod.capturesInbound else {
      let found = configuration.dns == .none ? "nothing" : "nothing but DNS"
      return [
        error(
          "Istio's rules are installed and redirect \(found): no connection of the app goes through the proxy",
          why: ["they name no inbound ports (-b), no outbound blocks (-i) and no outbound ports (-q)"],
          remedy:
            "see the arguments of istio-init, or the annotations includeInboundPorts and includeOutboundIPRanges; "
            + "istio-iptables-swift apply --profile sidecar --reconcile installs the usual rules")
      ]
    }
    return excludedInterfaces(pod, configuration)
  }

  /// Interfaces of the pod, of which the rules exclude every one.
  private static func excludedInterfaces(
    _ pod: Examination, _ configuration: Configuration
  ) -> [DoctorFinding] {
    let names = pod.facts.host.interfaceAddresses.keys.filter { $0 != .loopback }.map(\.description).sorted()
    guard !names.isEmpty, names.allSatisfy(configuration.excludesInterface) else { return [] }
    let list = names.joined(separator: ", ")
    let decisions = pod.traces.filter { $0.trace.interface != .loopback }.compactMap {
      $0.trace.decision?.text
    }
    return [
      error(
        "the rules exclude every interface of the pod (\(list)): no connection with other hosts goes through the "
          + "proxy",
        why: excerpt(decisions.distinct), remedy: remedy(names))
    ]
  }

  /// The correction of an excluded interface.
  static func remedy(_ names: [String]) -> String {
    "remove \(names.joined(separator: ", ")) from the annotation traffic.sidecar.istio.io/excludeInterfaces (option -c)"
  }
}

extension Configuration {
  /// True if neither direction of an interface is captured.
  func excludesInterface(_ name: String) -> Bool { excludedInterfaces.contains { $0.matches(name) } }
}
