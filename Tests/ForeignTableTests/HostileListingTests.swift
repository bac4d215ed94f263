import Intercept
import TestSupport
import Testing

/// Listings that are cut off or damaged: they are read or refused, and tracing them ends.
struct HostileListingTests {
  private static let sample = """
    table inet t { # handle 1
    \tset s {
    \t\ttype ipv4_addr . inet_service
    \t\telements = { 10.0.0.1 . 80,
    \t\t\t     10.0.0.2 . 443 timeout 1m }
    \t}
    \tmap m {
    \t\ttype inet_service : verdict
    \t\telements = { 80 : jump x, * : drop }
    \t}
    \tchain x {
    \t\tip daddr . tcp dport @s counter packets 1 bytes 60 return # handle 4
    \t\tmeta mark set meta mark & 0xffffff00 | 0x00000001
    \t\ttcp flags & (fin | syn) == syn ct state { new, related } dnat ip to 10.0.0.9:81
    \t}
    \tchain out {
    \t\ttype nat hook output priority dstnat - 1; policy accept;
    \t\ttcp dport vmap @m
    \t\tdnat ip to tcp dport map { 80 : 10.0.0.3, 81 : 10.0.0.4 } comment "a b"
    \t}
    }

    """

  @Test func everyBeginningIsReadOrRefused() throws {
    let bytes = Array(Self.sample.utf8)
    for count in 0...bytes.count {
      trace(String(decoding: bytes.prefix(count), as: UTF8.self))
    }
    #expect(try NftRuleset(listing: Self.sample).ruleCount == 5)
  }

  @Test(arguments: 0..<20)
  func everyDamageIsReadOrRefused(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let characters = Array("{}(),;:#\"@!.-/ \n\t0aZ".utf8)
    for _ in 0..<100 {
      var bytes = Array(Self.sample.utf8)
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.pick(characters)
      }
      trace(String(decoding: bytes, as: UTF8.self))
    }
  }

  private func trace(_ text: String) {
    guard let tables = try? NftRuleset(text: text), let end = Endpoint("10.0.0.1:80") else { return }
    let flow = Flow(.outbound, to: end)
    let trace = Tracer(tables.rules(.ipv4), beside: tables).trace(flow)
    #expect(trace.events.count < 1000)
  }
}
