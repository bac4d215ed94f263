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

/// A TCP or UDP socket of a network namespace (`struct inet_diag_msg`).
package struct DiagnosedSocket: Hashable, Sendable {
  package var family: AddressFamily
  /// What it is bound to: four or sixteen bytes, in network order.
  package var bytes: [UInt8]
  /// In host order.
  package var port: UInt16
  package var user: UInt32
  /// The number of its file; zero for a socket that no process has.
  package var inode: UInt32
  /// Of IPv6 (INET_DIAG_SKV6ONLY).
  package var isIPv6Only: Bool
  /// Since Linux 5.10 (INET_DIAG_SOCKOPT).
  package var isTransparent: Bool?
}

extension DiagnosedSocket: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(inet_diag_msg.self)
    guard let family = AddressFamily(header.idiag_family) else {
      throw .malformed("a socket of family \(header.idiag_family)")
    }
    let source = unsafe withUnsafeBytes(of: header.id.idiag_src) { unsafe [UInt8]($0) }
    self.init(
      family: family, bytes: Array(source.prefix(family == .ipv4 ? 4 : 16)),
      port: UInt16(bigEndian: header.id.idiag_sport), user: header.idiag_uid, inode: header.idiag_inode,
      isIPv6Only: attributes[INET_DIAG_SKV6ONLY]?.byte != 0,
      isTransparent: attributes[INET_DIAG_SOCKOPT].map(Self.isTransparent))
  }
}

extension DiagnosedSocket {
  /// Reads `struct inet_diag_sockopt`, whose fields are bits.
  private static func isTransparent(_ attribute: NetlinkAttribute) -> Bool {
    var options = inet_diag_sockopt()
    unsafe withUnsafeMutableBytes(of: &options) {
      unsafe $0.copyBytes(from: attribute.payload.prefix($0.count))
    }
    return options.transparent != 0
  }

  /// Asks for those that wait for somebody: TCP's listeners, and UDP's sockets that are not connected.
  static func request(_ family: AddressFamily, _ proto: Int, _ sequence: UInt32) -> MessageBuilder {
    var request = MessageBuilder(
      type: UInt16(SOCK_DIAG_BY_FAMILY), flags: [.request, .dump], sequence: sequence)
    var header = inet_diag_req_v2()
    header.sdiag_family = family.number
    header.sdiag_protocol = UInt8(proto)
    header.idiag_states = 1 << (proto == IPPROTO_TCP ? CNETFILTER_TCP_LISTEN : CNETFILTER_TCP_CLOSE)
    request.put(header: header)
    return request
  }
}
