import Glibc
import Intercept
import Sockets
public import SystemPackage

/// A readiness check of a proxy over a minimal HTTP client.
public struct ReadinessProbe: Sendable {
  public let url: ReadinessURL

  public init(_ url: ReadinessURL) {
    self.url = url
  }

  /// Sends one request from the thread's network namespace.
  ///
  /// - Parameter time: the time limit for connecting, the request and the first line of the answer together.
  /// - Returns: the answer of the first address that answers; if none does, the failure of the first.
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
      let socket = try InternetSocket.open(endpoint.family)
      try socket.connect(to: endpoint, by: deadline)
      return try answer(to: request, over: socket, by: deadline)
    } catch {
      return .failed(error)
    }
  }

  private var request: [UInt8] {
    let lines = [
      "GET \(url.path) HTTP/1.1", "Host: \(url.authority)", "User-Agent: istio-iptables-swift", "Accept: */*",
      "Connection: close",
    ]
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// - Throws: the failure of the connection; a connection that stays open without an answer is `silence`.
  private func answer(
    to request: [UInt8], over socket: borrowing InternetSocket, by deadline: ContinuousClock.Instant
  ) throws(Errno) -> ReadinessAnswer {
    do throws(Errno) {
      try socket.send(request, by: deadline)
      var bytes: [UInt8] = []
      while true {
        let more = try socket.receive(by: deadline)
        bytes += more
        if let answer = ReadinessAnswer(bytes, isAll: more.isEmpty) { return answer }
      }
    } catch {
      guard error == .timedOut else { throw error }
      return .silence
    }
  }
}

/// The result of a readiness request to a proxy.
public enum ReadinessAnswer: Hashable, Sendable {
  /// An HTTP status and its reason phrase.
  case status(Int, String)
  /// The connection failed.
  case failed(Errno)
  /// No complete answer in time.
  case silence
  /// The start of an answer that is not HTTP.
  case garbage(String)

  /// True for status 200.
  public var isReady: Bool {
    if case .status(200, _) = self { true } else { false }
  }
}

extension ReadinessAnswer {
  /// The maximum number of bytes read of an answer.
  static var longestStatusLine: Int { 1024 }

  /// Parses the first line of an answer; nil while it is incomplete.
  ///
  /// - Parameter isAll: true at the end of the connection.
  init?(_ bytes: [UInt8], isAll: Bool) {
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    guard line.count < bytes.count || isAll || bytes.count >= Self.longestStatusLine else { return nil }
    let text = String(decoding: line.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard line.count < bytes.count, parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].utf8.count == 3,
      let code = Int(parts[1]), (100...599).contains(code)
    else {
      self = bytes.isEmpty ? .failed(.connectionReset) : .garbage(String(text.prefix(40)))
      return
    }
    self = .status(code, parts.count > 2 ? String(parts[2].prefix(40)) : "")
  }
}

extension ReadinessAnswer: CustomStringConvertible {
  public var description: String {
    switch self {
    case .status(let code, let reason):
      reason.isEmpty ? "status \(code)" : "status \(code) \(reason.onOneLine)"
    case .failed(.connectionRefused): "connection refused, no listener"
    case .failed(.timedOut): "no connection in time"
    case .failed(let errno): "\(errno)"
    case .silence: "no answer in time"
    case .garbage(let start): "no HTTP, it begins with '\(start.onOneLine)'"
    }
  }
}
