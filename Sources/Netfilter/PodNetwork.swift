public import Intercept

/// How a network namespace is connected: by which interface, with which addresses.
public struct PodNetwork: Hashable, Sendable {
  /// That of the namespace's first address that is neither loopback nor link-local.
  public let interface: Intercept.InterfaceName
  /// The addresses of that interface, without link-local ones.
  public let addresses: [IPAddress]
  /// The ports that the kernel gives to connections of the namespace's own (`net.ipv4.ip_local_port_range`).
  public let clientPorts: PortRange

  /// Reads what the thread's namespace has.
  ///
  /// - Parameter interface: the one to look at; nil for the first with an address.
  /// - Returns: nil if there is no address.
  public static func read(_ interface: Intercept.InterfaceName? = nil) throws(NetlinkError) -> PodNetwork? {
    var connection = try RouteConnection.open()
    let names = Dictionary(
      try connection.interfaces().map { ($0.index, Intercept.InterfaceName($0.name)) },
      uniquingKeysWith: { first, _ in first })
    let all = try connection.addresses().filter(\.address.countsForFamily)
    let first = all.first { names[$0.interface].flatMap(\.self) == interface || interface == nil }
    guard let first, let name = names[first.interface].flatMap(\.self) else { return nil }
    let addresses = all.filter { $0.interface == first.interface }.map(\.address)
    return PodNetwork(interface: name, addresses: addresses, clientPorts: localPorts)
  }

  private static var localPorts: PortRange {
    let line = ProcessFiles.line("/proc/sys/net/ipv4/ip_local_port_range") ?? ""
    let ports = line.split { $0 == "\t" || $0 == " " }.compactMap { Port(String($0)) }
    return ports.count == 2
      ? PortRange(from: ports[0], to: ports[1]) ?? .ephemeral : .ephemeral
  }
}
