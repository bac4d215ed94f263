import Intercept
import Testing

@testable import NetworkValues
@testable import RuleAnalysis
@testable import RuleModel

struct NormalizedRuleTests {
  @Test(arguments: [
    ("-p tcp -m tcp --dport 53 -j RETURN", "-p 6 -m multiport --dports 53 -j RETURN"),
    ("-p udp -m multiport --dports 1,2,3 -j DROP", "-p udp -m udp --dport 1:3 -j DROP"),
    ("-s 10.0.0.1 -o lo -j ACCEPT", "-o lo -s 10.0.0.1/32 -j ACCEPT"),
    ("-i + -d 0.0.0.0/0 -j RETURN", "-j RETURN"),
    ("-p tcp -m tcp --sport 0:65535 -j RETURN", "-p tcp -j RETURN"),
    ("-m mark --mark 0/0 -j RETURN", "-j RETURN"),
    ("-m comment --comment why -j RETURN", "-j RETURN"),
    ("-m state --state NEW,RELATED -j DROP", "-m conntrack --ctstate RELATED,NEW -j DROP"),
    ("-m owner --uid-owner 7 -m owner --gid-owner 8 -j DROP", "-m owner --gid-owner 8 --uid-owner 7 -j DROP"),
  ])
  func spellingsOfOneRuleHaveOneNormalForm(left: String, right: String) {
    #expect(NormalizedRule(TerseRules.rule(left)) == NormalizedRule(TerseRules.rule(right)))
  }

  @Test(arguments: [
    ("-p tcp -j RETURN", "-p udp -j RETURN"), ("-o lo -j RETURN", "-i lo -j RETURN"),
    ("-o lo -j RETURN", "-o lo -j ACCEPT"),
    ("-m owner --uid-owner 7 -j DROP", "-m owner ! --uid-owner 7 -j DROP"),
    ("-m owner --uid-owner 7 -j DROP", "-m owner --gid-owner 7 -j DROP"),
    ("-p tcp -m tcp --dport 53 -j DROP", "-p tcp -m tcp --dport 53:54 -j DROP"),
    ("-p tcp -m multiport --ports 53 -j DROP", "-p tcp -m multiport --dports 53 -j DROP"),
  ])
  func otherRulesHaveOtherNormalForms(left: String, right: String) {
    #expect(NormalizedRule(TerseRules.rule(left)) != NormalizedRule(TerseRules.rule(right)))
  }

  @Test func fields() {
    let rule = NormalizedRule(TerseRules.rule("-o lo -p tcp -m tcp --dport 80 -d 10.0.0.0/8 -j RETURN"))
    #expect(rule.fields == [.outInterface, .proto, .destinationPort, .destination])
    #expect(rule.fields.fields == [.destination, .outInterface, .proto, .destinationPort])
    #expect(rule.fields.count == 4)
  }

  @Test func texts() {
    let rule = NormalizedRule(
      TerseRules.rule(
        "-s 10.0.0.0/8 -p tcp -m multiport ! --dports 53,15008 -m owner --uid-owner 1-9 --socket-exists -j DROP"
      ))
    #expect(
      rule.conditions.map(\.text).sorted() == [
        "! --dports 53,15008", "--socket-exists", "--uid-owner 1-9", "-p tcp", "-s 10.0.0.0/8",
      ])
    #expect(rule.conditions(about: .destinationPort).map(\.text) == ["! --dports 53,15008"])
  }

  @Test(arguments: [
    ("-s 10.0.0.0/8", "-s 11.0.0.0/8", true), ("-s 10.0.0.0/8", "-s 10.1.0.0/16", false),
    ("-s 10.1.0.0/16", "! -s 10.0.0.0/8", true), ("-s 10.0.0.0/8", "-d 11.0.0.0/8", false),
    ("-o eth+", "-o eth0", false), ("-o eth0", "-o lo", true), ("-o lo", "-i eth0", false),
    ("-p tcp", "-p udp", true), ("! -p tcp", "! -p udp", false),
    ("-p tcp -m tcp --dport 80:90", "-p tcp -m multiport --dports 79,91", true),
    ("-p tcp -m tcp --dport 80:90", "-p tcp -m multiport --dports 79,90", false),
    ("-m owner --uid-owner 1-5", "-m owner --uid-owner 6", true),
    ("-m owner --uid-owner 1", "-m owner ! --socket-exists", true),
    ("-m owner ! --uid-owner 1", "-m owner ! --socket-exists", false),
    ("-m owner --socket-exists", "-m owner ! --socket-exists", true),
    ("-m mark --mark 1", "-m mark --mark 2", true), ("-m mark --mark 1", "-m connmark --mark 2", false),
    ("-m conntrack --ctstate NEW", "-m conntrack --ctstate INVALID", true),
    ("-m conntrack --ctstate NEW", "-m conntrack --ctstate DNAT", false),
    ("-m quota --quota 5", "-m quota --quota 6", false),
  ])
  func exclusion(left: String, right: String, excludes: Bool) {
    let (left, right) = (TerseRules.rule("\(left) -j DROP"), TerseRules.rule("\(right) -j DROP"))
    #expect(left.mayMatch(right.orderedConditions) == !excludes)
    #expect(right.mayMatch(left.orderedConditions) == !excludes)
  }
}
