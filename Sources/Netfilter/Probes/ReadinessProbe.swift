import Glibc
import Intercept
public import SystemPackage

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

/// What came of asking a proxy whether it is ready.
public enum ReadinessAnswer: Hashable, Sendable {
  /// An HTTP status, and what the proxy called it.
  case status(Int, String)
  /// There was no connection, or it broke.
  case failed(Errno)
  /// Connected, and no whole answer in the time there was.
  case silence
  /// Something that is not HTTP: how it begins.
  case garbage(String)

  /// Whether the proxy says yes.
  public var isReady: Bool {
    if case .status(200, _) = self { true } else { false }
  }
}

extension ReadinessAnswer {
  /// Of an HTTP answer no more is read than this many bytes.
  static var longestStatusLine: Int { 1024 }

  /// Reads the first line of an answer; nil while it is not complete.
  ///
  /// - Parameter isAll: whether nothing more will come.
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
    case .failed(.connectionRefused): "connection refused, nobody listens there"
    case .failed(let errno): "\(errno)"
    case .silence: "no answer in time"
    case .garbage(let start): "no HTTP, it begins with '\(start.onOneLine)'"
    }
  }
}
