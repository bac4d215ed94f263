import FoundationEssentials
import Intercept
import Logging
import SystemPackage

/// Writes messages to the standard error stream: text, or each an object in a line of its own, as Istio's JSON log
/// has them.
struct ConsoleLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let options: LogOptions

  init(_ options: LogOptions) {
    self.options = options
    logLevel = options.level.threshold
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    guard options.level != .none else { return }
    let line = options.isJSON ? Self.json(event) : Self.text(event)
    // A broken stream for words must not fail the work they are about.
    _ = try? FileDescriptor.standardError.writeWhole("\(line)\n")
  }

  /// The message without control characters that a terminal would obey. The level stands before its first line;
  /// those behind it are indented, so that nobody takes them for messages.
  private static func text(_ event: LogEvent) -> String {
    let lines = "\(event.message)".split(separator: "\n").map { String($0).onOneLine }
    let prefix = event.level.prefix
    return prefix + lines.joined(separator: prefix.isEmpty ? "\n" : "\n  ")
  }

  private static func json(_ event: LogEvent) -> String {
    let record = Record(
      level: event.level.istioName, time: Date.now.formatted(timeFormat), scope: "default",
      msg: "\(event.message)")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(record)).map { String(decoding: $0, as: UTF8.self) } ?? text(event)
  }

  private static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  private struct Record: Encodable {
    let level, time, scope, msg: String
  }
}

extension LogOptions.Level {
  fileprivate var threshold: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .warn: .warning
    case .error: .error
    case .fatal, .none: .critical
    }
  }
}

extension Logger.Level {
  /// What a line of text begins with.
  fileprivate var prefix: String {
    switch self {
    case .info, .notice: ""
    case .warning: "warning: "
    case .trace, .debug, .error, .critical: "\(istioName): "
    }
  }

  /// The level as Istio's log names it.
  fileprivate var istioName: String {
    switch self {
    case .trace, .debug: "debug"
    case .info, .notice: "info"
    case .warning: "warn"
    case .error: "error"
    case .critical: "fatal"
    }
  }
}
