import CNetfilter
package import Intercept
package import Netlink
import RouteNetlink
import SystemPackage

extension SocketConnection where Transport: ~Copyable {
  /// True if the namespace has a TCP connection between two endpoints, seen from the local one. A listener alone is no
  /// connection.
  package mutating func hasConnection(
    at local: Endpoint, from remote: Endpoint
  ) throws(NetlinkError) -> Bool {
    do throws(NetlinkError) {
      return try state(of: local, remote) != CNETFILTER_TCP_LISTEN
    } catch {
      guard error.failure.errno == .noSuchFileOrDirectory else { throw error }
      return false
    }
  }

  /// The state of the socket that gets a segment from the remote endpoint (TCP_*).
  private mutating func state(of local: Endpoint, _ remote: Endpoint) throws(NetlinkError) -> Int {
    try NetlinkError.naming("find a connection") { () throws(NetlinkFailure) in
      let sequence = UInt32.freshSequence
      let reply = try ask(DiagnosedSocket.request(local, remote, sequence), sequence)
      return Int(try reply.body(inet_diag_msg.self).0.idiag_state)
    }
  }
}

extension DiagnosedSocket {
  /// A request for one TCP socket.
  fileprivate static func request(
    _ local: Endpoint, _ remote: Endpoint, _ sequence: UInt32
  ) -> MessageBuilder {
    var request = MessageBuilder(
      type: UInt16(SOCK_DIAG_BY_FAMILY), sequence: sequence)
    var header = inet_diag_req_v2()
    header.sdiag_family = (local.family == .ipv4 ? AddressFamily.ipv4 : .ipv6).number
    header.sdiag_protocol = UInt8(IPPROTO_TCP)
    header.idiag_states = .max
    header.id.idiag_sport = local.port.rawValue.bigEndian
    header.id.idiag_dport = remote.port.rawValue.bigEndian
    unsafe withUnsafeMutableBytes(of: &header.id.idiag_src) { unsafe $0.copyBytes(from: local.address.bytes) }
    unsafe withUnsafeMutableBytes(of: &header.id.idiag_dst) {
      unsafe $0.copyBytes(from: remote.address.bytes)
    }
    // Any socket: INET_DIAG_NOCOOKIE.
    header.id.idiag_cookie = (.max, .max)
    request.put(header: header)
    return request
  }
}
