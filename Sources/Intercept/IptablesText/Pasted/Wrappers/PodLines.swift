import LogText
import NetworkValues

/// The lines of one pod among those of several, whose logs a collector has joined and marked by prefixes.
struct PodLines {
  /// The lines of the first pod with rules, and those without a pod.
  var lines: NumberedLines
  /// The pods with rules, in the order of the text: the first is read. Empty for a text of one pod.
  private(set) var pods: [String] = []

  /// The lines as they are, unless two pods have a line of rules in common: one pod's log has few twice, and two pods
  /// have most of them.
  init(_ lines: NumberedLines) {
    guard lines.havePods else {
      self.lines = lines
      return
    }
    var owners: [String: String] = [:]
    var known: Set<String> = []
    var isShared = false
    for line in lines {
      guard let pod = line.pod, LineKind(line.text[...]).isRuleText else { continue }
      if known.insert(pod).inserted { pods.append(pod) }
      isShared = isShared || owners[line.text].map { $0 != pod } == true
      owners[line.text] = pod
    }
    guard isShared, let first = pods.first else {
      (self.lines, pods) = (lines, [])
      return
    }
    var own = lines.withoutLines
    for line in lines where line.pod == nil || line.pod == first { own.append(line) }
    self.lines = own
  }

  /// The pods of a text, in a sentence; nil for a text of one pod.
  var remark: String? {
    guard let first = pods.first else { return nil }
    let others = pods.dropFirst().prefix(4).joined(separator: ", ")
    let more = pods.count > 5 ? " and \(pods.count - 5) more" : ""
    return
      "the text has the rules of \(pods.count) pods: those of \(first) are read, not those of \(others)\(more)"
  }
}

extension LogSource {
  /// The name of the pod before a line; nil for a prefix without one, or with another name, such as `iptables-restore`.
  static func pod(inPrefix prefix: Substring) -> String? {
    guard prefix.utf8.contains(.hyphen),
      let name = LogSource(prefix: prefix).pod?.prefix(while: { $0 != ":" }), name.utf8.contains(.hyphen),
      !name.hasBytes("tables-"),
      name.utf8.allSatisfy({ $0.isLowercase || $0.isDigit || $0 == .hyphen || $0 == .period })
    else { return nil }
    return String(name)
  }
}
