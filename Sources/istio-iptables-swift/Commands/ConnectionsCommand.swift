import Inspection
import Intercept
import Netfilter
import RuleCommands

/// Lists a pod's live connections and the paths that the rules gave them.
struct ConnectionsCommand: Command {
  static let name = Subcommand.connections
  static var help: CommandHelp {
    CommandHelp(
      abstract: "List a pod's connections: process, original destination, path through the rules.",
      usage: "[<options>]",
      discussion: """
        Sockets and conntrack entries of the namespace, joined. PATH is what the rules did when the connection was \
        made, RULES NOW what they would do now. BYPASS marks connections past the proxy, with the reason: made \
        before the rules, proxy's user, excluded port or destination, family not captured. With --follow, new and \
        closed connections follow, a line each.

          istio-iptables-swift connections --pid 4711
          istio-iptables-swift connections --pid 4711 --verdict bypass
          istio-iptables-swift connections --port 5701 --to 10.0.0.0/8 --uid 1000
          istio-iptables-swift connections --follow --format json
        """)
  }

  enum Format: String, CaseIterable {
    case table, json
  }

  private let filter: ConnectionFilter
  private let follows: Bool
  private let format: Format

  init(reading reader: inout OptionReader, _ operands: Operands) {
    filter = ConnectionFilter(reading: &reader)
    follows = reader.toggle(.follow)
    format = reader.choice(.tableFormat, default: .table)
  }

  func run() throws {
    let settings = try Settings.ofProcess()
    let reader = try PodReader(settings)
    var facts = try reader.connectionFacts()
    facts.compare(with: nil)
    facts.unseen.forEach { Console.warn("not seen: \($0)") }
    var report = ConnectionReport(
      facts.sockets, facts.entries, facts.listeners, facts.processes, facts.currentRules)
    report.connections.removeAll { !filter.accepts($0) }
    try Console.print(text(of: report))
    if follows { try ConnectionFollowing(settings, facts, filter, format).run() }
  }

  private func text(of report: ConnectionReport) throws -> String {
    switch (format, follows) {
    case (.table, _): report.text
    case (.json, false):
      try JSONWriter.text(ConnectionsJSON(connections: report.connections.map(ConnectionJSON.init)))
    case (.json, true):
      try report.connections.map { try JSONWriter.line(ConnectionEventJSON("open", $0)) }.joined()
    }
  }
}

extension ConnectionFilter {
  /// Reads the filter options; mistakes stay in the reader.
  fileprivate init(reading reader: inout OptionReader) {
    self.init()
    port = reader.port(.filterPort)
    destination = reader.value(.filterDestination, wanted: "give a block or an address, like 10.0.0.0/8") {
      CIDR($0) ?? IPAddress($0).map { CIDR(host: $0) }
    }
    user = reader.value(.filterUser, wanted: "give a number from 0 to 4294967294", UserID.init)
    process = reader.text(.filterProcess)
    verdict = reader.choice(.filterVerdict, ConnectionFilter.verdicts.map { ($0, $0) })
  }
}
