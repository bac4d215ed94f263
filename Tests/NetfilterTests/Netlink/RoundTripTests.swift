import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// A ruleset that is dumped and written again in another namespace is unchanged.
@Suite(.enabled(if: canUseKernel))
struct RoundTripTests {
  private static let ipv4 = """
    *raw
    -A PREROUTING -p udp -m udp --sport 53 -d 10.96.0.10/32 -j CT --zone 1
    -A OUTPUT -p udp -m udp --dport 53 -m owner --uid-owner 1337 -j CT --zone 2
    COMMIT
    *mangle
    :ISTIO_TPROXY - [0:0]
    -A PREROUTING -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j ISTIO_TPROXY
    -A PREROUTING -m conntrack --ctstate INVALID -j DROP
    -A PREROUTING -m mark --mark 0x539/0xfff -j CONNMARK --save-mark
    -A OUTPUT -m connmark --mark 0x539 -j CONNMARK --restore-mark
    -A ISTIO_TPROXY -p tcp -j TPROXY --on-port 15006 --tproxy-mark 0x539
    -A ISTIO_TPROXY -j MARK --set-mark 1337
    COMMIT
    *nat
    :ISTIO_OUTPUT - [0:0]
    :ISTIO_REDIRECT - [0:0]
    -A OUTPUT -p tcp -j ISTIO_OUTPUT
    -A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN
    -A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp ! --dport 15008 -m owner --uid-owner 1337 -j ISTIO_REDIRECT
    -A ISTIO_OUTPUT -m owner ! --gid-owner 1337 -g ISTIO_REDIRECT
    -A ISTIO_OUTPUT -d 10.0.0.0/13 -i eth+ -j RETURN
    -A ISTIO_OUTPUT -p tcp --sport 1000:2000 --dport 80 -j RETURN
    -A ISTIO_OUTPUT -p tcp -m multiport --dports 53,15008,8000:8100 -m comment --comment "why not" -j RETURN
    -A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001
    COMMIT

    """

  private static let ipv6 = """
    *nat
    :ISTIO_REDIRECT - [0:0]
    -A OUTPUT ! -d ::1/128 -o lo -m owner --uid-owner 1337 -j ISTIO_REDIRECT
    -A OUTPUT -s fd00::/9 -p tcp -m tcp --dport 80 -j ISTIO_REDIRECT
    -A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001
    COMMIT

    """

  private static let native = """
    table inet istio {
      chain output {
        type nat hook output priority -100; policy accept;
        ip daddr { 10.0.0.0/8, 192.168.1.0/24 } return
        tcp dport != { 80, 443 } counter return comment "not the web"
        meta skuid 1337 ct state established meta mark set 0x539 ct mark set meta mark
        meta l4proto tcp redirect to :15001
        goto other
      }
      chain other {
        ct zone 1 drop
        notrack
      }
      chain divert {
        type filter hook prerouting priority -150; policy drop;
        meta l4proto tcp tproxy ip to :15006 accept
      }
    }

    """

  @Test func rulesOfIptables() throws {
    let (original, ruleset) = try withNamespace {
      try run("iptables-nft-restore", input: Self.ipv4)
      try run("ip6tables-nft-restore", input: Self.ipv6)
      return (try listing(), try Ruleset.read())
    }
    #expect(ruleset.rules.count == 19)
    #expect(ruleset.rules.filter(\.hasUnknownExpressions) == [])
    let copy = try withNamespace {
      try ruleset.write()
      // `nft` does not show the blobs of extensions.
      #expect(try Ruleset.read().rules.map(\.expressions) == ruleset.rules.map(\.expressions))
      return try listing()
    }
    #expect(copy == original)
  }

  @Test func rulesOfNFT() throws {
    let (original, ruleset) = try withNamespace {
      try run("nft", "-f", "-", input: Self.native)
      return (try listing(), try Ruleset.read())
    }
    #expect(ruleset.rules.filter(\.hasUnknownExpressions) == [])
    #expect(ruleset.rules.compactMap { RuleComment(userdata: $0.userdata)?.text } == ["not the web"])
    let copy = try withNamespace {
      try ruleset.write()
      // `nft` does not show the blobs of extensions.
      #expect(try Ruleset.read().rules.map(\.expressions) == ruleset.rules.map(\.expressions))
      return try listing()
    }
    #expect(copy == original)
  }

  @Test func anExpressionThatIsNotKnownIsKept() throws {
    let rules = try withNamespace {
      try run("nft", "-f", "-", input: "table ip t { chain c { limit rate 1/second accept; }; }")
      return try Ruleset.read().rules
    }
    #expect(rules.count == 1)
    guard case .unknown(let limit) = rules.first?.expressions.first else {
      Issue.record("the first expression is \(String(describing: rules.first?.expressions.first))")
      return
    }
    #expect(limit.name == "limit")
    #expect(!limit.data.isEmpty)
  }

  @Test func rulesArePutBehindInFrontInPlaceAndAway() throws {
    try withNamespace {
      try run("nft", "-f", "-", input: "table ip t { chain c { accept; drop; }; }")
      var connection = try NFTablesConnection.open()
      let rules = try connection.rules(.ip, table: "t", chain: "c")
      let rule = { (verdict: VerdictCode) in
        RawRule(family: .ip, table: "t", chain: "c", expressions: [.immediate(.verdict(verdict))])
      }
      var later = rule(.goto(chain: "d"))
      later.position = rules[0].handle
      var inFront = rule(.jump(chain: "d"))
      inFront.position = rules[1].handle
      var instead = rule(.continue)
      instead.handle = rules[0].handle
      var batch = Batch()
      try batch.add(RawChain(family: .ip, table: "t", name: "d"))
      try batch.append(later)
      try batch.insert(inFront)
      try batch.insert(rule(.return))
      try batch.replace(instead)
      try batch.delete(rules[1])
      try connection.commit(batch.finish())
      let verdicts = try connection.rules(.ip, table: "t", chain: "c").map(\.expressions)
      let expected: [VerdictCode] = [.return, .continue, .goto(chain: "d"), .jump(chain: "d")]
      #expect(verdicts == expected.map { [.immediate(.verdict($0))] })
    }
  }
}

/// The rules of the namespace and their expressions as `nft` prints them, without handles.
private func listing() throws -> [String] {
  let text = try run("nft", "--debug=netlink", "list", "ruleset")
  return text.split(separator: "\n").map { line in
    var words = line.split(separator: " ")
    while words.count > 3, !line.hasPrefix(" "), words.last?.allSatisfy(\.isNumber) == true {
      words.removeLast()
    }
    return words.joined(separator: " ")
  }
}

extension RawRule {
  fileprivate var hasUnknownExpressions: Bool {
    expressions.contains { if case .unknown = $0 { true } else { false } }
  }
}

/// Everything in a namespace's tables.
private struct Ruleset {
  var tables: [RawTable]
  var chains: [RawChain]
  var sets: [(set: RawSet, elements: [RawSetElement])]
  var rules: [RawRule]

  static func read() throws -> Self {
    var connection = try NFTablesConnection.open()
    var sets: [(set: RawSet, elements: [RawSetElement])] = []
    for set in try connection.sets() {
      sets.append((set, try connection.elements(of: set)))
    }
    return Self(
      tables: try connection.tables(), chains: try connection.chains(), sets: sets,
      rules: try connection.rules())
  }

  func write() throws {
    var connection = try NFTablesConnection.open()
    var batch = Batch(for: try connection.generation())
    for table in tables { try batch.add(table) }
    for chain in chains { try batch.add(chain) }
    var ids: [String: SetID] = [:]
    for (set, elements) in sets {
      let added = try batch.add(set)
      ids[set.name] = added.id
      try batch.add(elements, to: added)
    }
    for rule in rules {
      var rule = rule
      rule.position = nil
      rule.handle = nil
      rule.compatibility = RuleCompatibility(impliedBy: rule.expressions)
      for (index, expression) in rule.expressions.enumerated() {
        guard case .lookup(var lookup) = expression else { continue }
        lookup.setID = ids[lookup.set]
        rule.expressions[index] = .lookup(lookup)
      }
      try batch.append(rule)
    }
    try connection.commit(batch.finish())
  }
}
