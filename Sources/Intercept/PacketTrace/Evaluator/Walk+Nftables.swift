import NetworkValues
import NftablesRuleset
import RuleModel

/// Evaluation of chains of nf_tables that are not iptables'.
extension Walk {
  /// Continuation after a rule.
  private enum Turn {
    case next
    case end(ChainEnd)
    case jump(Int)
    case goto(Int)
  }

  /// Evaluates a base chain.
  mutating func runNftables(_ chain: Int) throws(Stop) -> ChainEnd { try runNftables(chain, depth: 0) }

  private mutating func runNftables(_ first: Int, depth: Int) throws(Stop) -> ChainEnd {
    guard depth <= maxDepth else { throw .unknown }
    var chain = first
    while true {
      guard let next = try runRules(ofNftables: chain, depth: depth) else { return .atEnd }
      switch next {
      case .goto(let other): chain = other
      case .end(let end): return end
      case .next, .jump: return .atEnd
      }
    }
  }

  /// Evaluates the rules of a chain; nil if none of them ended it.
  private mutating func runRules(ofNftables chain: Int, depth: Int) throws(Stop) -> Turn? {
    let rules = compiled.nftables.chains[chain].rules
    triedRules += rules.count
    guard triedRules <= maxRules else { throw .unknown }
    for rule in rules {
      switch try evaluate(rule, in: chain) {
      case .next: break
      case .jump(let other):
        if try runNftables(other, depth: depth + 1) == .accepted { return .end(.accepted) }
      case .goto(let other): return .goto(other)
      case .end(let end): return .end(end)
      }
    }
    return nil
  }

  /// Evaluates a rule part by part. At an action after a part that may hold or not, an assumption decides.
  private mutating func evaluate(_ number: Int, in chain: Int) throws(Stop) -> Turn {
    let rule = compiled.nftables.rule(number)
    let seen = packet
    var doubt: NftPart?
    for (index, part) in rule.parts.enumerated() {
      switch part {
      case .match(let match):
        switch holds(match, in: chain) {
        case .yes: break
        case .unknown: doubt = doubt ?? part
        case .no:
          record(number, .failed(.nftables(part)), seen)
          return .next
        }
      case .iptables(let match):
        switch holds(match) {
        case .yes: break
        case .unknown: doubt = doubt ?? part
        case .no:
          record(number, .failed(.iptables(match)), seen)
          return .next
        }
      case .statement(.counter), .statement(.neutral): break
      case .statement(.opaque(let text)):
        doubt = doubt ?? part
        guard index == rule.parts.count - 1, !text.isHarmless else { break }
        guard assume(number, part, seen) else { return .next }
        decidingRule = number
        throw .unknown
      case .statement(let statement):
        if let doubt, !assume(number, doubt, seen) { return .next }
        if doubt == nil { record(number, .matched, seen) }
        doubt = nil
        if let turn = try perform(statement, by: number, in: chain) { return turn }
      }
    }
    if let doubt {
      record(number, .uncertain(.nftables(doubt)), seen)
    } else if !rule.parts.contains(where: \.isAction) {
      record(number, .matched, seen)
    }
    return .next
  }

  private func holds(_ match: NftMatch, in chain: Int) -> Ternary {
    match.holds(in: MatchContext(packet: packet, flow: flow, context: context)) {
      compiled.nftables.elements(of: $0, in: chain)
    }
  }

  private mutating func assume(_ rule: Int, _ part: NftPart, _ seen: Packet) -> Bool {
    record(rule, .uncertain(.nftables(part)), seen)
    return assumptions.answer(for: rule)
  }

  private func record(_ rule: Int, _ result: TraceStep.Result, _ seen: Packet) {
    recorder.record(.rule(step(rule, result, seen)))
  }

  private func step(_ rule: Int, _ result: TraceStep.Result, _ seen: Packet) -> TraceStep {
    let place = compiled.place(of: rule) ?? RulePlace(table: .nftables(""), chain: "", index: 0)
    return TraceStep(place: place, rule: compiled.source(of: rule), result: result, packet: seen)
  }
}

extension Walk {
  /// Performs an action; nil if the rule continues with its next part.
  private mutating func perform(
    _ statement: NftStatement, by rule: Int, in chain: Int
  ) throws(Stop) -> Turn? {
    switch statement {
    case .verdict(let verdict): return try follow(verdict, by: rule, in: chain)
    case .verdictMap(let keys, let mapping, _):
      guard let data = try lookUp(keys, mapping, by: rule, in: chain) else { return .next }
      guard case .verdict(let verdict) = data else { throw stopped(.unknown, by: rule) }
      return try follow(verdict, by: rule, in: chain)
    case .redirect(let ports):
      redirect(to: ports, by: rule)
      return .end(.accepted)
    case .dnat(let translation): return try translate(.destination, translation, by: rule, in: chain)
    case .snat(let translation): return try translate(.source, translation, by: rule, in: chain)
    case .masquerade(let ports):
      try translate(AddressTranslation(masquerading: ports), by: rule)
      return .end(.accepted)
    case .tproxy(let family, _, let port):
      guard family ?? packet.family == packet.family, packet.proto == .tcp || packet.proto == .udp else {
        return .next
      }
      listener = port ?? packet.destinationPort
      decidingRule = rule
    case .setMark(let change):
      guard let mark = value(of: change) else { return .next }
      packet.mark = mark
    case .setConnectionMark(let change):
      guard let mark = value(of: change) else { return .next }
      if packet.tracking == .tracked { packet.connectionMark = mark }
    case .setZone(let zone): prepare(isUntracked: false, ConntrackZoneChoice(zone), by: rule)
    case .untrack: prepare(isUntracked: true, nil, by: rule)
    case .reject: throw stopped(.rejected, by: rule)
    case .queue: throw stopped(.unknown, by: rule)
    case .counter, .neutral, .opaque: break
    }
    return nil
  }

  private mutating func follow(_ verdict: NftVerdict, by rule: Int, in chain: Int) throws(Stop) -> Turn {
    switch verdict {
    case .accept:
      recordNftablesDecision(rule, in: chain)
      return .end(.accepted)
    case .return: return .end(.atEnd)
    case .continue: return .next
    case .drop: throw stopped(.dropped, by: rule)
    case .jump(let name), .goto(let name):
      guard let other = compiled.nftables.chain(name, besides: chain) else {
        throw stopped(.unknown, by: rule)
      }
      if case .goto = verdict { return .goto(other) }
      return .jump(other)
    }
  }

  private mutating func stopped(_ stop: Stop, by rule: Int) -> Stop {
    decidingRule = rule
    return stop
  }

  /// Looks up the packet's fields in a map; nil without an element for them.
  private mutating func lookUp(
    _ keys: [NftKey], _ mapping: NftMapping, by rule: Int, in chain: Int
  ) throws(Stop) -> NftData? {
    let elements: NftElements?
    switch mapping {
    case .elements(let anonymous): elements = anonymous
    case .set(let name): elements = compiled.nftables.elements(of: name, in: chain)
    }
    let context = MatchContext(packet: packet, flow: flow, context: context)
    let fields = keys.map(context.field)
    if fields.contains(where: { if case .missing = $0 { true } else { false } }) { return nil }
    switch elements?.data(for: fields) {
    case .found(let data?): return data
    case .none?: return nil
    case .found(nil), .unknown, nil: throw stopped(.unknown, by: rule)
    }
  }

  private mutating func translate(
    _ side: AddressTranslation.Side, _ translation: NftTranslation, by rule: Int, in chain: Int
  ) throws(Stop) -> Turn {
    switch translation {
    case .to(let addresses, let family, let ports):
      guard family ?? packet.family == packet.family else { return .next }
      try translate(AddressTranslation(side, addresses, ports), by: rule)
    case .map(let keys, let mapping):
      guard let data = try lookUp(keys, mapping, by: rule, in: chain) else { return .next }
      guard case .values(let values) = data, let address = values.first else {
        throw stopped(.unknown, by: rule)
      }
      let ports = values.count > 1 ? PortRange(values[1]) : nil
      try translate(AddressTranslation(side, address, ports), by: rule)
    case .opaque: throw stopped(.unknown, by: rule)
    }
    return .end(.accepted)
  }

  /// The new value of a mark; nil if the connection has none.
  private func value(of change: NftMarkChange) -> Mark? {
    let source: Mark?
    switch change.source {
    case .packet: source = packet.mark
    case .connection: source = packet.visibleConnectionMark
    case nil: source = 0
    }
    return source.map { Mark(rawValue: $0.rawValue & change.mask ^ change.value) }
  }

  /// Records the rule of a nat chain that exempts a packet from translation by later rules of the chain.
  private mutating func recordNftablesDecision(_ rule: Int, in chain: Int) {
    guard compiled.nftables.chains[chain].base?.kind == .nat, destinationChange == nil, listener == nil else {
      return
    }
    decidingRule = rule
  }
}

extension NftPart {
  /// True for a statement that is recorded when it is performed.
  fileprivate var isAction: Bool {
    switch self {
    case .match, .iptables, .statement(.counter), .statement(.neutral), .statement(.opaque): false
    case .statement: true
    }
  }
}

extension String {
  /// True for a statement that is not modelled and changes neither the packet nor its path.
  fileprivate var isHarmless: Bool {
    if hasPrefix("tcp option "), contains(" set ") { return true }
    return ["limit ", "quota ", "add @", "update @", "delete @", "meter ", "last", "flow ", "set "].contains {
      hasPrefix($0)
    }
  }
}

extension NftPart {
  /// The part as `nft` prints it.
  var text: String {
    switch self {
    case .match(let match): match.text
    case .iptables(let match): match.iptablesText
    case .statement(let statement): statement.text
    }
  }
}

extension NftStatement {
  /// The statement as `nft` prints it, as far as a message needs it.
  fileprivate var text: String {
    switch self {
    case .opaque(let text), .neutral(let text), .verdictMap(_, _, let text): text
    case .counter: "counter"
    case .verdict, .redirect, .dnat, .snat, .masquerade, .tproxy, .setMark, .setConnectionMark, .setZone,
      .untrack,
      .reject, .queue:
      ""
    }
  }
}
