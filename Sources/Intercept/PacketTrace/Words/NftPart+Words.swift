import NetworkValues
import NftablesRuleset

extension NftRule {
  /// Effect of the rule's actions, in a few words.
  var actionWords: String {
    let words = parts.compactMap { part -> String? in
      if case .statement(let statement) = part { statement.words } else { nil }
    }
    return words.isEmpty ? "continues with the next rule" : words.joined(separator: ", ")
  }
}

extension NftStatement {
  /// Effect of the statement; nil for one without an effect on the packet's path.
  fileprivate var words: String? {
    switch self {
    case .counter, .neutral: nil
    case .verdict(let verdict): verdict.words
    case .verdictMap: "the verdict of the map"
    case .redirect(let ports):
      ports.map { "redirected to port \($0.text) of this host" } ?? "redirected to this host"
    case .dnat: "the destination is changed"
    case .snat, .masquerade: "the source is changed"
    case .tproxy(_, _, let port): port.map { "delivered unchanged to the listener on port \($0)" }
    case .setMark: "the packet mark is set"
    case .setConnectionMark: "the connection mark is set"
    case .setZone(let zone): "connection assigned to zone \(zone)"
    case .untrack: "not tracked"
    case .reject: "rejected"
    case .queue: "handed to a program (queue)"
    case .opaque(let text): text
    }
  }
}

extension NftVerdict {
  fileprivate var words: String {
    switch self {
    case .accept: "accept, the rest of this chain is skipped"
    case .drop: "drop"
    case .continue: "continues with the next rule"
    case .return: "return, back to the calling chain"
    case .jump(let chain): "jump to \(chain)"
    case .goto(let chain): "goto \(chain), without return"
    }
  }
}

extension NftPart {
  /// The packet's value that made the match fail.
  func mismatch(_ packet: Packet) -> String {
    if case .iptables(let match) = self { return match.mismatch(packet) }
    guard case .match(let match) = self, let key = match.keys.first else {
      return "this part is not modelled"
    }
    guard match.keys.count == 1 else {
      return "it goes to \(Endpoint(packet.destination, packet.destinationPort))"
    }
    switch key {
    case .source(let family): return packet.family == family ? packet.sourceWords : "it is \(packet.family)"
    case .destination(let family):
      return packet.family == family ? "it goes to \(packet.destination)" : "it is \(packet.family)"
    case .proto, .headerProtocol: return "it is \(packet.proto.words)"
    case .sourcePort(let proto):
      return proto ?? packet.proto == packet.proto
        ? "it comes from \(packet.sourcePortWords)" : "it is \(packet.proto.words)"
    case .destinationPort(let proto):
      return proto ?? packet.proto == packet.proto
        ? "it goes to port \(packet.destinationPort)" : "it is \(packet.proto.words)"
    case .family: return "it is \(packet.family)"
    case .inInterface: return packet.inInterface.map { "it comes in via \($0)" } ?? "it comes from this host"
    case .outInterface: return packet.outInterface.map { "it leaves via \($0)" } ?? "it comes in"
    case .mark: return "its mark is \(packet.mark)"
    case .connectionMark:
      return packet.visibleConnectionMark.map { "its connection's mark is \($0)" }
        ?? "it belongs to no connection"
    case .user, .group: return packet.owner.map { "its owner is \($0)" } ?? "it has no socket"
    case .state, .status, .direction: return "its state is \(packet.visibleState)"
    case .destinationType, .originalDestination, .originalDestinationPort:
      return "it goes to \(packet.destination)"
    case .sourceType: return packet.sourceWords
    case .tcpFlags, .opaque: return "it has other values"
    }
  }

  /// Reason for an uncertain match.
  func uncertainty(_ packet: Packet) -> String {
    if case .iptables(let match) = self { return match.uncertainty(packet) }
    guard case .match(let match) = self, let key = match.keys.first else {
      return "this part is not modelled"
    }
    switch key {
    case .source, .sourceType: return "its source address is not given"
    case .sourcePort: return "the kernel picks the source port"
    case .proto, .headerProtocol, .destination, .destinationPort, .family, .inInterface, .outInterface, .mark,
      .connectionMark, .state, .direction, .status, .user, .group, .destinationType, .originalDestination,
      .originalDestinationPort, .tcpFlags, .opaque:
      return "unknown in a simulation"
    }
  }
}
