import Glibc
import SystemPackage

/// A connection to the node agent's Unix socket, for one request and its answer.
enum AgentConnection {
  /// Sends a request and reads the answer to its end.
  ///
  /// - Parameters:
  ///   - request: the request, as text of HTTP/1.1.
  ///   - path: the socket's path.
  ///   - time: the time limit for all of it.
  ///   - limit: the maximum number of bytes of the answer.
  /// - Returns: nil if nothing listens there, or the answer is late or too long.
  static func answer(to request: String, at path: String, within time: Duration, atMost limit: Int)
    -> [UInt8]?
  {
    let end = ContinuousClock.now + time
    guard let socket = connect(path) else { return nil }
    defer { try? socket.close() }
    guard (try? socket.writeWhole(Array(request.utf8), until: end)) != nil else { return nil }
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 14)
    while answer.count <= limit, socket.isReady(POLLIN, until: end) {
      guard let count = try? part.withUnsafeMutableBytes({ try socket.read(into: $0) }) else { return nil }
      if count == 0 { return answer }
      answer += part[..<count]
    }
    return nil
  }

  /// A socket that never blocks; nil if nothing listens.
  private static func connect(_ path: String) -> FileDescriptor? {
    var address = sockaddr_un()
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < room else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let socket = Glibc.socket(AF_UNIX, kind, 0)
    guard socket >= 0 else { return nil }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else {
      close(socket)
      return nil
    }
    return FileDescriptor(rawValue: socket)
  }
}

extension FileDescriptor {
  /// Waits until the socket is ready; false at the time limit.
  fileprivate func isReady(_ events: Int32, until end: ContinuousClock.Instant) -> Bool {
    let rest = ContinuousClock.now.duration(to: end).components
    let milliseconds = max(0, rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000)
    var request = pollfd(fd: rawValue, events: Int16(events), revents: 0)
    return poll(&request, 1, Int32(milliseconds)) == 1
  }

  fileprivate func writeWhole(_ bytes: [UInt8], until end: ContinuousClock.Instant) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard isReady(POLLOUT, until: end) else { throw Errno.timedOut }
      // A write to a socket that the agent has closed must not end the process.
      let count = rest.withUnsafeBytes {
        send(rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Errno(rawValue: errno) }
      rest = rest.dropFirst(count)
    }
  }
}
