import CNetfilter
package import Intercept
package import NFTables
import Netlink
package import RouteNetlink

/// A trace event of nf_tables (NFT_MSG_TRACE).
package struct KernelTraceEvent: Hashable, Sendable {
  /// The type of the event (`enum nft_trace_types`).
  package enum Kind: Hashable, Sendable {
    /// A rule matched.
    case rule(Handle, MatchedRule.Effect)
    /// The end of a chain that a rule called.
    case chainEnd
    /// The end of a base chain.
    case policy(Policy)
  }

  package var chain: ChainKey
  package var kind: Kind
  /// The kernel's number of the packet, the same for its events until it passes an interface (NFTA_TRACE_ID).
  package var packetID: UInt32
  /// The packet's headers; only with the first event of each base chain.
  package var headers: Headers?
  package var mark: UInt32

  /// The headers of a packet, as far as the kernel sends them, and the indices of its interfaces.
  package struct Headers: Hashable, Sendable {
    package var network: [UInt8]
    package var transport: [UInt8]
    package var inInterface: InterfaceIndex?
    package var outInterface: InterfaceIndex?
  }
}

/// The identity of a chain.
package struct ChainKey: Hashable, Sendable {
  package var family: TableFamily
  package var table: String
  package var name: String
}

extension KernelTraceEvent {
  /// Decodes a message; nil if it is no trace event.
  init?(_ message: NetlinkMessage) throws(NetlinkFailure) {
    guard message.type == UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(NFT_MSG_TRACE.rawValue) else {
      return nil
    }
    let (header, attributes) = try message.body(nfgenmsg.self)
    chain = ChainKey(
      family: TableFamily(rawValue: header.nfgen_family), table: try attributes.text(NFTA_TRACE_TABLE),
      name: try attributes.text(NFTA_TRACE_CHAIN))
    guard let id = attributes[NFTA_TRACE_ID]?.big32, let kind = try Kind(attributes) else { return nil }
    (packetID, self.kind) = (id, kind)
    headers = Headers(attributes)
    mark = attributes[NFTA_TRACE_MARK]?.big32 ?? 0
  }
}

extension KernelTraceEvent.Kind {
  fileprivate init?(_ attributes: AttributeTable) throws(NetlinkFailure) {
    switch attributes[NFTA_TRACE_TYPE]?.big32 {
    case NFT_TRACETYPE_RULE.rawValue?:
      guard let handle = attributes[NFTA_TRACE_RULE_HANDLE]?.big64,
        let verdict = try attributes[NFTA_TRACE_VERDICT]?.nested()
      else {
        // The end of a chain is reported as a rule without a handle.
        self = .chainEnd
        return
      }
      self = .rule(Handle(rawValue: handle), MatchedRule.Effect(verdict))
    case NFT_TRACETYPE_RETURN.rawValue?: self = .chainEnd
    case NFT_TRACETYPE_POLICY.rawValue?:
      self = .policy(attributes[NFTA_TRACE_POLICY]?.big32 == UInt32(NF_DROP) ? .drop : .accept)
    default: return nil
    }
  }
}

extension KernelTraceEvent.Headers {
  fileprivate init?(_ attributes: AttributeTable) {
    guard let network = attributes[NFTA_TRACE_NETWORK_HEADER] else { return nil }
    self.init(
      network: network.bytes, transport: attributes[NFTA_TRACE_TRANSPORT_HEADER]?.bytes ?? [],
      inInterface: attributes[NFTA_TRACE_IIF]?.big32.map(InterfaceIndex.init),
      outInterface: attributes[NFTA_TRACE_OIF]?.big32.map(InterfaceIndex.init))
  }
}

extension MatchedRule.Effect {
  /// Decodes NFTA_TRACE_VERDICT.
  fileprivate init(_ verdict: AttributeTable) {
    let code = Int32(bitPattern: verdict[NFTA_VERDICT_CODE]?.big32 ?? 0)
    let chain = verdict[NFTA_VERDICT_CHAIN]?.string ?? ""
    switch code {
    case NF_ACCEPT: self = .accept
    case NF_DROP: self = .drop
    case NFT_RETURN.rawValue: self = .return
    case NFT_CONTINUE.rawValue, NFT_BREAK.rawValue: self = .continue
    case NFT_JUMP.rawValue: self = .jump(chain)
    case NFT_GOTO.rawValue: self = .goto(chain)
    case NF_STOLEN: self = .other("taken out of the packets' way")
    case let code where code & NF_VERDICT_MASK == NF_QUEUE: self = .other("queued for a program")
    default: self = .other("verdict \(code)")
    }
  }
}

extension KernelPacket {
  /// Reads the headers of a TCP or UDP packet.
  ///
  /// - Parameters:
  ///   - proto: the protocol that the nftrace rule matched: IPv6 may have extension headers.
  ///   - names: the names of interfaces.
  /// - Returns: nil if there are too few bytes.
  init?(
    _ event: KernelTraceEvent, _ proto: IPProtocol, _ names: [InterfaceIndex: InterfaceName]
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
      IPAddress(family, bits: UInt128(bigEndianBytes: network[offset..<offset + size]))
    }
    return (address(source), address(destination))
  }
}
