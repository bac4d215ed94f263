import Intercept

/// An expression by which tcpdump picks packets (pcap-filter).
public struct CaptureFilter: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// What comes to any of the addresses at any of the ports, and the answers.
  static func of(_ addresses: [IPAddress], ports: [Port]) -> CaptureFilter {
    both { side in all([any(ports.map { "\(side) port \($0)" }), hosts(addresses, side)]) }
  }

  /// What comes to any of the addresses at a port of the range, and the answers.
  static func of(_ addresses: [IPAddress], ports: PortRange) -> CaptureFilter {
    both { side in all(["\(side) \(ports.expression)", hosts(addresses, side)]) }
  }

  /// What OUTPUT has redirected to a port, and the answers: those have their old source again.
  static func redirected(to port: Port, _ site: CaptureSite) -> CaptureFilter {
    let there = all(["dst port \(port)", hosts(localhosts(site), "dst")])
    let back = all(["dst \(site.clientPorts.expression)", hosts(site.addresses, "dst")])
    return CaptureFilter(description: any([there, back]))
  }

  /// DNS questions that OUTPUT has redirected, and answers to such.
  static func dns(_ site: CaptureSite) -> CaptureFilter {
    let there = all(["dst port \(Port.dnsProxy)", hosts(localhosts(site), "dst")])
    let back = all(["src port 53", hosts(site.addresses, "dst")])
    return CaptureFilter(description: any([there, back]))
  }

  /// Where REDIRECT sends what the host itself sends.
  private static func localhosts(_ site: CaptureSite) -> [IPAddress] {
    let families = IPFamily.allCases.filter { family in site.addresses.contains { $0.family == family } }
    return families.map { .localhost($0) }
  }

  private static func both(_ side: (String) -> String) -> CaptureFilter {
    CaptureFilter(description: any([side("dst"), side("src")]))
  }

  private static func hosts(_ addresses: [IPAddress], _ side: String) -> String {
    any(addresses.map { "\(side) \($0)" })
  }

  private static func any(_ parts: [String]) -> String { joined(parts, "or") }

  private static func all(_ parts: [String]) -> String { joined(parts, "and") }

  private static func joined(_ parts: [String], _ word: String) -> String {
    parts.count == 1 ? parts[0] : "(" + parts.joined(separator: " \(word) ") + ")"
  }
}

extension PortRange {
  fileprivate var expression: String {
    single.map { "port \($0)" } ?? "portrange \(lowerBound)-\(upperBound)"
  }
}
