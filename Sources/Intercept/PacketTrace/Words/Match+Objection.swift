import NetworkValues
import RuleModel

extension Match {
  /// What the packet is like, where the match wants it otherwise: `it leaves by eth0`.
  func objection(_ packet: Packet) -> String {
    switch self {
    case .source: packet.sourceWords
    case .destination: "it goes to \(packet.destination)"
    case .inInterface: packet.inInterface.map { "it comes in by \($0)" } ?? "it comes from this host"
    case .outInterface: packet.outInterface.map { "it leaves by \($0)" } ?? "it comes in"
    case .proto: "it is \(packet.proto.words)"
    case .tcp(let match): packet.portWords(.tcp, match.source)
    case .udp(let match): packet.portWords(.udp, match.source)
    case .multiport(let match): packet.portWords(match.side)
    case .owner: packet.owner.map { "its socket is of \($0)" } ?? "it has no socket"
    case .mark: "its mark is \(packet.mark)"
    case .connmark:
      packet.visibleConnectionMark.map { "its connection's mark is \($0)" } ?? "it belongs to no connection"
    case .conntrack, .state: "its state is \(packet.visibleState)"
    case .addressType: "it goes to \(packet.destination)"
    case .comment: "it is a comment"
    case .opaque: "that is not modelled"
    }
  }

  /// Why nobody can tell whether the match holds.
  func doubt(_ packet: Packet) -> String {
    switch self {
    case .source: "nobody said where it comes from"
    case .tcp, .udp, .multiport: "the kernel picks the source port"
    case .opaque: "this program does not know what it means"
    case .conntrack, .state, .addressType: "this program cannot tell on paper"
    case .destination, .inInterface, .outInterface, .proto, .owner, .mark, .connmark, .comment:
      objection(packet)
    }
  }
}

extension Packet {
  fileprivate var sourceWords: String {
    source.map { "it comes from \($0)" } ?? "it does not come from a loopback address"
  }

  fileprivate func portWords(_ wanted: IPProtocol, _ source: Condition<PortRange>?) -> String {
    guard proto == wanted else { return "it is \(proto.words)" }
    let isAboutSource = source.map { PortTest($0).holds(sourcePorts) == .no } ?? false
    return portWords(isAboutSource ? .source : .destination)
  }

  fileprivate func portWords(_ side: MultiportMatch.Side) -> String {
    switch side {
    case .source: "it comes from \(sourcePortWords)"
    case .destination: "it goes to port \(destinationPort)"
    case .either: "it goes from \(sourcePortWords) to port \(destinationPort)"
    }
  }

  private var sourcePortWords: String {
    sourcePorts.single.map { "port \($0)" } ?? "a port that the kernel picks"
  }
}

extension IPProtocol {
  /// The name in a sentence: `TCP`.
  var words: String { description.uppercased() }
}
