import Intercept

/// Lines of Envoy's access log in any of the known formats, with the prefixes of log collectors.
enum AccessLogLinesReader: FuzzedReader {
  static let name = "access-log"

  static func check(_ input: [UInt8]) {
    var reader = AccessLogReader()
    var report = AccessLogReport()
    var entry = AccessLogEntry.empty
    var splitter = LineSplitter()
    func add(_ line: Span<UInt8>) {
      switch reader.read(line, into: &entry) {
      case .entry: report.add(entry)
      case .other: report.addUnreadable(line: entry.number)
      case .part: break
      }
    }
    // A line may come in several parts.
    let middle = input.count / 2
    splitter.read(input.span.extracting(0..<middle), add)
    splitter.read(input.span.extracting(middle..<input.count), add)
    splitter.finish(add)
    let lines = report.entries.map { AccessLogExplanation($0, partner: report.partners[$0.number]) }
    Oracle.expectVisible(report.text(lines), input)
    Oracle.expect(report.entries.count <= AccessLogReport.keptLines, "too many lines are kept", input)
  }
}
