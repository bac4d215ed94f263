import CNetfilter

/// A conversation with the kernel about the sockets of one network namespace.
package struct SocketConnection<Transport: NetlinkTransport & ~Copyable>: ~Copyable {
  private var transport: Transport

  package init(over transport: consuming Transport) { self.transport = transport }

  /// The TCP sockets that listen.
  package mutating func tcpListeners(_ family: AddressFamily) throws(NetlinkError) -> [DiagnosedSocket] {
    try list("TCP listeners", family, IPPROTO_TCP)
  }

  /// The UDP sockets that take datagrams from anybody.
  package mutating func udpListeners(_ family: AddressFamily) throws(NetlinkError) -> [DiagnosedSocket] {
    try list("UDP sockets", family, IPPROTO_UDP)
  }

  private mutating func list(
    _ what: String, _ family: AddressFamily, _ proto: Int
  ) throws(NetlinkError) -> [DiagnosedSocket] {
    try NetlinkError.naming("list \(what)") { () throws(NetlinkFailure) in
      try transport.dump(DiagnosedSocket.self) { DiagnosedSocket.request(family, proto, $0) }
    }
  }
}

extension SocketConnection where Transport == NetlinkSocket {
  /// Opens a connection in the thread's network namespace.
  package static func open() throws(NetlinkError) -> Self {
    let socket = try NetlinkError.naming("talk to sock_diag") { () throws(NetlinkFailure) in
      try NetlinkSocket.open(.socketDiagnosis)
    }
    return Self(over: socket)
  }
}
