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
    guard text.utf8.first.map({ $0 >= 0x30 && $0 <= 0x39 }) == true,
      let rest = LogTimestamp.dropped(from: text),
      streams.contains(String(rest.firstWord))
    else { return nil }
    let tagged = rest.droppingWord
    let tag = tagged.firstWord
    guard criTags.contains(String(tag)) else { return nil }
    return (tagged[tag.endIndex...].dropFirst(), tag == "P")
  }

  /// The pod in the prefix of `kubectl logs --prefix`: `web-0` in `[pod/web-0/istio-init] `.
  package static func kubectlPod(_ text: Substring) -> String? {
    guard text.hasPrefix("[pod/") else { return nil }
    let name = text.dropFirst(5).prefix { $0 != "/" && $0 != "]" }
    return name.isEmpty ? nil : String(name)
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
    "trace", "debug", "info", "notice", "warn", "warning", "error", "err", "fatal", "panic",
  ]

  /// The text after a level or a stream: `info`, `[INFO]`, `WARN:`, `stdout`; nil if there is none.
  package static func levelRemoved(from text: Substring) -> Substring? {
    let word = text.firstWord
    let bare = word.filter { !"[]:()|".contains($0) }.lowercased()
    guard levels.contains(bare) || streams.contains(bare), word.endIndex != text.endIndex else { return nil }
    return text[word.endIndex...].droppingBlanks
  }
}
