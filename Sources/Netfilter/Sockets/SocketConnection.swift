import CNetfilter
package import Netlink
package import RouteNetlink

/// A connection to sock_diag in one network namespace.
package struct SocketConnection<Transport: NetlinkTransport & ~Copyable>: ~Copyable {
  private var transport: Transport

  package init(over transport: consuming Transport) { self.transport = transport }

  /// The listening TCP sockets.
  package mutating func tcpListeners(_ family: AddressFamily) throws(NetlinkError) -> [DiagnosedSocket] {
    try list("TCP listeners", family, IPPROTO_TCP)
  }

  /// The unconnected UDP sockets.
  package mutating func udpListeners(_ family: AddressFamily) throws(NetlinkError) -> [DiagnosedSocket] {
    try list("UDP sockets", family, IPPROTO_UDP)
  }

  /// The TCP sockets with a peer, in every state except TIME-WAIT, with their `struct tcp_info`.
  package mutating func tcpConnections(_ family: AddressFamily) throws(NetlinkError) -> [DiagnosedSocket] {
    let left = [CNETFILTER_TCP_TIME_WAIT, CNETFILTER_TCP_CLOSE, CNETFILTER_TCP_LISTEN]
    let states = left.reduce(UInt32(0xffff_fffe)) { $0 & ~(1 << UInt32($1)) }
    return try list("TCP connections", family, IPPROTO_TCP, states: states, extensions: [INET_DIAG_INFO])
  }

  /// Sends a request for one socket.
  mutating func ask(_ request: MessageBuilder, _ sequence: UInt32) throws(NetlinkFailure) -> NetlinkMessage {
    try transport.ask(request, sequence: sequence)
  }

  private mutating func list(
    _ what: String, _ family: AddressFamily, _ proto: Int
  ) throws(NetlinkError) -> [DiagnosedSocket] {
    let state = proto == IPPROTO_TCP ? CNETFILTER_TCP_LISTEN : CNETFILTER_TCP_CLOSE
    return try list(what, family, proto, states: 1 << UInt32(state), extensions: [])
  }

  /// - Parameters:
  ///   - states: a bit for each wanted TCP state.
  ///   - extensions: the wanted attributes, INET_DIAG_*.
  private mutating func list(
    _ what: String, _ family: AddressFamily, _ proto: Int, states: UInt32, extensions: [Int]
  ) throws(NetlinkError) -> [DiagnosedSocket] {
    try NetlinkError.naming("list \(what)") { () throws(NetlinkFailure) in
      try transport.dump(DiagnosedSocket.self) {
        DiagnosedSocket.request(family, proto, states: states, extensions: extensions, $0)
      }
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
  /// The local address: four or sixteen bytes in network order.
  package var bytes: [UInt8]
  /// The local port in host order.
  package var port: UInt16
  /// The peer's address; zeros without a peer.
  package var remoteBytes: [UInt8]
  /// The peer's port in host order.
  package var remotePort: UInt16
  /// The TCP state (TCP_*).
  package var state: UInt8
  package var user: UInt32
  /// The inode of its file; zero for a socket that no process has open.
  package var inode: UInt32
  /// True if the socket accepts IPv6 only (INET_DIAG_SKV6ONLY).
  package var isIPv6Only: Bool
  /// True if IP_TRANSPARENT is set; nil before Linux 5.10 (INET_DIAG_SOCKOPT).
  package var isTransparent: Bool?
  /// Payload bytes sent, each once (`tcpi_bytes_sent` less `tcpi_bytes_retrans`), if `struct tcp_info` was asked for.
  package var sentBytes: UInt64?
  /// Payload bytes received (`tcpi_bytes_received`).
  package var receivedBytes: UInt64?
}

extension DiagnosedSocket: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(inet_diag_msg.self)
    guard let family = AddressFamily(header.idiag_family) else {
      throw .malformed("a socket of family \(header.idiag_family)")
    }
    let size = family == .ipv4 ? 4 : 16
    let source = unsafe withUnsafeBytes(of: header.id.idiag_src) { unsafe [UInt8]($0) }
    let peer = unsafe withUnsafeBytes(of: header.id.idiag_dst) { unsafe [UInt8]($0) }
    let info = attributes[INET_DIAG_INFO]?.payload
    self.init(
      family: family, bytes: Array(source.prefix(size)), port: UInt16(bigEndian: header.id.idiag_sport),
      remoteBytes: Array(peer.prefix(size)), remotePort: UInt16(bigEndian: header.id.idiag_dport),
      state: header.idiag_state, user: header.idiag_uid, inode: header.idiag_inode,
      isIPv6Only: attributes[INET_DIAG_SKV6ONLY]?.byte != 0,
      isTransparent: attributes[INET_DIAG_SOCKOPT].map(Self.isTransparent),
      sentBytes: info?.dropFirst(CNETFILTER_TCP_INFO_SENT).load(UInt64.self).map { sent in
        sent - min(sent, info?.dropFirst(CNETFILTER_TCP_INFO_RETRANSMITTED).load(UInt64.self) ?? 0)
      },
      receivedBytes: info?.dropFirst(CNETFILTER_TCP_INFO_RECEIVED).load(UInt64.self))
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

  /// A request for the sockets in certain states, and for certain attributes of them.
  static func request(
    _ family: AddressFamily, _ proto: Int, states: UInt32, extensions: [Int], _ sequence: UInt32
  ) -> MessageBuilder {
    var request = MessageBuilder(
      type: UInt16(SOCK_DIAG_BY_FAMILY), flags: .dump, sequence: sequence)
    var header = inet_diag_req_v2()
    header.sdiag_family = family.number
    header.sdiag_protocol = UInt8(proto)
    header.idiag_states = states
    header.idiag_ext = extensions.reduce(0) { $0 | 1 << UInt8($1 - 1) }
    request.put(header: header)
    return request
  }
}
