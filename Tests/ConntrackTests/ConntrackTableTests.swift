import Conntrack
import Intercept
import KernelTestSupport
import Netlink
import TestSupport
import Testing

/// The table as the kernel lists it; `conntrack` is the witness.
@Suite(.enabled(if: canUseKernel))
struct ConntrackTableTests {
  /// Loads a rule set that tracks connections, and redirects port 80 to 15001.
  private static func loadRules() throws {
    try run(
      "nft", "-f", "-",
      input: """
        table inet t {
          chain zones { type filter hook output priority raw; udp dport 53 ct zone set 7; }
          chain out { type nat hook output priority -100; tcp dport 80 redirect to :15001; }
        }
        """)
  }

  @Test func entriesAreThoseOfConntrack() throws {
    try withNamespace {
      try Self.loadRules()
      let connections = LocalConnections()
      for isIPv6 in [false, true] {
        try connections.listen(15001, isIPv6: isIPv6)
        for port in [80, 80, 15001] as [UInt16] { try connections.connect(port, isIPv6: isIPv6) }
        try connections.connect(53, isIPv6: isIPv6, isUDP: true)
      }
      let table = try ConntrackTable.read()
      let listed = try run("conntrack", "-L", "-o", "extended").split(separator: "\n")
      let witness = listed.compactMap { ConntrackLine($0) }
      #expect(witness.count >= 8)
      #expect(Set(table.entries.map(ConntrackLine.init)) == Set(witness))
      #expect(table.entries.count == witness.count)
      #expect(table.entries.count { $0.isDestinationTranslated } == 4)
      #expect(table.entries.contains { $0.originalZone == 7 && $0.replyZone == 0 || $0.originalZone == 7 })
      let count = try run("conntrack", "-C")
      #expect(table.usage.entries.description + "\n" == count)
      #expect(table.usage.limit > 0 && !table.usage.isNearlyFull)
    }
  }

  @Test func countersNeedAccounting() throws {
    try withNamespace {
      try Self.loadRules()
      let connections = LocalConnections()
      try connections.listen(15001)
      try connections.connect(80)
      #expect(try ConntrackTable.read().entries.allSatisfy { $0.sent == nil && $0.start == nil })
      try run("sysctl", "-w", "net.netfilter.nf_conntrack_acct=1", "net.netfilter.nf_conntrack_timestamp=1")
      try connections.connect(80)
      let counted = try ConntrackTable.read().entries.filter { $0.sent != nil }
      let entry = try #require(counted.first)
      #expect(counted.count == 1)
      let (sent, received) = (try #require(entry.sent), try #require(entry.received))
      #expect(sent.packets >= 2 && sent.bytes > 100)
      #expect(received.packets >= 1 && received.bytes > 50)
      #expect(try #require(entry.start) > 1_600_000_000_000_000_000)
    }
  }

  @Test func eventsShowTheLifeOfAConnection() throws {
    try withNamespace {
      try Self.loadRules()
      let connections = LocalConnections()
      try connections.listen(15001)
      var monitor = try ConntrackMonitor.open(timeout: 200)
      try connections.connect(80)
      try run("conntrack", "-D", "-p", "tcp")
      var events: [ConntrackEvent] = []
      while true {
        let more = try monitor.next()
        if more.isEmpty { break }
        events += more
      }
      #expect(events.first?.kind == .new)
      #expect(events.last?.kind == .destroy)
      #expect(events.allSatisfy { $0.entry.translatedDestination.port == 15001 })
    }
  }
}

/// The fields that `conntrack -L` prints of an entry.
private struct ConntrackLine: Hashable {
  private let fields: [String]

  init(_ entry: ConntrackEntry) {
    let tuples = [entry.original, entry.reply].flatMap {
      ["src=\($0.source.address)", "dst=\($0.destination.address)"]
        + ["sport=\($0.source.port)", "dport=\($0.destination.port)"]
    }
    let zone = entry.originalZone == 0 ? [] : ["zone=\(entry.originalZone)"]
    fields =
      (["\(entry.proto)"] + (entry.tcpState.map { ["\($0)"] } ?? []) + tuples + zone
      + (entry.isUnreplied ? ["[UNREPLIED]"] : []) + (entry.status.contains(.assured) ? ["[ASSURED]"] : []))
      .sorted()
  }

  init?(_ line: Substring) {
    let words = line.split(separator: " ").map(String.init)
    guard words.count > 6, ["ipv4", "ipv6"].contains(words[0]) else { return nil }
    let rest = words.dropFirst(5).filter { !$0.hasPrefix("mark=") && !$0.hasPrefix("use=") }
    fields = ([words[2]] + rest.map { $0.hasPrefix("zone-") ? $0.replacing("zone-orig", with: "zone") : $0 })
      .sorted()
  }
}
