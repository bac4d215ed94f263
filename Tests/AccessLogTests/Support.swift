import AccessLog

/// The report of a log.
func read(_ log: String, format: AccessLogFormat? = nil) -> AccessLogReport {
  var reader = AccessLogReader(format)
  var report = AccessLogReport()
  var entry = AccessLogEntry.empty
  for line in log.split(separator: "\n") {
    if reader.read(line.utf8.span, into: &entry) {
      report.add(entry)
    } else {
      report.addUnreadable(line: reader.linesRead)
    }
  }
  return report
}

/// The values of a line; nil if it has none of the formats.
func firstEntry(_ line: String, format: AccessLogFormat? = nil) -> AccessLogEntry? {
  read(line, format: format).entries.first
}
