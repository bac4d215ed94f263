import NetworkValues
import RuleModel

extension NativeRule {
  /// The rule as `nft -s list ruleset` (1.0.6) prints it.
  public var nftText: String {
    let words = matches.enumerated().compactMap { index, match in
      match.nftText(before: matches[(index + 1)...], behind: matches[..<index])
    }
    let comment = comment.map { ["comment \"\($0)\""] } ?? []
    return (words + statements.map(\.nftText) + comment).joined(separator: " ")
  }
}

extension NativeMatch {
  /// The match; nil where `nft` prints nothing for it, since a later one implies it: `ip daddr` the family and
  /// `tcp dport` the protocol.
  fileprivate func nftText(
    before rest: ArraySlice<NativeMatch>, behind front: ArraySlice<NativeMatch>
  ) -> String? {
    switch self {
    case .family(let family):
      rest.contains { $0.field?.family == family } ? nil : "meta nfproto \(family.rawValue)"
    case .field(let field, let values):
      hasPorts && rest.contains { $0.field?.isPort == true } ? nil : field.nftText(values, behind: front)
    case .inInterface(let name): "iifname \(name.nftText)"
    case .outInterface(let name): "oifname \(name.nftText)"
    case .mark(let mark): mark.nftText("meta mark")
    case .connectionMark(let mark): mark.nftText("ct mark")
    case .state(let state):
      // `!= a` would compare the whole word; `!` asks that none of the bits is set.
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

  /// Whether the match is about one protocol whose ports `nft` calls by its name.
  private var hasPorts: Bool { portPrefix != nil }

  /// `tcp`, where the match is `meta l4proto tcp`.
  fileprivate var portPrefix: String? {
    guard case .field(.proto, .is(let values)) = self, let number = values.single?.lowerBound,
      values.single?.upperBound == number
    else { return nil }
    let name = NativeField.proto.nftText(number)
    return ["tcp", "udp", "udplite", "sctp", "dccp"].contains(name) ? name : nil
  }
}

extension NativeField {
  fileprivate func nftText(_ values: Condition<NativeValues>, behind front: ArraySlice<NativeMatch>) -> String
  {
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

  private func nftText(_ values: NativeValues) -> String {
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
  /// The word for the family's headers.
  var nftName: String {
    switch self {
    case .ipv4: "ip"
    case .ipv6: "ip6"
    }
  }
}
