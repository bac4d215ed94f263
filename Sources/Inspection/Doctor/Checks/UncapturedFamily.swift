import Intercept

/// Addresses of a family without rules, while the other family is captured.
enum UncapturedFamily: DoctorCheck {
  static let name = "family-not-captured"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration != nil else { return [] }
    return IPFamily.allCases.filter { !pod.rules.families.contains($0) }.compactMap { family in
      let addresses = pod.facts.host.ownAddresses.filter { $0.family == family && $0.isGlobal }
      guard !addresses.isEmpty else { return nil }
      return error(
        "\(family) is not captured, and the pod has \(family) addresses: these connections bypass the proxy",
        why: excerpt(addresses.map { "address \($0)\(pod.facts.host.place(of: $0))" })
          + excerpt(connections(pod, family)),
        remedy: family == .ipv6
          ? "build rules for both families: --ip-family dual, or ISTIO_DUAL_STACK=true where Istio does it"
          : "install the IPv4 rules: istio-iptables-swift apply with the pod's options")
    }
  }

  private static func connections(_ pod: Examination, _ family: IPFamily) -> [String] {
    pod.connections.filter { $0.bypass == .familyNotCaptured && $0.destination.address.family == family }.map
    {
      "\($0.ownerWords): \($0.source) to \($0.destination)"
    }
  }
}

extension HostContext {
  /// ` on eth0` for the address of a known interface.
  fileprivate func place(of address: IPAddress) -> String {
    interfaceAddresses.first { $0.value.contains(address) }.map { " on \($0.key)" } ?? ""
  }
}
