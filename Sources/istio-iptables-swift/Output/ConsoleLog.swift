import FoundationEssentials
import Intercept
import Logging
import SystemPackage
import TextOutput

/// A log on standard error: text, or a JSON object on a line for each message, as in Istio's JSON log.
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
    // A closed standard error must not stop the work.
    _ = try? FileDescriptor.standardError.writeWhole("\(line)\n")
  }

  /// The message with control characters escaped. The level precedes the first line; further lines are indented, so
  /// that they cannot pass for messages.
  private static func text(_ event: LogEvent) -> String {
    let lines = "\(event.message)".split(separator: "\n").map { String($0).onOneLine }
    let prefix = event.level.prefix
    return prefix + lines.joined(separator: prefix.isEmpty ? "\n" : "\n  ")
  }

  private static func json(_ event: LogEvent) -> String {
    let record = Record(
      level: event.level.istioName, time: Date.now.formatted(timeFormat), scope: "default",
      msg: "\(event.message)")
    return (try? JSONWriter.logLine(record)) ?? text(event)
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
  /// The beginning of a line of text.
  fileprivate var prefix: String {
    switch self {
    case .info, .notice: ""
    case .warning: "warning: "
    case .trace, .debug, .error, .critical: "\(istioName): "
    }
  }

  /// The level's name in Istio's log.
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
