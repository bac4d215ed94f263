public import Intercept
import NFTables
import Netlink
import RuleEncoding

/// The connections to trace.
public struct TracedConnection: Hashable, Sendable {
  /// Direction, protocol and destination, and optionally source, port, interface and a mark other than zero.
  public var flow: Flow
  /// The owner of the socket; nil for any. The flow's own owner is ignored.
  public var user: UserID?
  public var group: GroupID?

  public init(_ flow: Flow, user: UserID? = nil, group: GroupID? = nil) {
    (self.flow, self.user, self.group) = (flow, user, group)
  }
}

extension TracedConnection {
  var family: IPFamily { flow.destination.address.family }

  /// The expressions of the rule that sets `nftrace` for a connection's first packet.
  func expressions() throws(PartEncodingError) -> [Expression] {
    let tests =
      [FieldComparison.protocol(.is(flow.proto))] + (try addresses) + ports + first + interfaces + owners
    return tests.flatMap(\.expressions) + [
      .immediate(.value([1], into: .r1)), .meta(.store(.trace, from: .r1)),
    ]
  }

  private var addresses: [FieldComparison] {
    get throws(PartEncodingError) {
      let source = try flow.source.flatMap { (source) throws(PartEncodingError) in
        try FieldComparison.address(.source, .is(CIDR(host: source)), family)
      }
      let destination = try FieldComparison.address(
        .destination, .is(CIDR(host: flow.destination.address)), family)
      return [source, destination].compactMap(\.self)
    }
  }

  /// The comparisons of ports, whose offsets are the same in TCP and UDP.
  private var ports: [FieldComparison] {
    let ports = [(UInt32(0), flow.sourcePort), (2, flow.destination.port)]
    return ports.compactMap { offset, port in
      port.map { port in
        FieldComparison(
          .payload(.transport, offset: offset, length: 2),
          .compare(.equal, [UInt8(port.rawValue >> 8), UInt8(truncatingIfNeeded: port.rawValue)]))
      }
    }
  }

  /// The comparison of TCP flags: SYN only.
  private var first: [FieldComparison] {
    guard flow.proto == .tcp else { return [] }
    let flags = TCPFlags([.fin, .syn, .rst, .ack])
    return [
      FieldComparison(
        .payload(.transport, offset: 13, length: 1), mask: [flags.rawValue],
        .compare(.equal, [TCPFlags.syn.rawValue]))
    ]
  }

  /// The comparison of the interface; inbound connections exclude lo unless an interface is named.
  private var interfaces: [FieldComparison] {
    let name = flow.interface.flatMap { InterfacePattern($0.description) }
    switch flow.direction {
    case .outbound: return name.map { [FieldComparison.interface(.outputInterfaceName, .is($0))] } ?? []
    case .inbound, .forwarded:
      guard let name = name ?? InterfacePattern("lo") else { return [] }
      return [FieldComparison.interface(.inputInterfaceName, flow.interface == nil ? .not(name) : .is(name))]
    }
  }

  private var owners: [FieldComparison] {
    var tests: [FieldComparison] = []
    func test(_ key: MetaKey, _ number: UInt32) {
      var bytes: [UInt8] = []
      bytes.append(bytesOf: number)
      tests.append(FieldComparison(.meta(key), .compare(.equal, bytes)))
    }
    if let user { test(.socketUID, user.rawValue) }
    if let group { test(.socketGID, group.rawValue) }
    if flow.mark != 0 { test(.mark, flow.mark.rawValue) }
    return tests
  }
}
