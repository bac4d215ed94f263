import Intercept
import Testing

/// Spellings that make no difference.
struct DiffSpellingTests {
  /// The same rule in different spellings.
  @Test(arguments: [
    ("-p tcp -m tcp --dport 53 -j RETURN", "-p 6 -m multiport --dports 53 -j RETURN"),
    ("-p tcp -j RETURN", "-p tcp -m tcp -j RETURN"),
    ("-p tcp -j RETURN", "-s 0.0.0.0/0 -i + -p tcp -j RETURN"),
    ("-p tcp -j RETURN", "-p tcp -m comment --comment istio -j RETURN"),
    ("-p tcp -j RETURN", "-p tcp -m tcp --dport 0:65535 -j RETURN"),
    (
      "-o lo -m owner --uid-owner 1 -j RETURN",
      "-m owner --uid-owner 1 -m owner --uid-owner 1 -o lo -j RETURN"
    ),
    (
      "-m owner ! --gid-owner 1 -m owner ! --gid-owner 2 -j RETURN",
      "-m owner ! --gid-owner 2 -m owner ! --gid-owner 1 -j RETURN"
    ),
    ("-p tcp -m multiport --dports 1,2,3 -j RETURN", "-p tcp -m multiport --dports 3,1:2 -j RETURN"),
    ("-p tcp -m mark --mark 0x1 -j RETURN", "-m mark --mark 0x1/0xffffffff -p tcp -j RETURN"),
    ("-d 127.0.0.1/32 -j RETURN", "-d 127.0.0.1/32 -p 0 -j RETURN"),
  ])
  func `spelling does not count`(wanted: String, live: String) {
    let sides = [wanted, live].map { TerseRules.ruleset("*nat\n-A ISTIO_OUTPUT \($0)") }
    #expect(RulesetDiff(wanted: sides[0], live: sides[1]).isEmpty)
    #expect(RulesetDiff(wanted: sides[1], live: sides[0]).isEmpty)
  }

  @Test(arguments: [
    (
      "-p tcp -j RETURN", "-p tcp -m addrtype --dst-type LOCAL -j RETURN",
      "--dst-type LOCAL is there, but not wanted"
    ),
    (
      "-p tcp -m mark --mark 0x539 -j RETURN", "-p tcp -m mark --mark 0x539/0xfff -j RETURN",
      "--mark 0x539/0xfff should be 0x539"
    ),
    (
      "-p tcp -m connmark --mark 0x1 -j RETURN", "-p tcp -m connmark --mark 0x2 -j RETURN",
      "-m connmark --mark 0x2 should be 0x1"
    ),
    (
      "-m conntrack --ctstate INVALID -j DROP", "-m conntrack --ctstate NEW -j DROP",
      "--ctstate NEW should be INVALID"
    ),
    ("-j ISTIO_REDIRECT", "-g ISTIO_REDIRECT", "-g ISTIO_REDIRECT should be -j ISTIO_REDIRECT"),
    ("-p tcp -j REDIRECT --to-ports 1", "-p tcp", "-j REDIRECT --to-ports 1 is missing"),
    (
      "-p tcp -m tcp --sport 1 -j RETURN", "-p tcp -m tcp --dport 1 -j RETURN",
      "--sport 1 is missing; --dport 1 is there, but not wanted"
    ),
    (
      "-m owner ! --gid-owner 1 -m owner ! --gid-owner 2 -j RETURN", "-m owner ! --gid-owner 1 -j RETURN",
      "! --gid-owner 2 is missing"
    ),
  ])
  func `meaning counts`(wanted: String, live: String, note: String) throws {
    let sides = [wanted, live].map { TerseRules.ruleset("*nat\n-A ISTIO_OUTPUT \($0)") }
    let difference = try #require(RulesetDiff(wanted: sides[0], live: sides[1]).differences.first)
    guard case .changed(_, _, let parts) = difference else {
      Issue.record("\(difference)")
      return
    }
    #expect(parts.map(\.text).joined(separator: "; ") == note)
  }

  @Test func `rules that have little in common are not one changed rule`() {
    let wanted = TerseRules.ruleset("*nat\n-A ISTIO_OUTPUT -d 10.0.0.0/8 -j RETURN")
    let live = TerseRules.ruleset("*nat\n-A ISTIO_OUTPUT -p tcp -m tcp --dport 80 -j ISTIO_REDIRECT")
    #expect(RulesetDiff(wanted: wanted, live: live).differences.map(\.kind) == [.missing, .unexpected])
  }

  @Test func `order counts within a chain, however much there is of it`() {
    let rules = (0..<1000).map { "-A ISTIO_OUTPUT -d 10.\($0 >> 8).\($0 & 255).0/24 -j RETURN\n" }
    let wanted = TerseRules.ruleset("*nat\n" + rules.joined())
    let live = TerseRules.ruleset("*nat\n" + (rules[1...] + rules[..<1]).joined())
    let differences = RulesetDiff(wanted: wanted, live: live).differences
    #expect(differences.map(\.kind) == [.moved])
    let reversed = RulesetDiff(wanted: wanted, live: TerseRules.ruleset("*nat\n" + rules.reversed().joined()))
    #expect(reversed.differences.count == 999)
    let others = TerseRules.ruleset(
      "*nat\n" + rules.map { $0 == rules[7] ? $0 : "-A ISTIO_OUTPUT -s 10" + $0.dropFirst(20) }.joined())
    #expect(RulesetDiff(wanted: wanted, live: others).differences.count >= 999)
  }
}
