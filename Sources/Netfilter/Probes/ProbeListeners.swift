import Glibc
import Intercept
import Sockets
import SystemPackage

/// The listeners of a probe. As with Istio, one is enough: the proxy or another validation may have the others.
struct ProbeListeners {
  private let open: [Listener]
  /// The listeners that could not be opened, with the reasons.
  let deaf: [DeafListener]

  init(_ addresses: [Endpoint]) throws(ProbeError) {
    var open: [Listener] = []
    var deaf: [DeafListener] = []
    for address in addresses {
      do throws(Errno) {
        open.append(Listener(address, try .listening(at: address)))
      } catch {
        deaf.append(DeafListener(address: address, reason: error))
      }
    }
    if open.isEmpty { throw .noListener(deaf) }
    self.open = open
    self.deaf = deaf
  }

  /// The descriptors for `poll`.
  var polled: [pollfd] {
    open.map { pollfd(fd: $0.socket.descriptor, events: Int16(POLLIN), revents: 0) }
  }

  /// The listener that has accepted a connection with this original destination port; nil if none has.
  func arrival(for port: Port) -> Endpoint? {
    open.first { $0.hasArrival(for: port) }?.address
  }
}

/// A box for a socket, which cannot be copied.
private final class Listener {
  let address: Endpoint
  let socket: InternetSocket

  init(_ address: Endpoint, _ socket: consuming InternetSocket) {
    self.address = address
    self.socket = socket
  }

  /// Accepts the next connection. True if its original destination has this port: others do not belong to the
  /// probe.
  func hasArrival(for port: Port) -> Bool {
    guard let connection = socket.accept() else { return false }
    return (try? connection.originalPort(address.family)) == port
  }
}
