public import Intercept

/// Facts of a pod that a trace of its rules does not show: the socket that gets a connection, and the process that
/// makes it.
public struct DeliveryNotes: Sendable {
  private let configuration: Configuration
  private let listeners: [ListeningSocket]
  private let proxy: ProxyProcesses

  public init(
    _ configuration: Configuration, _ listeners: [ListeningSocket], _ processes: [NamespaceProcess]
  ) {
    self.configuration = configuration
    self.listeners = listeners
    proxy = ProxyProcesses(configuration, listeners, processes)
  }

  /// The absence of a listener, or the foreign process that listens, on the port that gets the connection.
  public func delivery(_ trace: Trace) -> [String] {
    guard let port = trace.port else { return [] }
    let family = trace.flow.destination.address.family
    let found = listeners.filter { $0.proto == trace.flow.proto && $0.port == port && $0.takes(family) }
    let transparent: [String] = if case .tproxy = trace.verdict { transparency(of: found, port) } else { [] }
    guard transparent.isEmpty else { return transparent }
    guard !found.isEmpty else {
      return [ListeningSocket.absenceNote(port, trace.flow.proto)]
    }
    return found.filter { !isOfProxy($0) }.map(\.foreignNote).distinct
  }

  /// The absence of a socket to which TPROXY can assign packets: one with IP_TRANSPARENT. It drops them without one.
  private func transparency(of found: [ListeningSocket], _ port: Port) -> [String] {
    guard found.allSatisfy({ $0.isTransparent == false }) else { return [] }
    return found.isEmpty
      ? ["no listener on \(port): TPROXY drops the packets, and clients wait in vain"]
      : ["the listener on \(port) lacks IP_TRANSPARENT: TPROXY drops the packets, and clients wait in vain"]
  }

  private func isOfProxy(_ socket: ListeningSocket) -> Bool {
    guard let user = socket.user else { return false }
    return proxy.users.contains(user)
      && (socket.processes.isEmpty
        || socket.processes.contains { !proxy.impostors.map(\.id).contains($0.id) })
  }

  /// Processes that are not the proxy and run as the owner of an outbound connection, if that is the proxy's.
  public func sender(_ flow: Flow) -> [String] {
    guard flow.direction == .outbound, let owner = flow.owner else { return [] }
    let named = proxy.impostors.filter { process in
      configuration.proxyUsers.contains(owner.user) && process.user == owner.user
        || configuration.proxyGroups.contains(owner.group) && process.group == owner.group
    }
    return named.prefix(3).map { process in
      "\(process.name) (pid \(process.id)) runs as uid \(process.user), gid \(process.group) and is not Envoy: "
        + "its connections are not captured either"
    }
  }
}
