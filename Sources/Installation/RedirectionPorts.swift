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
    self.init(configuration.redirectionPorts, of: configuration, in: namespace)
  }

  /// Reads the listeners on some ports; nil if they cannot be read.
  init?(_ ports: [Port], of configuration: Configuration, in namespace: NetworkNamespace) {
    guard
      let listeners = try? namespace.run({
        try NamespaceListeners.readTCP(on: ports) { !configuration.isProxy($0) }.sockets
      })
    else { return nil }
    closed = ports.filter { port in !listeners.contains { $0.port == port } }
      .map { ListeningSocket.absenceNote($0) }
    foreign = listeners.filter { !configuration.isProxy($0) }.map(\.foreignNote).distinct
  }
}

extension Configuration {
  /// True if the proxy owns the socket. With TPROXY the injector runs the proxy as root.
  fileprivate func isProxy(_ socket: ListeningSocket) -> Bool {
    guard let user = socket.user else { return false }
    return proxyUsers.contains(user) || !interception.marks.isEmpty && user.rawValue == 0
  }
}
