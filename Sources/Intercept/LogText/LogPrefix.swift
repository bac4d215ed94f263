import NetworkValues

/// Prefixes that programs and log collectors put before a line: `kubectl logs --prefix` and `--timestamps`, the files of
/// CRI runtimes, syslog, klog, zap.
package enum LogPrefix {
  private static let streams: Set<String> = ["stdout", "stderr"]
  /// Tags of CRI: a full line, and a part of one.
  private static let criTags: Set<String> = ["F", "P"]

  /// True for a word of a prefix that is no name: a time, a stream or tag of CRI.
  package static func isMark(_ word: Substring) -> Bool {
    streams.contains(String(word)) || criTags.contains(String(word)) || LogTimestamp.isPart(word)
  }

  /// The text after a prefix; nil if there is none.
  package static func removed(from text: Substring) -> Substring? {
    if let rest = priorityDropped(text) ?? kubectlPrefixDropped(text) ?? LogTimestamp.klogDropped(from: text)
    {
      return rest
    }
    return LogTimestamp.dropped(from: text).map { rest in
      let message = sourceDropped(rest)
      return levelRemoved(from: message) ?? message
    }
  }

  /// The content of a line of the Container Runtime Interface, and true if the line goes on in the next one.
  package static func criContent(_ text: Substring) -> (content: Substring, isPartial: Bool)? {
    guard text.utf8.first?.isDigit == true, let rest = LogTimestamp.dropped(from: text),
      streams.contains(String(rest.firstWord))
    else { return nil }
    let tagged = rest.droppingWord
    let tag = tagged.firstWord
    guard criTags.contains(String(tag)) else { return nil }
    return (Substring(tagged.utf8[tag.endIndex...].dropFirst()), tag == "P")
  }

  /// The pod in the prefix of `kubectl logs --prefix`: `web-0` in `[pod/web-0/istio-init] `.
  package static func kubectlPod(_ text: Substring) -> String? {
    guard let name = text.dropping("[pod/")?.utf8.prefix(while: { $0 != .slash && $0 != .rightBracket }),
      !name.isEmpty
    else { return nil }
    return String(Substring(name))
  }

  /// `[pod/web-0/istio-init] `.
  private static func kubectlPrefixDropped(_ text: Substring) -> Substring? {
    guard text.utf8.first == .leftBracket,
      ["[pod/", "[deployment/", "[job/"].contains(where: { text.dropping($0) != nil }),
      let end = text.utf8.firstIndex(of: .rightBracket)
    else { return nil }
    return Substring(text.utf8[end...].dropFirst()).droppingBlanks
  }

  /// The text after syslog's priority and version: `<6>`, `<34>1 `.
  private static func priorityDropped(_ text: Substring) -> Substring? {
    guard let number = text.dropping("<") else { return nil }
    let digits = number.utf8.prefix(while: \.isDigit)
    guard (1...3).contains(digits.count), let rest = number[digits.endIndex...].dropping(">") else {
      return nil
    }
    return rest.dropping("1 ") ?? rest
  }

  /// The text after syslog's `host program[123]: `.
  private static func sourceDropped(_ text: Substring) -> Substring {
    let source = text.droppingWord.firstWord
    guard source.utf8.last == .colon, source.utf8.contains(.leftBracket) || source == "kernel:" else {
      return text
    }
    return text[source.endIndex...].droppingBlanks
  }

  private static let levels: Set<String> = [
    "trace", "debug", "info", "notice", "warn", "warning", "error", "err", "fatal", "panic",
  ]
  /// The length of the longest level in brackets, with a colon.
  private static let longestLevel = 12
  private static let levelMarks = Array("[]:()|".utf8)

  /// The text after a level or a stream: `info`, `[INFO]`, `WARN:`, `stdout`; nil if there is none.
  package static func levelRemoved(from text: Substring) -> Substring? {
    let word = text.firstWord
    guard word.utf8.count <= longestLevel, word.endIndex != text.endIndex else { return nil }
    let bare = String(decoding: word.utf8.filter { !levelMarks.contains($0) }, as: UTF8.self).lowercased()
    guard levels.contains(bare) || streams.contains(bare) else { return nil }
    return text[word.endIndex...].droppingBlanks
  }
}
