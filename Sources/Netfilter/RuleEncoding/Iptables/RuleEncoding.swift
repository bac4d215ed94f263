package import Intercept
package import NFTables

extension Rule {
  /// The rule's expressions and its NFTA_RULE_COMPAT, exactly as iptables-nft 1.8.9 encodes them.
  ///
  /// - Throws: ``RuleEncodingError`` if a part is opaque or has no encoding.
  package func encoded(
    _ family: IPFamily
  ) throws(RuleEncodingError) -> (expressions: [Expression], compatibility: RuleCompatibility) {
    do {
      var expressions: [Expression] = []
      for match in matches.inWritingOrder {
        expressions += try match.expressions(family, among: matches)
      }
      // The counter precedes the verdict, after which it would count nothing.
      expressions.append(.counter(CounterExpression()))
      expressions += try target.expressions(family)
      return (expressions, RuleCompatibility(matches))
    } catch {
      throw RuleEncodingError(rule: iptablesText, part: error.part, reason: error.reason)
    }
  }
}

extension [Match] {
  /// Interfaces, protocol, addresses, then the others in the given order, as in iptables-nft 1.8.9. From 1.8.10
  /// addresses are first; decoding accepts both orders.
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

  /// - Parameter matches: all matches of the rule.
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
  /// The comparisons of ports, or the x_tables match if there are none.
  fileprivate func expressions(
    _ ports: PortComparisons, _ number: IPProtocol, _ family: IPFamily, among matches: [Match]
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
