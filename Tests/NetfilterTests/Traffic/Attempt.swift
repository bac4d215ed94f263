import Intercept
import SystemPackage

/// A started connection. Its socket is closed when the value is released.
final class Attempt {
  let flow: Flow
  /// The sign by which the receiver recognises the attempt.
  var sign: Sign?
  private let file: FileDescriptor

  init(file: FileDescriptor, flow: Flow) {
    self.file = file
    self.flow = flow
  }

  deinit { try? file.close() }
}

/// By what a connection is known where it arrives.
enum Sign: Hashable {
  /// The content of a datagram.
  case word(UInt64)
  /// The other end of a TCP connection.
  case peer(Endpoint)
}

/// The actual end of a connection.
struct Arrival: Hashable {
  let place: TrafficBed.Place
  let port: Port
  /// The accepted socket's own end; nil for UDP.
  var local: Endpoint?
  /// The destination before NAT; nil for UDP, and without NAT.
  var original: Endpoint?
}
