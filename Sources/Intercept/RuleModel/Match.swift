public import NetworkValues

/// One condition of a rule.
public enum Match: Hashable, Sendable {
  /// `-s`: the packet's source address.
  case source(Condition<CIDR>)
  /// `-d`: the packet's destination address.
  case destination(Condition<CIDR>)
  /// `-i`: the interface the packet came in by.
  case inInterface(Condition<InterfacePattern>)
  /// `-o`: the interface the packet leaves by.
  case outInterface(Condition<InterfacePattern>)
  /// `-p`: the protocol over IP.
  case proto(Condition<IPProtocol>)
  case tcp(TCPMatch)
  case udp(UDPMatch)
  case multiport(MultiportMatch)
  case owner(OwnerMatch)
  case mark(MarkMatch)
  case connmark(ConnmarkMatch)
  /// Boxed, since it is far larger than the others and rare.
  indirect case conntrack(ConntrackMatch)
  case state(StateMatch)
  case addressType(AddressTypeMatch)
  case comment(CommentMatch)
  /// A match that this program does not model, kept as it was written.
  case opaque(OpaqueMatch)

  /// Where the match stands in a printed rule: those of the packet's header have fixed places.
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

  /// Whether every packet matches and `iptables-save` prints nothing: `-s 0.0.0.0/0`, `-i +`, `-p all`.
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
