public import Intercept
public import Netfilter

/// The listeners on the ports to which the rules of a configuration redirect connections.
public struct RedirectionPorts: Hashable, Sendable {
  /// The ports without a listener, a sentence each: `no listener on 15001: refused`.
  public let closed: [String]
  /// The ports that another process than the proxy has, a sentence each:
  /// `15001 belongs to python3 (uid 1000), not the proxy`.
  public let foreign: [String]

  /// Reads the listeners of a namespace; nil if they cannot be read.
  public init?(_ configuration: Configuration, in namespace: NetworkNamespace) {
    let ports = configuration.redirectionPorts
    let isRelevant = { (socket: ListeningSocket) in socket.proto == .tcp && ports.contains(socket.port) }
    let isForeign = { (socket: ListeningSocket) in isRelevant(socket) && !configuration.isProxy(socket) }
    guard
      let found = try? namespace.run({ try NamespaceListeners.read(processesOf: isForeign).sockets })
    else { return nil }
    let listeners = found.filter(isRelevant)
    closed = ports.filter { port in !listeners.contains { $0.port == port } }.map {
      "no listener on \($0): refused"
    }
    foreign = listeners.filter(isForeign).reduce(into: []) { lines, listener in
      let line = "\(listener.port) belongs to \(listener.ownerWords), not the proxy"
      if !lines.contains(line) { lines.append(line) }
    }
  }
}

extension Configuration {
  /// True if the proxy owns the socket. With TPROXY the injector runs the proxy as root.
  fileprivate func isProxy(_ socket: ListeningSocket) -> Bool {
    guard let user = socket.user else { return false }
    return proxyUsers.contains(user) || !interception.marks.isEmpty && user.rawValue == 0
  }
}

extension ListeningSocket {
  /// `python3 (uid 1000)`.
  fileprivate var ownerWords: String {
    let owner = user.map { "uid \($0)" } ?? "a user of another namespace"
    return processes.first.map { "\($0.name) (\(owner))" } ?? owner
  }
}
