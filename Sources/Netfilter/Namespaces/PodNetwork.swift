public import Intercept
public import Netlink

/// The network interface of a pod and its addresses.
public struct PodNetwork: Hashable, Sendable {
  /// The interface other than lo with the namespace's first address that is neither loopback nor link-local.
  public let interface: InterfaceName
  /// The addresses of that interface, without link-local ones.
  public let addresses: [IPAddress]
  /// The ephemeral ports (`net.ipv4.ip_local_port_range`).
  public let clientPorts: PortRange

  /// Reads the thread's namespace.
  ///
  /// - Parameter interface: the interface to read; nil for the first with an address.
  /// - Returns: nil if there is no address.
  public static func read(_ interface: InterfaceName? = nil) throws(NetlinkError) -> PodNetwork? {
    let all = try NamespaceAddresses.readInterfaces()
    guard let name = interface ?? all.podInterface else { return nil }
    let addresses = (all.byInterface[name] ?? []).filter(\.countsForFamily)
    guard !addresses.isEmpty else { return nil }
    return PodNetwork(interface: name, addresses: addresses, clientPorts: localPorts)
  }

  private static var localPorts: PortRange {
    let line = ProcessFiles.line("/proc/sys/net/ipv4/ip_local_port_range") ?? ""
    let ports = line.split { $0 == "\t" || $0 == " " }.compactMap { Port(String($0)) }
    return ports.count == 2
      ? PortRange(from: ports[0], to: ports[1]) ?? .ephemeral : .ephemeral
  }
}
