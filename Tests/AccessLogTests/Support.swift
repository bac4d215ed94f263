import AccessLog

/// The report of a log.
func read(_ log: String, format: AccessLogFormat? = nil) -> AccessLogReport {
  var reader = AccessLogReader(format)
  var report = AccessLogReport()
  var entry = AccessLogEntry.empty
  for line in log.split(separator: "\n") {
    switch reader.read(line.utf8.span, into: &entry) {
    case .entry: report.add(entry)
    case .other: report.addUnreadable(line: entry.number)
    case .part: break
    }
  }
  if let number = reader.openObject { report.addUnreadable(line: number) }
  return report
}

/// The values of a line; nil if it has none of the formats.
func firstEntry(_ line: String, format: AccessLogFormat? = nil) -> AccessLogEntry? {
  read(line, format: format).entries.first
}
