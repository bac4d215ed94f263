package import Intercept

extension Rule {
  /// The rule's expressions and what goes beside them, exactly as iptables-nft 1.8.9 writes them.
  ///
  /// - Throws: ``RuleEncodingError`` if a part is kept as text only, or cannot be said to the kernel.
  package func encoded(
    _ family: IPFamily
  ) throws(RuleEncodingError) -> (expressions: [Expression], compatibility: RuleCompatibility) {
    do {
      var expressions: [Expression] = []
      for match in matches.inWritingOrder {
        expressions += try match.expressions(family, among: matches)
      }
      // Before the verdict: behind it nothing would be counted.
      expressions.append(.counter(CounterExpression()))
      expressions += try target.expressions(family)
      return (expressions, RuleCompatibility(matches))
    } catch {
      throw RuleEncodingError(rule: iptablesText, part: error.part, reason: error.reason)
    }
  }
}

extension [Match] {
  /// Interfaces, protocol, addresses, then the others in the order given: what 1.8.9 does. From 1.8.10 addresses
  /// come first; reading takes either.
  fileprivate var inWritingOrder: [Match] {
    enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }.map(\.element)
  }
}

extension Match {
  fileprivate var place: Int {
    switch self {
    case .inInterface: 0
    case .outInterface: 1
    case .proto: 2
    case .source: 3
    case .destination: 4
    case .tcp, .udp, .multiport, .owner, .mark, .connmark, .conntrack, .state, .addressType, .comment,
      .opaque:
      5
    }
  }

  /// - Parameter matches: all of the rule's.
  fileprivate func expressions(
    _ family: IPFamily, among matches: [Match]
  ) throws(PartEncodingError) -> [Expression] {
    switch self {
    case .source(let block): try FieldComparison.address(.source, block, family)?.expressions ?? []
    case .destination(let block): try FieldComparison.address(.destination, block, family)?.expressions ?? []
    case .inInterface(let name): FieldComparison.interface(.inputInterfaceName, name).expressions
    case .outInterface(let name): FieldComparison.interface(.outputInterfaceName, name).expressions
    case .proto(let number): FieldComparison.protocol(number).expressions
    case .tcp(let match):
      try match.portsAlone().expressions(match.ports, .tcp, family, among: matches)
    case .udp(let match): try match.expressions(match.ports, .udp, family, among: matches)
    case .mark(let match): match.fieldTest.expressions
    case .multiport(let match): [.match(try match.xtExtension(family))]
    case .owner(let match): [.match(try match.xtExtension(family))]
    case .connmark(let match): [.match(try match.xtExtension(family))]
    case .conntrack(let match): [.match(try match.xtExtension(family))]
    case .state(let match): [.match(match.xtExtension)]
    case .comment(let match): [.match(try match.xtExtension(family))]
    case .addressType: throw PartEncodingError(iptablesText, "is read and not written")
    case .opaque(let match): throw PartEncodingError(match.text, "is known as text only")
    }
  }
}

extension XtCodable {
  /// The looks at ports, or the match of x_tables where there are none to take.
  fileprivate func expressions(
    _ ports: PortTests, _ number: IPProtocol, _ family: IPFamily, among matches: [Match]
  ) throws(PartEncodingError) -> [Expression] {
    guard matches.contains(.proto(.is(number))) else {
      throw PartEncodingError("-m \(Self.name)", "needs -p \(number)")
    }
    let tests = try ports.fieldTests()
    return tests.isEmpty ? [.match(try xtExtension(family))] : tests.flatMap(\.expressions)
  }
}

extension Target {
  fileprivate func expressions(_ family: IPFamily) throws(PartEncodingError) -> [Expression] {
    switch self {
    case .accept: [.immediate(.verdict(.accept))]
    case .drop: [.immediate(.verdict(.drop))]
    case .return: [.immediate(.verdict(.return))]
    case .jump(let chain): [.immediate(.verdict(.jump(chain: chain.text)))]
    case .goto(let chain): [.immediate(.verdict(.goto(chain: chain.text)))]
    case .none: []
    case .redirect(let target): [.target(try target.xtExtension(family))]
    case .mark(let target): [.target(try target.xtExtension(family))]
    case .connmark(let target): [.target(try target.xtExtension(family))]
    case .tproxy(let target): [.target(try target.xtExtension(family))]
    case .ct(let target): [.target(try target.xtExtension(family))]
    case .opaque(let target): throw PartEncodingError("-j \(target.text)", "is known as text only")
    }
  }
}
