import CNIPlugin
import Glibc
import JSONText
import SystemPackage
import TextOutput

/// The plugin's log: the agent, which adds the lines to its own, and a file for the time without agent. Errors and
/// warnings go to standard error as well, where the runtime reads them.
struct PluginLog {
  /// The size at which a log file is renamed to `NAME.1`.
  private static let maximumSize = 10 << 20

  private let socket: String?
  private let file: String?
  private let level: PluginLogLevel

  /// - Parameter configuration: nil if it could not be read; then standard error is the only place.
  init(_ configuration: PluginConfiguration?) {
    socket = configuration?.agentSocket
    file = configuration?.logFile
    level = configuration?.logLevel ?? .info
  }

  /// Writes messages; a place that cannot be written is passed over, because a log must not fail a pod.
  func write(_ messages: [(level: PluginLogLevel, text: String)]) {
    let messages = messages.filter { $0.level >= level }
    guard !messages.isEmpty else { return }
    for message in messages where message.level >= .warning {
      try? FileDescriptor.standardError.writeWhole(Array("istio-cni-swift: \(message.text.onOneLine)\n".utf8))
    }
    let lines = messages.map { Self.line($0.level, $0.text) }
    if let file { append(lines, to: file) }
    guard let socket else { return }
    for line in lines {
      let request = AgentProtocol.logRequest(line)
      guard
        AgentConnection.answer(to: request, at: socket, within: .milliseconds(200), atMost: 1 << 12) != nil
      else { return }
    }
  }

  /// A message as a JSON object with the members of Istio's log.
  private static func line(_ level: PluginLogLevel, _ text: String) -> String {
    #"{"level":\#(level.name.jsonString),"time":\#(now.jsonString),"scope":"cni-plugin","msg":\#(text.onOneLine.jsonString)}"#
  }

  /// The time in UTC.
  private static var now: String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UTCTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec).description
  }

  private func append(_ lines: [String], to path: String) {
    let options: FileDescriptor.OpenOptions = [.create, .append, .closeOnExec, .nonBlocking, .noFollow]
    let file = try? FileDescriptor.open(
      FilePath(path), .writeOnly, options: options, permissions: [.ownerReadWrite])
    guard let file else { return }
    defer { try? file.close() }
    // One write, so that lines of concurrent runs do not mix.
    try? file.writeWhole(Array((lines.joined(separator: "\n") + "\n").utf8))
    if let size = try? file.seek(offset: 0, from: .end), size > Self.maximumSize { rename(path, path + ".1") }
  }
}
