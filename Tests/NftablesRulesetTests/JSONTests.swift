import NetworkValues
import NftablesRuleset
import RuleModel
import Testing

/// Listings of `nft -j` in the model.
struct JSONTests {
  private static func rules(_ expressions: String) -> String {
    """
    {"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}},
    {"table": {"family": "ip", "name": "t", "handle": 1}},
    {"map": {"family": "ip", "name": "m", "table": "t", "type": "inet_service", "map": "verdict",
      "elem": [[80, {"accept": null}], [443, {"jump": {"target": "x"}}]]}},
    {"chain": {"family": "ip", "table": "t", "name": "x", "handle": 1}},
    {"chain": {"family": "ip", "table": "t", "name": "out", "handle": 2, "type": "nat", "hook": "output",
      "prio": -101, "policy": "accept"}},
    {"rule": {"family": "ip", "table": "t", "chain": "out", "handle": 7, "comment": "c", "expr": [\(expressions)]}}]}
    """
  }

  @Test func tableHasChainsMapsAndRules() throws {
    let rules = try NftRuleset(
      json: Self.rules(#"{"counter": {"packets": 3, "bytes": 180}}, {"accept": null}"#))
    let table = try #require(rules[.ip, "t"])
    #expect(table[chain: "out"]?.base == NftBaseChain(.nat, .inet(.output), priority: -101))
    #expect(
      table[set: "m"]?.elements?.elements == [
        NftElement([80...80], data: .verdict(.accept)), NftElement([443...443], data: .verdict(.jump("x"))),
      ])
    let rule = try #require(table[chain: "out"]?.rules.first)
    #expect(rule.handle == 7 && rule.comment == "c" && rule.counters?.packets == 3)
  }

  @Test(arguments: [
    (
      #"{"match": {"op": "==", "left": {"meta": {"key": "oifname"}}, "right": "lo"}}"#, #"oifname "lo""#
    ),
    (
      #"{"match": {"op": "!=", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": {"prefix": {"addr": "10.0.0.0", "len": 8}}}}"#,
      "ip daddr != 10.0.0.0/8"
    ),
    (
      #"{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [80, {"range": [8000, 8100]}]}}}"#,
      "tcp dport { 80, 8000-8100 }"
    ),
    (
      #"{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}"#,
      "ct state established,related"
    ),
    (
      #"{"match": {"op": "==", "left": {"&": [{"meta": {"key": "mark"}}, 255]}, "right": 3}}"#,
      "meta mark & 255 == 3"
    ),
    (#"{"redirect": {"port": 9999}}"#, "redirect to :9999"), (#"{"masquerade": null}"#, "masquerade"),
    (#"{"dnat": {"addr": "10.0.0.1", "port": 80}}"#, "dnat to 10.0.0.1:80"),
    (#"{"dnat": {"family": "ip6", "addr": "fd00::1", "port": 80}}"#, "dnat ip6 to [fd00::1]:80"),
    (
      #"{"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"ct": {"key": "mark"}}}}"#,
      "meta mark set ct mark"
    ),
    (
      #"{"vmap": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": "@m"}}"#,
      "tcp dport vmap @m"
    ),
    (#"{"reject": {"type": "icmp", "expr": "port-unreachable"}}"#, "reject with icmp port-unreachable"),
    (#"{"notrack": null}"#, "notrack"), (#"{"xt": {"type": "match", "name": "owner"}}"#, "xt match owner"),
    (#"{"jump": {"target": "x"}}"#, "jump x"),
  ])
  func statementMeansTheSameAsItsText(json: String, text: String) throws {
    let rule = try #require(try NftRuleset(json: Self.rules(json)).tables.first?[chain: "out"]?.rules.first)
    #expect(rule == NftRule(text), "\(rule.text)")
  }

  @Test(arguments: [
    "", "{", "[1]", #"{"nftables": 1}"#, #"{"nftables": ["#, #"{"nftables": []} x"#,
    String(repeating: "[", count: 100_000),
  ])
  func otherTextIsAnError(text: String) {
    #expect(throws: NftSyntaxError.self) { try NftRuleset(json: text) }
  }
}
