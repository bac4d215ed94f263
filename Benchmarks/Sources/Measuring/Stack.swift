/// The address families of the namespace.
package enum Stack: String, CaseIterable, CustomStringConvertible {
  case ipv4 = "IPv4"
  case dual = "IPv4 and IPv6"

  package var description: String { rawValue }

  /// The value of `--ip-family`.
  package var flag: String {
    switch self {
    case .ipv4: "ipv4"
    case .dual: "dual"
    }
  }

  /// Input of `ip -batch` for a fresh namespace: a loopback interface and an address like a pod's.
  package var links: String {
    let ipv4 = """
      link set lo up
      link add eth0 type veth peer name eth1
      addr add 10.244.1.7/24 dev eth0
      link set eth0 up
      """
    switch self {
    case .ipv4: return ipv4 + "\n"
    case .dual: return ipv4 + "\naddr add fd00:10:244::7/64 dev eth0 nodad\n"
    }
  }
}
