import NetworkValues

/// The strings of a JSON text that hold rules or a log's message.
enum RuleStrings {
  private static let messageKeys: Set<String> = [
    "log", "msg", "message", "MESSAGE", "text", "textPayload", "body", "line", "content", "output", "stdout",
    "data",
  ]

  private static let podKeys: Set<String> = [
    "pod_name", "pod", "podName", "k8s.pod.name", "kubernetes.pod_name",
  ]

  /// The pod that each line with one names.
  static func pods(of items: [JSONStrings.Item]) -> [Int: String] {
    let named = items.filter { $0.key.map(podKeys.contains) == true }
    return Dictionary(named.map { ($0.line, $0.text) }) { first, _ in first }
  }

  /// The strings with rules; without any, the messages.
  static func chosen(from items: [JSONStrings.Item]) -> [JSONStrings.Item] {
    let rules = items.filter { isRules($0.text) }
    let messages = items.filter { $0.key.map(messageKeys.contains) == true }
    return rules.isEmpty || !messages.isEmpty && rules.allSatisfy { $0.key.map(messageKeys.contains) == true }
      ? messages : rules
  }

  private static let marks = [
    "-A ", "-N ", "-P ", "COMMIT", "Chain ", "tables", "*nat", "*mangle", "*raw", "*filter",
  ]

  /// True if the text may hold rules, however often it is encoded.
  private static func isRules(_ text: String) -> Bool { marks.contains(where: text.hasBytes) }
}
