import CNetfilter
import Intercept

extension KernelPacket {
  /// Reads the headers of a TCP or UDP packet.
  ///
  /// - Parameters:
  ///   - proto: as the rule that marked the packet has seen it: IPv6 may have other headers in between.
  ///   - names: of interfaces.
  /// - Returns: nil if there are too few bytes.
  init?(
    _ event: KernelTraceEvent, _ proto: IPProtocol, _ names: [InterfaceIndex: Intercept.InterfaceName]
  ) {
    guard let headers = event.headers, let ports = headers.ports, let addresses = headers.addresses else {
      return nil
    }
    self.init(
      proto, from: Endpoint(addresses.source, ports.source),
      to: Endpoint(addresses.destination, ports.destination),
      in: headers.inInterface.flatMap { names[$0] }, out: headers.outInterface.flatMap { names[$0] },
      mark: Mark(rawValue: event.mark))
  }
}

extension KernelTraceEvent.Headers {
  fileprivate var ports: (source: Port, destination: Port)? {
    guard transport.count >= 4 else { return nil }
    return (port(at: 0), port(at: 2))
  }

  private func port(at offset: Int) -> Port {
    Port(rawValue: UInt16(transport[offset]) << 8 | UInt16(transport[offset + 1]))
  }

  fileprivate var addresses: (source: IPAddress, destination: IPAddress)? {
    switch network.first.map({ $0 >> 4 }) {
    case 4: pair(.ipv4, Int(CNETFILTER_IPV4_SOURCE), Int(CNETFILTER_IPV4_DESTINATION))
    case 6: pair(.ipv6, Int(CNETFILTER_IPV6_SOURCE), Int(CNETFILTER_IPV6_DESTINATION))
    default: nil
    }
  }

  private func pair(
    _ family: IPFamily, _ source: Int, _ destination: Int
  ) -> (source: IPAddress, destination: IPAddress)? {
    let size = family.addressBits / 8
    guard network.count >= max(source, destination) + size else { return nil }
    func address(_ offset: Int) -> IPAddress {
      IPAddress(family, bits: network[offset..<offset + size].reduce(0) { $0 << 8 | UInt128($1) })
    }
    return (address(source), address(destination))
  }
}
