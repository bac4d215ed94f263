import Glibc
import Intercept
import SystemPackage

/// The listeners that a probe may come to. As with Istio, one of them is enough: the proxy, or another validation,
/// may have the others.
struct ProbeListeners {
  private let open: [Listener]
  /// Those that could not be opened, and why.
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

  /// What `poll` wakes up for.
  var polled: [pollfd] {
    open.map { pollfd(fd: $0.socket.descriptor, events: Int16(POLLIN), revents: 0) }
  }

  /// The listener to which a connection has come that was for a port; nil if none has.
  func arrival(for port: Port) -> Endpoint? {
    open.first { $0.hasArrival(for: port) }?.address
  }
}

/// Keeps a socket where only copyable values can be kept.
private final class Listener {
  let address: Endpoint
  let socket: TCPSocket

  init(_ address: Endpoint, _ socket: consuming TCPSocket) {
    self.address = address
    self.socket = socket
  }

  /// Takes the next connection. One that was for another port, or that no rule sent here, is somebody else's.
  func hasArrival(for port: Port) -> Bool {
    guard let connection = socket.accept() else { return false }
    return (try? connection.originalPort(address.family)) == port
  }
}
