import Intercept
import TestSupport

/// Random tables of nf_tables, and rules of iptables-legacy. They accept what belongs to a connection, since a trace follows
/// its first packet only.
struct RandomTables {
  private var random: SeededGenerator
  private var isBesideLegacy = false

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
  }

  /// A script of `nft`.
  ///
  /// - Parameter besideLegacy: true to avoid the priorities of iptables-legacy's chains, whose order among equals the
  ///   kernel does not show.
  mutating func script(besideLegacy: Bool) -> String {
    isBesideLegacy = besideLegacy
    return (0..<Int.random(in: 1...3, using: &random)).map { table($0) }.joined() + Self.conntrack
  }

  /// A rule that enables connection tracking, without which nat has no effect.
  private static let conntrack = """
    table inet tracking {
    chain c {
    type filter hook input priority 300
    ct state invalid counter
    }
    }

    """

  private mutating func table(_ number: Int) -> String {
    let family = random.pick("ip", "ip6", "inet", "inet")
    return """
      table \(family) t\(number) {
      set hosts {
      type ipv4_addr
      flags interval
      elements = { 10.1.0.0/24, 127.0.0.1 }
      }
      set hosts6 {
      type ipv6_addr
      flags interval
      elements = { fd00:1::/64, ::1 }
      }
      set ports {
      type inet_service
      flags interval
      elements = { 80, 440-450 }
      }
      map verdicts {
      type inet_service : verdict
      elements = { 80 : jump sub, 81 : \(random.pick("accept", "drop", "return")) }
      }
      chain sub {
      \(rules(isNAT: false, family, isCalled: true))
      }
      \((0..<Int.random(in: 1...2, using: &random)).map { chain($0, family) }.joined(separator: "\n"))
      }

      """
  }

  private mutating func chain(_ number: Int, _ family: String) -> String {
    let isNAT = random.onceIn(2)
    let hook = isNAT ? "output" : random.pick("output", "input", "prerouting", "postrouting")
    let shift = isBesideLegacy ? 3 : 0
    let priority =
      shift
      + (isNAT ? random.pick(-110, -101, -100, -99, 50) : random.pick(-199, -190, -150, -50, 0, 10, 150))
    return """
      chain c\(number) {
      type \(isNAT ? "nat" : "filter") hook \(hook) priority \(priority)
      \(isNAT ? "" : "ct state established,related accept")
      \(rules(isNAT: isNAT, family))
      }
      """
  }

  /// - Parameter isCalled: true for the chain that the map of verdicts jumps to, which must not use that map.
  private mutating func rules(isNAT: Bool, _ family: String, isCalled: Bool = false) -> String {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in
      if isNAT { return "\(neutralMatch()) counter \(translation(family))" }
      if !isCalled, random.onceIn(4) { return "\(neutralMatch()) \(verdictMap())" }
      let second = random.onceIn(3) ? neutralMatch() + " " : ""
      return "\(match(family)) \(second)counter \(verdict())"
    }.joined(separator: "\n")
  }

  /// A match of any family and protocol, so that another part may require one.
  private mutating func neutralMatch() -> String {
    random.pick(
      "meta skuid 0", "meta skuid != 0", "oifname \"lo\"", "oifname \"d*\"", "iifname \"lo\"",
      "meta mark 0x1",
      "ct state new", "ct mark 0", "fib daddr type local")
  }

  private mutating func verdictMap() -> String {
    random.pick("tcp dport vmap { 80 : accept, 443 : drop }", "th dport vmap @verdicts")
  }

  private mutating func match(_ family: String) -> String {
    let common = [
      "tcp dport 80", "tcp dport { 80, 443 }", "tcp dport != 81", "udp dport 80", "udp dport 81-443",
      "th dport @ports", "meta skuid 0", "meta skuid != 0", "oifname \"lo\"", "oifname \"d*\"",
      "meta mark 0x1",
      "ct state new", "meta l4proto tcp", "meta l4proto { tcp, udp }", "meta l4proto udp", "iifname \"lo\"",
      "fib daddr type local", "ct mark 0",
    ]
    let ipv4 = [
      "ip daddr 10.1.0.0/24", "ip daddr @hosts", "ip daddr != 127.0.0.1", "ip saddr 10.1.0.1",
      "ip daddr . tcp dport { 10.1.0.9 . 80, 127.0.0.1 . 443 }",
    ]
    let ipv6 = ["ip6 daddr fd00:1::/64", "ip6 daddr @hosts6", "ip6 daddr != ::1", "ip6 saddr fd00:1::1"]
    return random.pick(common + (family == "ip6" ? [] : ipv4) + (family == "ip" ? [] : ipv6))
  }

  private mutating func verdict() -> String {
    random.pick(
      "accept", "drop", "return", "", "meta mark set 0x1", "ct mark set 0x1")
  }

  private mutating func translation(_ family: String) -> String {
    let ipv4 = family == "inet" ? "dnat ip" : "dnat"
    let ipv6 = family == "inet" ? "dnat ip6" : "dnat"
    let common = [
      "tcp dport 80 redirect to :9999", "udp dport 80-443 redirect to :9999",
      "meta l4proto { tcp, udp } redirect to :81", "accept", "return",
      "drop", "",
    ]
    let first = ["\(ipv4) to 10.1.0.1", "meta l4proto tcp \(ipv4) to 10.1.0.1:15001"]
    let second = ["\(ipv6) to fd00:1::1", "meta l4proto udp \(ipv6) to [fd00:1::1]:15001"]
    return random.pick(common + (family == "ip6" ? [] : first) + (family == "ip" ? [] : second))
  }

  /// Rules of iptables-legacy for `iptables-legacy-restore`.
  mutating func legacyRules(_ family: IPFamily) -> String {
    let nat = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      "-A OUTPUT \(legacyMatch(family)) -j \(random.pick("REDIRECT --to-ports 9999", "REDIRECT --to-ports 81", "RETURN"))\n"
    }
    let filter = (0..<Int.random(in: 0...2, using: &random)).map { _ in
      let chain = random.pick("OUTPUT", "INPUT")
      return "-A \(chain) \(legacyMatch(family, hasOwner: chain == "OUTPUT")) -m conntrack --ctstate NEW -j "
        + "\(random.pick("DROP", "REJECT", "ACCEPT"))\n"
    }
    return "*nat\n\(nat.joined())COMMIT\n*filter\n\(filter.joined())COMMIT\n"
  }

  /// - Parameter hasOwner: false where no socket is known, and the kernel refuses `-m owner`.
  private mutating func legacyMatch(_ family: IPFamily, hasOwner: Bool = true) -> String {
    let hosts =
      family == .ipv4 ? ["10.1.0.1", "10.1.0.0/24", "127.0.0.1"] : ["fd00:1::1", "fd00:1::/64", "::1"]
    let proto = random.pick("tcp", "udp")
    return random.pick(
      "-p \(proto) -m \(proto) --dport 80", "-p \(proto) -m multiport --dports 81,443",
      "-p \(proto) -d \(random.pick(hosts))", "-p \(proto) -m mark --mark 0x1/0xff",
      hasOwner ? "-p tcp -m owner ! --uid-owner 5" : "-p \(proto)")
  }
}
