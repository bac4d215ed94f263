import NetworkValues
import RuleModel

extension TraceStep {
  /// Result of the rule: `no: -o lo, but it leaves via eth0`.
  public var outcome: String {
    switch result {
    case .matched: "yes: \(rule.effect)"
    case .noListener: "yes: \(rule.effect), but no socket with IP_TRANSPARENT listens there: dropped"
    case .failed(let match): "no: \(match.text), but \(match.mismatch(packet))"
    case .passed: "no: the kernel reports no match"
    case .uncertain(let match): "perhaps: \(match.text); \(match.uncertainty(packet))"
    }
  }
}

extension TracedRule {
  /// Effect of the rule, in a few words.
  fileprivate var effect: String {
    switch self {
    case .iptables(let rule): rule.target.words
    case .nftables(let rule): rule.actionWords
    }
  }
}

extension TracedMatch {
  fileprivate func mismatch(_ packet: Packet) -> String {
    switch self {
    case .iptables(let match): match.mismatch(packet)
    case .nftables(let part): part.mismatch(packet)
    }
  }

  fileprivate func uncertainty(_ packet: Packet) -> String {
    switch self {
    case .iptables(let match): match.uncertainty(packet)
    case .nftables(let part): part.uncertainty(packet)
    }
  }
}

extension Target {
  /// Effect of the target, in a few words.
  fileprivate var words: String {
    switch self {
    case .accept: "ACCEPT, the rest of this table is skipped"
    case .drop: "DROP"
    case .return: "RETURN, back to the calling chain"
    case .jump(let chain): "jump to \(chain)"
    case .goto(let chain): "goto \(chain), without return"
    case .none: "counted only"
    case .redirect(let target):
      target.ports.map { "REDIRECT to port \($0.text) of this host" } ?? "REDIRECT to this host"
    case .mark(let target): "packet mark set to \(target.mark.text)"
    case .connmark(let target): target.words
    case .tproxy(let target): "delivered unchanged to the listener on port \(target.port)"
    case .ct(let target): target.words
    case .opaque(let target): "\(target.text)"
    }
  }
}

extension ConnmarkTarget {
  fileprivate var words: String {
    switch self {
    case .set(let mark): "connection mark set to \(mark.text)"
    case .save: "packet mark saved to the connection"
    case .restore: "connection mark restored to the packet"
    }
  }
}

extension CTTarget {
  fileprivate var words: String {
    if isUntracked { return "not tracked" }
    return zone?.number.map { "connection assigned to zone \($0)" } ?? "conntrack template attached"
  }
}

extension Match {
  /// The packet's value that made the match fail: `it leaves via eth0`.
  func mismatch(_ packet: Packet) -> String {
    switch self {
    case .source: packet.sourceWords
    case .destination: "it goes to \(packet.destination)"
    case .inInterface: packet.inInterface.map { "it comes in via \($0)" } ?? "it comes from this host"
    case .outInterface: packet.outInterface.map { "it leaves via \($0)" } ?? "it comes in"
    case .proto: "it is \(packet.proto.words)"
    case .tcp(let match): packet.portWords(.tcp, match.source)
    case .udp(let match): packet.portWords(.udp, match.source)
    case .multiport(let match): packet.portWords(match.side)
    case .owner: packet.owner.map { "its owner is \($0)" } ?? "it has no socket"
    case .mark: "its mark is \(packet.mark)"
    case .connmark:
      packet.visibleConnectionMark.map { "its connection's mark is \($0)" } ?? "it belongs to no connection"
    case .conntrack, .state: "its state is \(packet.visibleState)"
    case .addressType: "it goes to \(packet.destination)"
    case .comment: "it is a comment"
    case .opaque(let match):
      match.headerTests == nil ? "this match is not modelled" : packet.trafficClassWords
    }
  }

  /// Reason for an uncertain match.
  func uncertainty(_ packet: Packet) -> String {
    switch self {
    case .source: "its source address is not given"
    case .tcp, .udp, .multiport: "the kernel picks the source port"
    case .opaque: "this match is not modelled"
    case .conntrack, .state, .addressType: "unknown in a simulation"
    case .destination, .inInterface, .outInterface, .proto, .owner, .mark, .connmark, .comment:
      mismatch(packet)
    }
  }
}

extension Packet {
  var sourceWords: String {
    source.map { "it comes from \($0)" } ?? "it does not come from a loopback address"
  }

  /// `its TOS is 0x10`.
  fileprivate var trafficClassWords: String {
    let digits = String(trafficClass, radix: 16)
    return "its \(family == .ipv4 ? "TOS" : "traffic class") is 0x\(digits.count == 1 ? "0" : "")\(digits)"
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

  var sourcePortWords: String {
    sourcePorts.single.map { "port \($0)" } ?? "a port that the kernel picks"
  }
}

extension IPProtocol {
  /// Name of the protocol in a sentence: `TCP`.
  var words: String { description.uppercased() }
}
