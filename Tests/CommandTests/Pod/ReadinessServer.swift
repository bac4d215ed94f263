import Glibc
import SystemPackage

/// A server of one answer at a time, in the namespace of the thread that made it. It answers when the test says so.
final class ReadinessServer {
  private let listener: Int32

  init(_ endpoint: Endpoint) throws {
    listener = try Connection.listener(at: endpoint).release()
  }

  deinit { close(listener) }

  /// Takes the next connection and reads what it asks; waits half a minute at most.
  func next() throws -> Exchange {
    var polled = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
    guard poll(&polled, 1, 30_000) == 1 else { throw Errno.timedOut }
    return try Exchange(accept(listener, nil, nil))
  }

  /// One question and its answer.
  final class Exchange {
    private let socket: Int32
    let request: String

    fileprivate init(_ socket: Int32) throws {
      self.socket = socket
      // The data must arrive before the end of the connection.
      var patience = linger(l_onoff: 0, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &patience, socklen_t(MemoryLayout<linger>.size))
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = recv(socket, &bytes, bytes.count, 0)
      guard count > 0 else { throw Errno(rawValue: errno) }
      request = String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    deinit { close(socket) }

    /// Sends the rest of the answer; the client may close when it has read enough.
    func send(_ text: String) {
      let bytes = Array(text.utf8)
      _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
  }
}
