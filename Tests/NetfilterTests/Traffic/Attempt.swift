import Intercept
import SystemPackage

/// A connection that has been begun. Its socket is closed when nobody asks any more.
final class Attempt {
  let flow: Flow
  /// How the one who gets it knows it.
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
  /// What a datagram holds.
  case word(UInt64)
  /// The other end of a TCP connection.
  case peer(Endpoint)
}

/// Where a connection really went.
struct Arrival: Hashable {
  let place: TrafficBed.Place
  let port: Port
  /// The accepted socket's own end; nil for UDP.
  var local: Endpoint?
  /// What NAT says the destination was; nil for UDP, and where there was no NAT.
  var original: Endpoint?
}
