import Intercept

/// A format of access logs, and a line that it reads.
enum LogFormatReader: FuzzedReader {
  static let name = "log-format"

  static func check(_ input: [UInt8]) {
    let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    do {
      var reader = AccessLogReader(try AccessLogFormat(String(decoding: parts[0], as: UTF8.self)))
      var entry = AccessLogEntry.empty
      guard parts.count > 1, reader.read(Array(parts[1]).span, into: &entry) == .entry else { return }
      Oracle.expectVisible(AccessLogExplanation(entry).text(), input)
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}
