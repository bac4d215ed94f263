package import Intercept
package import NFTables

extension Rule {
  /// Decodes a rule of the kernel. Expressions that are not modelled become opaque matches or an opaque target.
  package init(_ raw: RawRule, _ family: IPFamily) {
    var reader = RuleReader(family: family, rest: raw.expressions[...])
    reader.readAll()
    // `nft` and later releases of iptables-nft keep the comment in the user data.
    if let comment = RuleComment(userdata: raw.userdata).flatMap({ CommentMatch($0.text) }) {
      reader.matches.append(.comment(comment))
    }
    self.init(reader.matches, reader.target ?? .none, counters: raw.counters)
  }

  /// The rule as read back from the kernel: without conditions that iptables-nft omits, such as `-d 0.0.0.0/0`.
  ///
  /// - Throws: ``RuleEncodingError`` if it cannot be encoded.
  package func asKept(_ family: IPFamily) throws(RuleEncodingError) -> Rule {
    let raw = RawRule(family: .any, table: "", chain: "", expressions: try encoded(family).expressions)
    let kept = Rule(raw, family)
    return Rule(kept.matches, kept.target, reason: reason, placement: placement, counters: counters)
  }
}

/// Decodes expressions into matches and a target, front to back.
private struct RuleReader {
  let family: IPFamily
  var rest: ArraySlice<Expression>
  var matches: [Match] = []
  var target: Target?

  mutating func readAll() {
    var endsOpaque = false
    while let first = rest.first {
      let start = rest
      if takeTrace() {
        endsOpaque = false
      } else if let test = FieldComparison(takenFrom: &rest) {
        endsOpaque = false
        if !add(test) { addOpaque(start.prefix(upTo: rest.startIndex)) }
      } else {
        rest = rest.dropFirst()
        endsOpaque = !read(first)
        if endsOpaque { addOpaque([first]) }
      }
    }
    if endsOpaque { makeLastTheTarget() }
  }

  /// Consumes the expressions of TRACE, which iptables-nft writes as `meta nftrace set 1`; false for others.
  private mutating func takeTrace() -> Bool {
    guard case .immediate(.value(let value, let source)) = rest.first, value.contains(where: { $0 != 0 }),
      rest.dropFirst().first == .meta(.store(.trace, from: source))
    else { return false }
    rest = rest.dropFirst(2)
    set(.opaque(OpaqueTarget("TRACE")))
    return true
  }

  /// Makes an opaque expression at the end of a rule, the place of its verdict, the target.
  private mutating func makeLastTheTarget() {
    guard target == nil, case .opaque(let match) = matches.last else { return }
    matches.removeLast()
    target = .opaque(OpaqueTarget(match.text))
  }

  private mutating func addOpaque(_ expressions: ArraySlice<Expression>) {
    let text = expressions.map { "[\($0.text)]" }.joined(separator: " ")
    matches.append(.opaque(OpaqueMatch(text)))
  }

  /// Decodes a single expression; false if it is not modelled.
  private mutating func read(_ expression: Expression) -> Bool {
    switch expression {
    case .counter: break
    case .immediate(.verdict(let verdict)): set(Target(verdict))
    case .match(let match): matches.append(Match(match, family))
    case .target(let target): set(Target(target, family))
    case .meta, .payload, .compare, .range, .bitwise, .byteorder, .lookup, .conntrack, .immediate(.value),
      .redirect, .tproxy, .notrack:
      return false
    case .unknown(let unknown): return read(unknown)
    }
    return true
  }

  /// Decodes the expressions by which iptables-nft represents `-m limit` and NFLOG.
  private mutating func read(_ unknown: UnknownExpression) -> Bool {
    if let limit = OpaqueMatch(limit: unknown, family) {
      matches.append(.opaque(limit))
    } else if let log = OpaqueTarget(log: unknown) {
      set(.opaque(log))
    } else {
      return false
    }
    return true
  }

  private mutating func set(_ new: Target) {
    // A rule of iptables has one target; further targets of a foreign rule are kept as opaque matches.
    if let target { matches.append(.opaque(OpaqueMatch(target.iptablesText))) }
    target = new
  }

  /// Decodes a comparison of a field; false if it is not modelled.
  private mutating func add(_ test: FieldComparison) -> Bool {
    if let ports = PortComparisons(test), addPorts(ports) { return true }
    if let flags = test.tcpFlags, addFlags(flags) { return true }
    guard let match = Match(test, family) else { return false }
    matches.append(match)
    return true
  }

  /// Adds ports to the match of the rule's protocol; false if there is none.
  private mutating func addPorts(_ ports: PortComparisons) -> Bool {
    for index in matches.indices {
      if case .tcp(let tcp) = matches[index],
        let both = ports.merged(source: tcp.source, destination: tcp.destination)
      {
        matches[index] = .tcp(tcp.with(both))
        return true
      }
      if case .udp(let udp) = matches[index],
        let both = ports.merged(source: udp.source, destination: udp.destination)
      {
        matches[index] = .udp(UDPMatch(source: both.source, destination: both.destination))
        return true
      }
    }
    if matches.contains(.proto(.is(.tcp))) {
      matches.append(.tcp(TCPMatch(source: ports.source, destination: ports.destination)))
    } else if matches.contains(.proto(.is(.udp))) {
      matches.append(.udp(UDPMatch(source: ports.source, destination: ports.destination)))
    } else {
      return false
    }
    return true
  }

  /// Adds a test of flags to the match of TCP; false for a rule of another protocol.
  private mutating func addFlags(_ flags: Condition<TCPFlagTest>) -> Bool {
    guard matches.contains(.proto(.is(.tcp))) else { return false }
    for index in matches.indices {
      if case .tcp(let tcp) = matches[index], tcp.flags == nil {
        matches[index] = .tcp(tcp.with(flags))
        return true
      }
    }
    matches.append(.tcp(TCPMatch(flags: flags)))
    return true
  }
}

extension Match {
  /// The match that a comparison encodes; nil if it is not modelled.
  fileprivate init?(_ test: FieldComparison, _ family: IPFamily) {
    if let (field, block) = test.address(family) {
      self = field == .source ? .source(block) : .destination(block)
    } else if let name = test.interface(.inputInterfaceName) {
      self = .inInterface(name)
    } else if let name = test.interface(.outputInterfaceName) {
      self = .outInterface(name)
    } else if let number = test.protocol(family) {
      self = .proto(number)
    } else if let mark = MarkMatch(test) {
      self = .mark(mark)
    } else if let opaque = test.fragment(family) ?? test.holedAddress(family) {
      self = .opaque(opaque)
    } else {
      return nil
    }
  }

  /// Decodes a match of x_tables; one that is not modelled is kept as text.
  init(_ xt: XtExtension, _ family: IPFamily) {
    let known: Match? =
      switch xt.name {
      case TCPMatch.name: TCPMatch(xt, family).map(Match.tcp)
      case UDPMatch.name: UDPMatch(xt, family).map(Match.udp)
      case MultiportMatch.name: MultiportMatch(xt, family).map(Match.multiport)
      case OwnerMatch.name: OwnerMatch(xt, family).map(Match.owner)
      case MarkMatch.name: MarkMatch(xt, family).map(Match.mark)
      case ConnmarkMatch.name: ConnmarkMatch(xt, family).map(Match.connmark)
      case ConntrackMatch.name:
        ConntrackMatch(xt, family).map(Match.conntrack) ?? StateMatch(xt).map(Match.state)
      case AddressTypeMatch.name: AddressTypeMatch(xt, family).map(Match.addressType)
      case CommentMatch.name: CommentMatch(xt, family).map(Match.comment)
      default: nil
      }
    self = known ?? .opaque(OpaqueMatch(xt, family))
  }
}

extension Target {
  fileprivate init(_ verdict: VerdictCode) {
    switch verdict {
    case .accept: self = .accept
    case .drop: self = .drop
    case .return: self = .return
    case .continue: self = .none
    case .jump(let name): self = ChainName(name).map(Target.jump) ?? .opaque(OpaqueTarget(name))
    case .goto(let name): self = ChainName(name).map(Target.goto) ?? .opaque(OpaqueTarget("\(name) [goto]"))
    }
  }

  /// Decodes a target of x_tables; one that is not modelled is kept as text.
  init(_ xt: XtExtension, _ family: IPFamily) {
    let known: Target? =
      RedirectTarget(xt, family).map(Target.redirect) ?? MarkTarget(xt, family).map(Target.mark)
      ?? ConnmarkTarget(xt, family).map(Target.connmark) ?? TProxyTarget(xt, family).map(Target.tproxy)
      ?? CTTarget(xt, family).map(Target.ct)
    self = known ?? .opaque(OpaqueTarget(xt, family))
  }
}
