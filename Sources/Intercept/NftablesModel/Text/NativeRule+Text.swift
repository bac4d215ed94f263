import NetworkValues
import RuleModel

extension NativeRule {
  /// The rule as `nft -s list ruleset` (1.0.6) prints it.
  public var nftText: String {
    let words = matches.enumerated().compactMap { index, match in
      match.nftText(before: matches[(index + 1)...], after: matches[..<index])
    }
    let comment = comment.map { ["comment \"\($0)\""] } ?? []
    return (words + statements.map(\.nftText) + comment).joined(separator: " ")
  }
}

extension NativeMatch {
  /// The match; nil if `nft` omits it because a later one implies it: `ip daddr` the family, `tcp dport` the protocol.
  fileprivate func nftText(
    before rest: ArraySlice<NativeMatch>, after front: ArraySlice<NativeMatch>
  ) -> String? {
    switch self {
    case .family(let family):
      rest.contains { $0.field?.family == family } ? nil : "meta nfproto \(family.rawValue)"
    case .field(let field, let values):
      hasPorts && rest.contains { $0.field?.isPort == true } ? nil : field.nftText(values, after: front)
    case .inInterface(let name): "iifname \(name.nftText)"
    case .outInterface(let name): "oifname \(name.nftText)"
    case .mark(let mark): mark.nftText("meta mark")
    case .connectionMark(let mark): mark.nftText("ct mark")
    case .state(let state):
      // `! a` means that none of the bits is set; `!= a` compares the whole word.
      "ct state \(state.isNegated ? "! " : "")\(state.value.nftNames.joined(separator: ","))"
    case .opaque(let words): words
    }
  }

  private var field: NativeField? {
    switch self {
    case .field(let field, _): field
    case .family, .inInterface, .outInterface, .mark, .connectionMark, .state, .opaque: nil
    }
  }

  /// True for the match of a protocol that `nft` names in the match of a port.
  private var hasPorts: Bool { portPrefix != nil }

  /// The first word of a port match after this one: `tcp` after `meta l4proto tcp`.
  fileprivate var portPrefix: String? {
    guard case .field(.proto, .is(let values)) = self, let number = values.single?.lowerBound,
      values.single?.upperBound == number
    else { return nil }
    let name = NativeField.proto.nftText(number)
    return ["tcp", "udp", "udplite", "sctp", "dccp"].contains(name) ? name : nil
  }
}

extension NativeField {
  fileprivate func nftText(_ values: Condition<RangeSet>, after front: ArraySlice<NativeMatch>) -> String {
    let name =
      switch self {
      case .source(let family): "\(family.nftName) saddr"
      case .destination(let family): "\(family.nftName) daddr"
      case .proto: "meta l4proto"
      case .sourcePort: "\(front.lazy.compactMap(\.portPrefix).first ?? "th") sport"
      case .destinationPort: "\(front.lazy.compactMap(\.portPrefix).first ?? "th") dport"
      case .user: "meta skuid"
      case .group: "meta skgid"
      }
    return "\(name) \(values.isNegated ? "!= " : "")\(nftText(values.value))"
  }

  private func nftText(_ values: RangeSet) -> String {
    if let single = values.single { return nftText(single) }
    return "{ \(values.ranges.map(nftText).joined(separator: ", ")) }"
  }

  private func nftText(_ range: ClosedRange<UInt128>) -> String {
    let first = nftText(range.lowerBound)
    guard range.lowerBound != range.upperBound else { return first }
    if family != nil, let length = range.prefixLength(ofBits: bits) { return "\(first)/\(length)" }
    return "\(first)-\(nftText(range.upperBound))"
  }

  fileprivate func nftText(_ value: UInt128) -> String {
    switch self {
    case .source(let family), .destination(let family): IPAddress(family, bits: value).description
    case .proto: IPProtocol(rawValue: UInt8(truncatingIfNeeded: value)).description
    case .sourcePort, .destinationPort, .user, .group: String(value)
    }
  }
}

extension IPFamily {
  /// The name of the family's header: `ip`, `ip6`.
  var nftName: String {
    switch self {
    case .ipv4: "ip"
    case .ipv6: "ip6"
    }
  }
}

extension NativeStatement {
  /// The statement as `nft -s list ruleset` prints it.
  var nftText: String {
    switch self {
    case .counter: "counter"
    case .accept: "accept"
    case .drop: "drop"
    case .return: "return"
    case .jump(let chain): "jump \(chain)"
    case .goto(let chain): "goto \(chain)"
    case .redirect(let ports): ports.map { "redirect to :\($0.nftText)" } ?? "redirect"
    case .tproxy(let family, let address, let port):
      "tproxy \(family.map { "\($0.nftName) " } ?? "")to \(address?.nftHost ?? ""):\(port)"
    case .setMark(let mark): "meta mark set \(mark.nftText)"
    case .setConnectionMark(let mark): "ct mark set \(mark.nftText)"
    case .saveMark: "ct mark set meta mark"
    case .restoreMark: "meta mark set ct mark"
    case .setZone(let zone): "ct zone set \(zone)"
    case .untrack: "notrack"
    case .opaque(let words): words
    }
  }
}

extension PortRange {
  fileprivate var nftText: String { single.map(\.description) ?? "\(lowerBound)-\(upperBound)" }
}

extension IPAddress {
  /// The address before a port: `127.0.0.1`, `[::1]`.
  fileprivate var nftHost: String {
    switch self {
    case .ipv4: description
    case .ipv6: "[\(self)]"
    }
  }
}

extension Condition<InterfacePattern> {
  /// `"lo"`, `!= "veth*"`.
  var nftText: String {
    // A literal asterisk at the end of a name is escaped: it would be a wildcard.
    let stem = value.isWildcard || value.stem.last != "*" ? value.stem : "\(value.stem.dropLast())\\*"
    return "\(isNegated ? "!= " : "")\"\(stem)\(value.isWildcard ? "*" : "")\""
  }
}

extension Condition<MaskedMark> {
  /// `meta mark 0x00000539`, `meta mark & 0x000000ff == 0x00000003`.
  func nftText(_ name: String) -> String {
    let mark = value.value.nftText
    guard value.mask == .allBits else {
      return "\(name) & \(value.mask.nftText) \(isNegated ? "!=" : "==") \(mark)"
    }
    return "\(name) \(isNegated ? "!= " : "")\(mark)"
  }
}

extension Mark {
  /// The mark with all its digits: `0x00000539`.
  var nftText: String {
    let digits = String(rawValue, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension ConntrackState {
  /// The states by name, in the order of nf_tables' bits.
  var nftNames: [String] {
    let names: [(ConntrackState, String)] = [
      (.invalid, "invalid"), (.established, "established"), (.related, "related"), (.new, "new"),
      (.untracked, "untracked"),
    ]
    return names.filter { contains($0.0) }.map(\.1)
  }
}
