import Intercept
public import SystemPackage

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
