public import Intercept

/// The live connections of a pod, each with its path, the result of today's rules, and the reason of a bypass.
public struct ConnectionReport: Hashable, Sendable {
  public var connections: [PodConnection]
}

extension ConnectionReport {
  /// Joins what a namespace holds.
  ///
  /// - Parameters:
  ///   - sockets: the TCP sockets with a peer.
  ///   - entries: the conntrack entries; empty if they could not be read.
  ///   - listeners: the listening sockets.
  ///   - processes: the processes of the namespace.
  ///   - rules: the rules that the namespace has now.
  public init(
    _ sockets: [ConnectedSocket], _ entries: [ConntrackEntry], _ listeners: [ListeningSocket],
    _ processes: [NamespaceProcess], _ rules: CurrentRules
  ) {
    let proxy = rules.configuration.map { ProxyProcesses($0, listeners, processes) }
    var judge = ConnectionJudge(rules, proxy, listeners, processes)
    connections = ConnectionJoin(entries, listeners).connections(sockets)
    for index in connections.indices { judge.judge(&connections[index]) }
  }

  /// The connections of conntrack entries, as events report them, with their sockets if they are still there.
  public init(
    of entries: [ConntrackEntry], among sockets: [ConnectedSocket], _ listeners: [ListeningSocket],
    _ processes: [NamespaceProcess], _ rules: CurrentRules
  ) {
    let proxy = rules.configuration.map { ProxyProcesses($0, listeners, processes) }
    var judge = ConnectionJudge(rules, proxy, listeners, processes)
    connections = entries.map { entry in
      let direction: Flow.Direction = rules.isOwn(entry.original.source.address) ? .outbound : .inbound
      return PodConnection(entry, direction, among: sockets)
    }
    for index in connections.indices { judge.judge(&connections[index]) }
  }
}

/// Completes connections with path, today's result and bypass.
struct ConnectionJudge {
  private let rules: CurrentRules
  private let proxy: ProxyProcesses?
  private let proxyPorts: Set<Port>
  private let listenerPorts: Set<Port>
  private let groups: [Int32: GroupID]
  private var traces: [Flow: Trace?] = [:]

  init(
    _ rules: CurrentRules, _ proxy: ProxyProcesses?, _ listeners: [ListeningSocket],
    _ processes: [NamespaceProcess]
  ) {
    self.rules = rules
    self.proxy = proxy
    proxyPorts = Set(
      rules.configuration.map { IstioPort.all($0, probePort: .validationProbe).map(\.port) } ?? [])
    listenerPorts = Set(
      listeners.filter { proxy?.owns(user: $0.user, $0.processes) == true }.map(\.port))
    groups = Dictionary(processes.map { ($0.id, $0.group) }) { first, _ in first }
  }

  mutating func judge(_ connection: inout PodConnection) {
    connection.isOfProxy = connection.initiator.map(isProxys) ?? false
    connection.path = path(connection)
    connection.today = today(connection)
    if connection.path == .direct { connection.bypass = bypass(connection) }
  }

  private func isProxys(_ socket: ConnectedSocket) -> Bool {
    proxy?.owns(user: socket.user, socket.processes) == true
  }

  private func path(_ connection: PodConnection) -> ConnectionPath {
    if let entry = connection.entry, entry.isDestinationTranslated {
      let end = entry.translatedDestination
      return rules.isOwn(end.address) ? .redirected(to: end) : .translated(to: end)
    }
    guard connection.direction == .inbound, let acceptor = connection.acceptor, isProxys(acceptor),
      !listenerPorts.contains(acceptor.local.port)
    else { return .direct }
    return .tproxied
  }

  /// The trace of a new connection between the same ends. Source ports differ, so traces are shared.
  private mutating func today(_ connection: PodConnection) -> Trace? {
    var flow = Flow(
      connection.direction, connection.proto, to: connection.destination, from: connection.source.address)
    if connection.direction == .outbound {
      flow.owner = owner(of: connection)
      flow.isOwnerUnknown = flow.owner == nil
    }
    if let known = traces[flow] { return known }
    let trace = rules.trace(flow)
    traces[flow] = trace
    return trace
  }

  private func owner(of connection: PodConnection) -> SocketOwner? {
    guard let user = connection.user else { return nil }
    let group = connection.processes.lazy.compactMap { groups[$0.id] }.first
    return (group ?? GroupID(rawValue: user.rawValue)).map { SocketOwner(user: user, group: $0) }
  }
}

extension ConnectionJudge {
  /// Nil for connections that need not go through the proxy: its own, those to its own ports, and calls over lo.
  private func bypass(_ connection: PodConnection) -> BypassReason? {
    guard let configuration = rules.configuration, !connection.isOfProxy else { return nil }
    // Without its owner, a connection may be the proxy's.
    if connection.direction == .outbound, connection.user == nil { return nil }
    let isToSelf = rules.isOwn(connection.destination.address)
    if isToSelf, proxyPorts.contains(connection.destination.port) { return nil }
    if connection.today?.isCaptured == true { return .madeBeforeRules }
    if connection.direction == .outbound, isToSelf { return nil }
    guard let today = connection.today, rules.families.contains(connection.destination.address.family) else {
      return .familyNotCaptured
    }
    switch today.decision?.rule {
    case nil: return .notIncluded
    case .iptables(let rule): return rule.bypassReason(configuration)
    case .nftables: return .excludedByRule
    }
  }
}

extension Rule {
  /// The kind of exclusion that the rule's matches describe.
  fileprivate func bypassReason(_ configuration: Configuration) -> BypassReason {
    for match in matches {
      switch match {
      case .owner: return .proxyUser
      case .tcp(let match) where match.destination != nil: return .excludedPort
      case .udp, .multiport: return .excludedPort
      case .destination: return .excludedDestination
      case .inInterface, .outInterface: return .excludedInterface
      case .tcp, .source, .proto, .mark, .connmark, .conntrack, .state, .addressType, .comment, .opaque:
        continue
      }
    }
    return .excludedByRule
  }
}
