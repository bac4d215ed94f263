import NetworkValues
package import NftablesModel
import RuleModel

extension NativeRule {
  /// The rule in the model of Istio's own tables: matches in the order in which this program writes them, and those
  /// added that `nft` omits because a later one implies them.
  ///
  /// - Parameter table: the table of the rule, for its family and named sets.
  package init(_ rule: NftRule, in table: NftTable) {
    var matches: [NativeMatch] = []
    var statements: [NativeStatement] = []
    for part in rule.parts {
      switch part {
      case .match(let match) where statements.allSatisfy({ $0 == .counter }):
        matches += match.nativeMatches(in: table, after: matches)
      case .match(let match): statements.append(.opaque(match.text))
      case .iptables(let match) where statements.allSatisfy({ $0 == .counter }):
        matches.append(.opaque(match.iptablesText))
      case .iptables(let match): statements.append(.opaque(match.iptablesText))
      case .statement(.opaque(let text)) where part != rule.parts.last && statements.isEmpty:
        matches.append(.opaque(text))
      case .statement(let statement): statements.append(NativeStatement(statement))
      }
    }
    let ordered = matches.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
    self.init(
      ordered.map(\.element), statements, comment: rule.comment.flatMap { NativeComment($0) },
      counters: rule.counters)
  }
}

extension NftMatch {
  /// The matches of the native form, with those of family and protocol that they need.
  fileprivate func nativeMatches(in table: NftTable, after front: [NativeMatch]) -> [NativeMatch] {
    guard keys.count == 1, let key = keys.first, let match = nativeMatch(key, in: table) else {
      return [.opaque(text)]
    }
    let needed: [NativeMatch]
    switch key {
    case .source(let family), .destination(let family), .headerProtocol(let family):
      needed = table.family == .inet ? [.family(family)] : []
    case .sourcePort(let proto?), .destinationPort(let proto?):
      needed = [.field(.proto, .is(RangeSet(UInt128(proto.rawValue))))]
    case .proto, .sourcePort(nil), .destinationPort(nil), .tcpFlags, .family, .inInterface, .outInterface,
      .mark,
      .connectionMark, .state, .direction, .status, .user, .group, .destinationType, .sourceType,
      .originalDestination, .originalDestinationPort, .opaque:
      needed = []
    }
    return needed.filter { !front.contains($0) } + (front.contains(match) ? [] : [match])
  }

  private func nativeMatch(_ key: NftKey, in table: NftTable) -> NativeMatch? {
    if key == .state { return stateMatch }
    guard let condition = condition(in: table) else { return nil }
    switch key {
    case .source(let family): return field(.source(family), condition)
    case .destination(let family): return field(.destination(family), condition)
    case .proto, .headerProtocol: return field(.proto, condition)
    case .sourcePort: return field(.sourcePort, condition)
    case .destinationPort: return field(.destinationPort, condition)
    case .user: return field(.user, condition)
    case .group: return field(.group, condition)
    case .inInterface: return InterfacePattern(condition).map { .inInterface(condition.with($0)) }
    case .outInterface: return InterfacePattern(condition).map { .outInterface(condition.with($0)) }
    case .mark: return markCondition(condition).map { .mark($0) }
    case .connectionMark: return markCondition(condition).map { .connectionMark($0) }
    case .family:
      return mask == nil ? condition.single.flatMap { [2: .family(.ipv4), 10: .family(.ipv6)][$0] } : nil
    case .tcpFlags, .state, .direction, .status, .destinationType, .sourceType, .originalDestination,
      .originalDestinationPort, .opaque:
      return nil
    }
  }

  private func field(_ field: NativeField, _ condition: Condition<RangeSet>) -> NativeMatch? {
    mask == nil ? .field(field, condition) : nil
  }

  private func markCondition(_ condition: Condition<RangeSet>) -> Condition<MaskedMark>? {
    guard let number = condition.value.single, number.lowerBound == number.upperBound else { return nil }
    let mask = mask.map { Mark(rawValue: UInt32(truncatingIfNeeded: $0)) } ?? .allBits
    return condition.map { _ in
      MaskedMark(Mark(rawValue: UInt32(truncatingIfNeeded: number.lowerBound)), mask: mask)
    }
  }

  /// `ct state new,related`, or a set of single states.
  private var stateMatch: NativeMatch? {
    switch comparison {
    case .bits(let bits, let isNegated):
      return ConntrackState(nft: bits).map { .state(isNegated ? .not($0) : .is($0)) }
    case .values(let elements, false):
      let states = elements.elements.map { $0.key.first?.lowerBound ?? 0 }
      return ConntrackState(nft: states.reduce(0, |)).map { .state(.is($0)) }
    case .values, .set: return nil
    }
  }

  /// The numbers that the match compares with; nil for bits, tuples, and sets that are not known.
  private func condition(in table: NftTable) -> Condition<RangeSet>? {
    let (elements, isNegated): (NftElements?, Bool)
    switch comparison {
    case .values(let values, let negated): (elements, isNegated) = (values, negated)
    case .set(let name, let negated): (elements, isNegated) = (table[set: name]?.elements, negated)
    case .bits: return nil
    }
    guard let ranges = elements?.elements.map(\.key), ranges.allSatisfy({ $0.count == 1 }), !ranges.isEmpty
    else {
      return nil
    }
    let set = RangeSet(ranges.flatMap { $0 })
    return isNegated ? .not(set) : .is(set)
  }
}

extension ConntrackState {
  /// Creates a set of states from the bits of nf_tables; nil for unknown bits.
  package init?(nft bits: UInt128) {
    guard bits & ~0x4f == 0 else { return nil }
    // `untracked` has another bit in nf_tables (`NF_CT_STATE_UNTRACKED_BIT`) than in iptables.
    self.init(rawValue: UInt16(truncatingIfNeeded: bits & 0xf))
    if bits & 0x40 != 0 { insert(.untracked) }
  }
}

extension Condition<RangeSet> {
  /// The only number, if the condition is that it is equal.
  fileprivate var single: UInt128? {
    guard case .is(let values) = self, let range = values.single, range.lowerBound == range.upperBound else {
      return nil
    }
    return range.lowerBound
  }

  fileprivate func with(_ pattern: InterfacePattern) -> Condition<InterfacePattern> { map { _ in pattern } }
}

extension InterfacePattern {
  /// The pattern of the only name, or of the names with one beginning; nil for several.
  fileprivate init?(_ condition: Condition<RangeSet>) {
    guard let names = condition.value.single else { return nil }
    let bytes = names.lowerBound.bigEndianBytes(16)
    let stem = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    self.init(names.lowerBound == names.upperBound ? stem : stem + "+")
  }
}

extension NativeStatement {
  fileprivate init(_ statement: NftStatement) {
    switch statement {
    case .counter: self = .counter
    case .verdict(let verdict): self = NativeStatement(verdict) ?? .opaque("continue")
    case .redirect(let ports): self = .redirect(ports)
    case .tproxy(let family, let address, let port): self = .tproxy(family, address, port ?? 0)
    case .setMark(let change): self = NativeStatement(mark: change) ?? .opaque("meta mark set")
    case .setConnectionMark(let change):
      self = NativeStatement(connectionMark: change) ?? .opaque("ct mark set")
    case .setZone(let zone): self = .setZone(zone)
    case .untrack: self = .untrack
    case .verdictMap(_, _, let text): self = .opaque(text)
    case .dnat(let translation): self = .opaque("DNAT\(translation.iptablesText("--to-destination"))")
    case .snat(let translation): self = .opaque("SNAT\(translation.iptablesText("--to-source"))")
    case .masquerade(let ports): self = .opaque("MASQUERADE" + (ports.map { " --to-ports \($0.text)" } ?? ""))
    case .reject(let words): self = .opaque(words.isEmpty ? "reject" : "reject \(words)")
    case .queue(let words): self = .opaque(words.isEmpty ? "queue" : "queue \(words)")
    case .neutral(let text), .opaque(let text): self = .opaque(text)
    }
  }

  private init?(_ verdict: NftVerdict) {
    switch verdict {
    case .accept: self = .accept
    case .drop: self = .drop
    case .return: self = .return
    case .continue: return nil
    case .jump(let chain):
      guard let name = NativeChainName(chain) else { return nil }
      self = .jump(name)
    case .goto(let chain):
      guard let name = NativeChainName(chain) else { return nil }
      self = .goto(name)
    }
  }

  private init?(mark change: NftMarkChange) {
    switch (change.source, change.mask, change.value) {
    case (nil, _, let value): self = .setMark(Mark(rawValue: value))
    case (.connection, .max, 0): self = .restoreMark
    case (.connection, _, _), (.packet, _, _): return nil
    }
  }

  private init?(connectionMark change: NftMarkChange) {
    switch (change.source, change.mask, change.value) {
    case (nil, _, let value): self = .setConnectionMark(Mark(rawValue: value))
    case (.packet, .max, 0): self = .saveMark
    case (.packet, _, _), (.connection, _, _): return nil
    }
  }
}

extension NftTranslation {
  fileprivate func iptablesText(_ option: String) -> String {
    guard case .to(let addresses, let family, let ports) = self else { return "" }
    let hosts = addresses.map { range in
      [range.lowerBound, range.upperBound].map { IPAddress(family ?? .ipv4, bits: $0) }
    }
    var text = ""
    if let hosts {
      text = hosts[0] == hosts[1] ? "\(hosts[0])" : "\(hosts[0])-\(hosts[1])"
      if ports != nil, family == .ipv6 { text = "[\(text)]" }
    }
    if let ports {
      text += ":\(ports.single.map(\.description) ?? "\(ports.lowerBound)-\(ports.upperBound)")"
    }
    return " \(option) \(text)"
  }
}
