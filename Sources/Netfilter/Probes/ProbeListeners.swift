import Glibc
import Intercept
import Netlink
import RouteNetlink
import Sockets
import SystemPackage

/// The listeners of one connection of a probe, closed at the end of this value.
///
/// None is opened where another program listens: a listener at 127.0.0.1 precedes one at 0.0.0.0, so it would take the
/// proxy's connections. One is enough, as with Istio.
struct ProbeListeners: ~Copyable {
  private let open: [Listener]
  /// The listeners that could not be opened, with the reasons.
  let deaf: [DeafListener]
  /// True if a socket listens at the probe's destination, so that no connection that arrives there is refused.
  let isTargetOpen: Bool

  /// - Parameters:
  ///   - probe: the probe whose listeners and destination to listen at.
  ///   - others: the listeners of other programs.
  init(_ probe: Probe, beside others: OtherListeners) throws(ProbeError) {
    let addresses = probe.listeners
    let free = addresses.filter { !others.accept($0) }
    var open: [Listener] = []
    var deaf: [DeafListener] = []
    for address in free {
      do throws(Errno) {
        open.append(Listener(try .listening(at: address)))
      } catch {
        deaf.append(DeafListener(address: address, reason: error))
      }
    }
    if open.isEmpty, free.count == addresses.count { throw .noListener(deaf) }
    let target = others.accept(probe.target) ? nil : try? InternetSocket.listening(at: probe.target)
    isTargetOpen = target != nil || others.accept(probe.target)
    if let target { open.append(Listener(target)) }
    self.open = open
    self.deaf = deaf
  }
}

/// A box for a socket, which cannot be copied.
private final class Listener {
  private let socket: InternetSocket

  init(_ socket: consuming InternetSocket) { self.socket = socket }
}

/// The TCP listeners of a namespace, without those of the probe.
struct OtherListeners {
  private let sockets: [DiagnosedSocket]

  /// Reads them over sock_diag.
  init(_ connection: inout SocketConnection<NetlinkSocket>) throws(NetlinkError) {
    var sockets: [DiagnosedSocket] = []
    for family in AddressFamily.allCases { sockets += try connection.tcpListeners(family) }
    self.sockets = sockets
  }

  /// True if one of them accepts connections to an endpoint.
  func accept(_ endpoint: Endpoint) -> Bool {
    sockets.contains { socket in
      let isAny = socket.bytes.allSatisfy { $0 == 0 }
      let isSameFamily = (socket.family == .ipv4) == (endpoint.family == .ipv4)
      let takesFamily = isSameFamily || socket.family == .ipv6 && isAny && !socket.isIPv6Only
      return socket.port == endpoint.port.rawValue && takesFamily
        && (isAny || socket.bytes == endpoint.address.bytes)
    }
  }
}
