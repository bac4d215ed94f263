public import NetworkValues

/// One condition of a rule.
public enum Match: Hashable, Sendable {
  /// `-s`: the packet's source address.
  case source(Condition<CIDR>)
  /// `-d`: the packet's destination address.
  case destination(Condition<CIDR>)
  /// `-i`: the interface that received the packet.
  case inInterface(Condition<InterfacePattern>)
  /// `-o`: the interface that sends the packet.
  case outInterface(Condition<InterfacePattern>)
  /// `-p`: the protocol over IP.
  case proto(Condition<IPProtocol>)
  case tcp(TCPMatch)
  case udp(UDPMatch)
  case multiport(MultiportMatch)
  case owner(OwnerMatch)
  case mark(MarkMatch)
  case connmark(ConnmarkMatch)
  /// Boxed: it is rare and far larger than the others.
  indirect case conntrack(ConntrackMatch)
  case state(StateMatch)
  case addressType(AddressTypeMatch)
  case comment(CommentMatch)
  /// A match that is not modelled, kept as text.
  case opaque(OpaqueMatch)

  /// The match's position in a printed rule: header matches have fixed places before the extensions.
  var rank: Int {
    switch self {
    case .source: 0
    case .destination: 1
    case .inInterface: 2
    case .outInterface: 3
    case .proto: 4
    case .opaque(let match): match.rank
    case .tcp, .udp, .multiport, .owner, .mark, .connmark, .conntrack, .state, .addressType, .comment: 6
    }
  }

  /// True for a match of every packet, which `iptables-save` does not print: `-s 0.0.0.0/0`, `-i +`, `-p all`.
  var isVoid: Bool {
    switch self {
    case .source(let address), .destination(let address): !address.isNegated && address.value.isEverything
    case .inInterface(let name), .outInterface(let name): !name.isNegated && name.value.isEverything
    case .proto(let proto): !proto.isNegated && proto.value == .any
    case .tcp, .udp, .multiport, .owner, .mark, .connmark, .conntrack, .state, .addressType, .comment,
      .opaque:
      false
    }
  }
}
