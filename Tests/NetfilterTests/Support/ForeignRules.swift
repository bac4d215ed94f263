import Intercept
import Netfilter
import TestSupport

/// Rules of other programs beside Istio's: before, between and after them, with packets counted, in a separate
/// chain and in tables that Istio does not use.
enum ForeignRules {
  private static let places: [(table: String, chain: String)] = [
    ("nat", "PREROUTING"), ("nat", "OUTPUT"), ("mangle", "PREROUTING"), ("mangle", "OUTPUT"),
  ]

  /// The number of rules in both families together.
  static let count = 2 * (3 * places.count + 5) + 2

  static func scatter() throws {
    for family in IPFamily.allCases {
      let tables = Dictionary(grouping: places, by: \.table)
      let text = try tables.map { table, places in
        let lines = try places.map { try three(family, table, $0.chain) }
        return "*\(table)\n\(lines.joined())COMMIT\n"
      }
      try Iptables.restore(text.joined() + elsewhere, family)
    }
    try NFT.load(inet)
  }

  /// Tables of family `inet` with names that resemble Istio's.
  private static let inet = """
    table inet istio-proxy {
      set hosts {
        type ipv4_addr
        flags interval
        elements = { 10.0.0.0/8, 192.0.2.1 }
      }
      chain output {
        type nat hook output priority -90; policy accept;
        ip daddr @hosts counter packets 7 bytes 700 return
      }
    }
    table inet my-istio-proxy-nat {
      chain istio-output {
        counter packets 7 bytes 700 return
      }
    }

    """

  /// One rule in front of all others, one after them, and one after the first of Istio's, if there is one.
  private static func three(_ family: IPFamily, _ table: String, _ chain: String) throws -> String {
    var connection = try NFTablesConnection.open()
    let isThere = try connection.chains(TableFamily(family)).contains {
      $0.table == table && $0.name == chain
    }
    let count = isThere ? try connection.rules(TableFamily(family), table: table, chain: chain).count : 0
    let rule = { (port: Int) in "-p tcp --dport \(port) -c 7 700 -j ACCEPT\n" }
    return "-A \(chain) \(rule(40003))-I \(chain) 1 \(rule(40001))"
      + "-I \(chain) \(count == 0 ? 2 : 3) \(rule(40002))"
  }

  private static let elsewhere = """
    *nat
    -N MINE
    -A POSTROUTING -c 7 700 -j MINE
    -A MINE -m statistic --mode nth --every 2 --packet 0 -c 7 700 -j RETURN
    COMMIT
    *filter
    :FORWARD DROP [0:0]
    -A INPUT -c 7 700 -m limit --limit 3/min -j LOG --log-prefix "in: "
    -A INPUT -p tcp -c 7 700 -j DROP
    -A OUTPUT -c 7 700 -o eth9 -j ACCEPT
    COMMIT

    """

  /// A foreign rule, where it is and all that the kernel knows about it.
  struct Seen: Hashable {
    var raw: RawRule
  }

  /// Those that are there, in the order they run, chain by chain.
  static func live() throws -> [Seen] {
    var connection = try NFTablesConnection.open()
    return try connection.rules().filter(isForeign).map { rule in
      var rule = rule
      // The rule before it, which may be Istio's.
      rule.position = nil
      return Seen(raw: rule)
    }
  }

  /// The rules of IPv4 are recognised by their counters. (ip6tables-nft 1.8.9 takes `-c` and forgets it.)
  private static func isForeign(_ rule: RawRule) -> Bool {
    guard rule.family == .ip6 else {
      return rule.expressions.contains(.counter(CounterExpression(packets: 7, bytes: 700)))
    }
    return rule.table == "filter" || ["MINE", "POSTROUTING"].contains(rule.chain)
      || isForeign(Rule(rule, .ipv6))
  }

  /// The rule sets without the foreign rules, as they were read.
  static func without(_ live: [Ruleset]) -> [Ruleset] {
    live.map { ruleset in
      let tables = ruleset.tables.filter { $0.name != .filter }.map { table in
        let chains = table.chains.filter { $0.name.text != "MINE" && $0.name.hook != .postrouting }
        return Table(
          table.name, chains: chains.map { Chain($0.name, rules: $0.rules.filter { !isForeign($0) }) })
      }
      return Ruleset(ruleset.family, tables: tables)
    }.filter { !$0.isEmpty }
  }

  private static func isForeign(_ rule: Rule) -> Bool {
    rule.matches.contains {
      guard case .tcp(let match) = $0, let port = match.destination?.value.single else { return false }
      return (40001...40003).contains(port.rawValue)
    }
  }

  static func save() throws -> String { try Iptables.save(.ipv4) + Iptables.save(.ipv6) }

  /// The saved text of a namespace without other rules.
  static var text: String { IPFamily.allCases.map { _ in family }.joined() }

  private static var family: String {
    let three = { (chain: String) in
      [40001, 40002, 40003].map { "-A \(chain) -p tcp -m tcp --dport \($0) -j ACCEPT\n" }.joined()
    }
    return """
      *mangle
      :PREROUTING ACCEPT [0:0]
      :INPUT ACCEPT [0:0]
      :FORWARD ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :POSTROUTING ACCEPT [0:0]
      \(three("PREROUTING"))\(three("OUTPUT"))COMMIT
      *nat
      :PREROUTING ACCEPT [0:0]
      :INPUT ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :POSTROUTING ACCEPT [0:0]
      :MINE - [0:0]
      \(three("PREROUTING"))\(three("OUTPUT"))-A POSTROUTING -j MINE
      -A MINE -m statistic --mode nth --every 2 --packet 0 -j RETURN
      COMMIT
      *filter
      :INPUT ACCEPT [0:0]
      :FORWARD DROP [0:0]
      :OUTPUT ACCEPT [0:0]
      -A INPUT -m limit --limit 3/min -j LOG --log-prefix "in: "
      -A INPUT -p tcp -j DROP
      -A OUTPUT -o eth9 -j ACCEPT
      COMMIT

      """
  }
}
