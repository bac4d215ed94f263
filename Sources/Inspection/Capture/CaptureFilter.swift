public import Intercept

/// Interface, addresses and ports of a pod that capture commands need.
public struct CaptureSite: Hashable, Sendable {
  /// The pod's network interface.
  public var interface: InterfaceName
  /// The pod's addresses on that interface.
  public var addresses: [IPAddress]
  /// Ports the app listens on.
  public var appPorts: [Port]
  /// Source ports of the pod's own connections (`net.ipv4.ip_local_port_range`).
  public var clientPorts: PortRange

  public init(
    _ interface: InterfaceName, _ addresses: [IPAddress], appPorts: [Port],
    clientPorts: PortRange = .ephemeral
  ) {
    self.interface = interface
    self.addresses = addresses
    self.appPorts = appPorts
    self.clientPorts = clientPorts
  }
}

/// A tcpdump filter expression (pcap-filter).
public struct CaptureFilter: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// Packets to any of the addresses and ports, and replies.
  static func of(_ addresses: [IPAddress], ports: [Port]) -> CaptureFilter {
    both { side in all([any(ports.map { "\(side) port \($0)" }), hosts(addresses, side)]) }
  }

  /// Packets to any of the addresses and a port of the range, and replies.
  static func of(_ addresses: [IPAddress], ports: PortRange) -> CaptureFilter {
    both { side in all(["\(side) \(ports.expression)", hosts(addresses, side)]) }
  }

  /// Packets that OUTPUT has redirected to a port, and replies, which have their original source again.
  static func redirected(to port: Port, _ site: CaptureSite) -> CaptureFilter {
    let there = all(["dst port \(port)", hosts(localhosts(site), "dst")])
    let back = all(["dst \(site.clientPorts.expression)", hosts(site.addresses, "dst")])
    return CaptureFilter(description: any([there, back]))
  }

  /// DNS queries that OUTPUT has redirected, and replies.
  static func dns(_ site: CaptureSite) -> CaptureFilter {
    let there = all(["dst port \(Port.dnsProxy)", hosts(localhosts(site), "dst")])
    let back = all(["src port 53", hosts(site.addresses, "dst")])
    return CaptureFilter(description: any([there, back]))
  }

  /// Packets to any of the blocks, and replies. Without `hosts`, either end may be in a block; with them, the other end
  /// must be.
  static func inside(_ blocks: [CIDR], of hosts: [IPAddress]) -> CaptureFilter {
    guard !hosts.isEmpty else { return CaptureFilter(description: any(blocks.map { "net \($0)" })) }
    return peer(of: hosts) { side in any(blocks.map { "\(side) net \($0)" }) }
  }

  /// Packets to none of the blocks, and replies, with the same meaning of `hosts`.
  static func outside(_ blocks: [CIDR], of hosts: [IPAddress]) -> CaptureFilter {
    guard !hosts.isEmpty else {
      return CaptureFilter(description: all(blocks.map { "not net \($0)" }))
    }
    return peer(of: hosts) { side in all(blocks.map { "not \(side) net \($0)" }) }
  }

  /// Packets between the hosts and peers that fulfil a condition.
  private static func peer(of hosts: [IPAddress], _ condition: (String) -> String) -> CaptureFilter {
    let sent = all([Self.hosts(hosts, "src"), condition("dst")])
    let received = all([Self.hosts(hosts, "dst"), condition("src")])
    return CaptureFilter(description: any([sent, received]))
  }

  /// Destinations of REDIRECT for packets of the host itself.
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
