import Glibc
import Intercept
import SystemPackage

/// Asks a proxy whether it is ready, with an HTTP client that knows no more than that needs.
public struct ReadinessProbe: Sendable {
  public let url: ReadinessURL

  public init(_ url: ReadinessURL) {
    self.url = url
  }

  /// Asks once, from the thread's network namespace.
  ///
  /// - Parameter time: how long connecting, asking and the answer's first line may take together.
  /// - Returns: the answer of the first address that answers; if none does, what was wrong with the first.
  public func ask(within time: Duration) -> ReadinessAnswer {
    let deadline = ContinuousClock.now + time
    var first: ReadinessAnswer?
    for endpoint in url.endpoints {
      let answer = ask(endpoint, by: deadline)
      guard case .failed = answer else { return answer }
      first = first ?? answer
    }
    return first ?? .silence
  }

  private func ask(_ endpoint: Endpoint, by deadline: ContinuousClock.Instant) -> ReadinessAnswer {
    do throws(Errno) {
      let socket = try TCPSocket.open(endpoint.family)
      try socket.connect(to: endpoint, by: deadline)
      try socket.send(request, by: deadline)
      return try answer(socket, by: deadline)
    } catch {
      return error == .timedOut ? .silence : .failed(error)
    }
  }

  private var request: [UInt8] {
    let lines = [
      "GET \(url.path) HTTP/1.1", "Host: \(url.authority)", "User-Agent: istio-iptables-swift", "Accept: */*",
      "Connection: close",
    ]
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  private func answer(
    _ socket: borrowing TCPSocket, by deadline: ContinuousClock.Instant
  ) throws(Errno) -> ReadinessAnswer {
    var bytes: [UInt8] = []
    while true {
      let more = try socket.receive(by: deadline)
      bytes += more
      if let answer = ReadinessAnswer(bytes, isAll: more.isEmpty) { return answer }
    }
  }
}
