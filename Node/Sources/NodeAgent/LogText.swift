import ContainerRuntime
import Logging

extension PodTable.Entry {
  /// The pod for lines of the log.
  func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
    more.merging(["pod": "\(sandbox.pod.onOneLine)", "sandbox": "\(sandbox.id.prefix(12))"]) { $1 }
  }
}

extension String {
  /// At most 500 characters on one line without control characters.
  var onOneLine: String {
    let line = String(
      unicodeScalars.prefix(500).map { $0.value < 32 || $0.value == 127 ? " " : Character($0) })
    return line.unicodeScalars.count < unicodeScalars.count ? line + "..." : line
  }
}
