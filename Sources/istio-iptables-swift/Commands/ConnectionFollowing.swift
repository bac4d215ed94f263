import FoundationEssentials
import Inspection
import Installation
import Intercept
import Netfilter
import RuleCommands

/// Reports new and closed connections of a namespace until the process is stopped.
struct ConnectionFollowing {
  private let namespace: NetworkNamespace
  private let facts: PodFacts
  private let filter: ConnectionFilter
  private let format: ConnectionsCommand.Format
  private let rules: CurrentRules

  init(
    _ settings: Settings, _ facts: PodFacts, _ filter: ConnectionFilter, _ format: ConnectionsCommand.Format
  ) throws {
    namespace = try settings.namespace.open()
    self.facts = facts
    self.filter = filter
    self.format = format
    rules = facts.currentRules
  }

  /// Reports until the process is stopped, or its output is closed.
  func run() throws {
    try namespace.run {
      var monitor = try ConntrackMonitor.open(timeout: 1000)
      var lives = ConnectionLives()
      while true {
        do {
          try report(lives.changes(try monitor.next()))
        } catch let error as NetlinkError where error.failure == .repliesLost {
          Console.warn("connections opened and closed faster than they could be read; some are not reported")
        }
      }
    }
  }

  private func report(_ changes: [(word: String, entry: ConntrackEntry)]) throws {
    guard !changes.isEmpty else { return }
    let sockets = (try? NamespaceConnections.read().sockets) ?? []
    let report = ConnectionReport(
      of: changes.map(\.entry), among: sockets, facts.listeners, NamespaceProcesses.read(), rules)
    for (change, connection) in zip(changes, report.connections) where filter.accepts(connection) {
      try print(change.word, connection)
    }
  }

  private func print(_ word: String, _ connection: PodConnection) throws {
    let now = Date.now
    switch format {
    case .table: try Console.print("\(now.formatted(Self.timeFormat))  \(word)  \(connection.line)\n")
    case .json:
      try Console.print(JSONWriter.line(ConnectionEventJSON(word, connection, at: now.timeIntervalSince1970)))
    }
  }

  private static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

/// The connections whose end was reported. A closed TCP connection stays in the table for minutes, in TIME_WAIT.
struct ConnectionLives {
  private var closed: Set<UInt32> = []

  /// Greatest number of closed connections that are remembered.
  private static let limit = 1 << 18

  /// The new and closed connections among events, each reported once.
  mutating func changes(_ events: [ConntrackEvent]) -> [(word: String, entry: ConntrackEntry)] {
    events.compactMap { event in
      guard event.entry.isListed else { return nil }
      return word(for: event).map { ($0, event.entry) }
    }
  }

  private mutating func word(for event: ConntrackEvent) -> String? {
    let id = event.entry.id ?? 0
    switch event.kind {
    case .new: return "new"
    case .update:
      guard event.entry.tcpState == .timeWait || event.entry.tcpState == .close, closed.count < Self.limit
      else {
        return nil
      }
      return closed.insert(id).inserted ? "closed" : nil
    case .destroy: return closed.remove(id) == nil ? "closed" : nil
    }
  }
}
