/// The envelope of one line: a prefix or a pair of quotes.
enum Envelope {
  /// The text in the outermost envelope, and true if it is a log's; nil if the line has no envelope.
  static func removed(from text: Substring) -> (text: Substring, isLog: Bool)? {
    if let quoted = text.dropping(">") { return (quoted, false) }
    if let escaped = text.dropping("\\"), let next = escaped.first, "*-#:".contains(next) {
      return (escaped, false)
    }
    if text.first == "`", text.last == "`", text.count > 2, !text.hasPrefix("```") {
      return (text.dropFirst().dropLast(), false)
    }
    if let framed = withoutFrame(text) { return (framed, false) }
    if let suffixed = withoutFields(text) { return (suffixed, true) }
    if let rest = priorityDropped(text) ?? kubectlPrefixDropped(text) ?? Timestamp.klogDropped(from: text) {
      return (rest, true)
    }
    if let rest = Timestamp.dropped(from: text) { return (levelDropped(sourceDropped(rest)), true) }
    if let message = logfmtMessage(text) { return (message, true) }
    let rest = levelDropped(text)
    if rest.startIndex != text.startIndex { return (rest, true) }
    if let (content, rest) = EscapedText.quoted(text), rest.isEmpty || rest == "," {
      return (EscapedText.unescaped(content)[...], true)
    }
    return callerDropped(text).map { ($0, true) }
  }

  /// The content of a line of the Container Runtime Interface, and true if the line goes on in the next one.
  static func criContent(_ text: Substring) -> (content: Substring, isPartial: Bool)? {
    guard text.utf8.first.map({ $0 >= 0x30 && $0 <= 0x39 }) == true, let rest = Timestamp.dropped(from: text),
      let tagged = rest.dropping("stdout ") ?? rest.dropping("stderr ")
    else { return nil }
    let tag = tagged.firstWord
    guard tag == "F" || tag == "P" else { return nil }
    return (tagged[tag.endIndex...].dropFirst(), tag == "P")
  }

  /// The text between the borders that a terminal's window or a table of Markdown has at both ends of a line.
  private static func withoutFrame(_ text: Substring) -> Substring? {
    guard let border = text.first, "│┃║|".contains(border), text.count > 2, text.last == border else {
      return nil
    }
    return text.dropFirst().dropLast()
  }

  /// `COMMIT  ns=a`: a line of rules with fields that a logger appended.
  private static func withoutFields(_ text: Substring) -> Substring? {
    guard text.hasPrefix("COMMIT") || text.hasPrefix("*"), text.contains("=") else { return nil }
    let words = text.words
    let kept = words.prefix { !$0.contains("=") }
    guard kept.count < words.count, words[kept.count...].allSatisfy({ $0.contains("=") }),
      let last = kept.last
    else {
      return nil
    }
    return text[..<last.endIndex]
  }

  /// `[pod/web-0/istio-init] `.
  private static func kubectlPrefixDropped(_ text: Substring) -> Substring? {
    guard text.hasPrefix("[pod/") || text.hasPrefix("[deployment/") || text.hasPrefix("[job/"),
      let end = text.firstIndex(of: "]")
    else { return nil }
    return text[text.index(after: end)...].droppingBlanks
  }

  /// The text after syslog's priority and version: `<6>`, `<34>1 `.
  private static func priorityDropped(_ text: Substring) -> Substring? {
    guard text.first == "<", let end = text.prefix(5).firstIndex(of: ">") else { return nil }
    let digits = text[..<end].dropFirst()
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    let rest = text[text.index(after: end)...]
    return rest.dropping("1 ") ?? rest
  }

  /// The text after syslog's `host program[123]: `.
  private static func sourceDropped(_ text: Substring) -> Substring {
    let words = text.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == " " }
    guard words.count >= 2, words[1].hasSuffix(":"), words[1].contains("[") || words[1] == "kernel:" else {
      return text
    }
    return text[words[1].endIndex...].droppingBlanks
  }

  private static let levels: Set<String> = [
    "trace", "debug", "info", "notice", "warn", "warning", "error", "err", "fatal", "panic", "stdout",
    "stderr",
  ]

  /// The text after a level: `info`, `[INFO]`, `WARN:`.
  private static func levelDropped(_ text: Substring) -> Substring {
    let word = text.firstWord
    let bare = word.filter { !"[]:()|".contains($0) }.lowercased()
    guard levels.contains(bare), word.endIndex != text.endIndex else { return text }
    return text[word.endIndex...].droppingBlanks
  }

  /// The text of rules after up to three words of a logger, such as a scope and `main.go:42`.
  private static func callerDropped(_ text: Substring) -> Substring? {
    var rest = text
    for _ in 0..<3 {
      let word = rest.firstWord
      guard word.contains(".go:") || word.hasSuffix(":") || rest[word.endIndex...].first == "\t" else {
        return nil
      }
      rest = rest.droppingWord
      if LineKind(rest).isRuleText { return rest }
    }
    return nil
  }

  /// The message of a log's line in JSON.
  static func jsonMessage(_ text: Substring) -> Substring? {
    guard text.first == "{", text.last == "}", let items = JSONStrings.read(text) else { return nil }
    let texts = RuleStrings.chosen(from: items).map(\.text)
    return texts.isEmpty ? nil : texts.joined(separator: "\n")[...]
  }

  /// The message of a line in logfmt: `time=… level=info msg="…"`.
  private static func logfmtMessage(_ text: Substring) -> Substring? {
    guard let equals = text.firstIndex(of: "="),
      text[..<equals].allSatisfy({ $0.isLetter || $0.isNumber || "_.@-".contains($0) }),
      text.first?.isLetter == true
    else { return nil }
    var rest = text
    while !rest.isEmpty, let equals = rest.firstIndex(of: "=") {
      let key = rest[..<equals].droppingBlanks
      let value = rest[rest.index(after: equals)...]
      let isMessage = ["msg", "message", "log", "line", "text"].contains(key)
      if let (content, after) = EscapedText.quoted(value) {
        if isMessage { return EscapedText.unescaped(content)[...] }
        rest = after
      } else {
        if isMessage { return value }
        rest = value.drop { $0 != " " }
      }
    }
    return nil
  }
}
