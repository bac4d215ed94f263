import Glibc
import Intercept
import JSONText
import SystemPackage
import TextOutput

/// A log on standard error: text, or a JSON object on a line for each message, as in Istio's JSON log.
struct ConsoleLog {
  /// The level of a message.
  enum Level {
    case info, warning, error
  }

  private let options: LogOptions

  init(_ options: LogOptions) {
    self.options = options
  }

  /// Writes a message, unless the options exclude its level.
  func write(_ text: String, _ level: Level) {
    guard options.level.includes(level) else { return }
    let line = options.isJSON ? Self.json(text, level) : Self.text(text, level)
    // A closed standard error must not stop the work.
    _ = try? FileDescriptor.standardError.writeWhole("\(line)\n")
  }

  /// The message with control characters escaped. The level precedes the first line; further lines are indented, so
  /// that they cannot pass for messages.
  private static func text(_ message: String, _ level: Level) -> String {
    let lines = message.split(separator: "\n").map { String($0).onOneLine }
    return level.prefix + lines.joined(separator: level.prefix.isEmpty ? "\n" : "\n  ")
  }

  /// The members of Istio's log.
  private static func json(_ message: String, _ level: Level) -> String {
    #"{"level":\#(level.istioName.jsonString),"time":\#(now.description.jsonString),"scope":"default","msg":\#(message.jsonString)}"#
      .visibleJSON
  }

  private static var now: UTCTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UTCTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
  }
}

extension LogOptions.Level {
  fileprivate func includes(_ level: ConsoleLog.Level) -> Bool {
    switch self {
    case .debug, .info: true
    case .warn: level != .info
    case .error: level == .error
    case .fatal, .none: false
    }
  }
}

extension ConsoleLog.Level {
  /// The beginning of a line of text.
  fileprivate var prefix: String {
    switch self {
    case .info: ""
    case .warning: "warning: "
    case .error: "error: "
    }
  }

  /// The level's name in Istio's log.
  fileprivate var istioName: String {
    switch self {
    case .info: "info"
    case .warning: "warn"
    case .error: "error"
    }
  }
}
