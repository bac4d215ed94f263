/// The strings of a JSON text that hold rules or a log's message.
enum RuleStrings {
  private static let messageKeys: Set<String> = [
    "log", "msg", "message", "MESSAGE", "text", "textPayload", "body", "line", "content", "output", "stdout",
    "data",
  ]

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
  private static func isRules(_ text: String) -> Bool { marks.contains { text.contains($0) } }
}
