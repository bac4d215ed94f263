import LogText
import NetworkValues

/// The strings of a JSON text that hold rules or, if none does, a log's messages.
struct RuleStrings {
  /// A string in its place.
  struct Item {
    let text: String
    /// Number of newlines before the string.
    let line: Int
    /// The pod that the line names.
    var pod: String?
    fileprivate let isMessage: Bool
    fileprivate let isRules: Bool
  }

  private(set) var items: [Item] = []
  /// The pod that each line with one names.
  private var pods: [Int: String] = [:]

  private static let messageKeys: Set<String> = [
    "log", "msg", "message", "MESSAGE", "text", "textPayload", "body", "line", "content", "output", "stdout",
    "data",
  ]

  private static let podKeys: Set<String> = [
    "pod_name", "pod", "podName", "k8s.pod.name", "kubernetes.pod_name",
  ]

  private static let marks = [
    "-A ", "-N ", "-P ", "COMMIT", "Chain ", "tables", "*nat", "*mangle", "*raw", "*filter",
  ]

  /// Nil for a text that is not JSON, or holds no such string.
  init?(json text: Span<UInt8>) {
    var members = JSONMembers()
    guard members.read(all: text) else { return nil }
    var (line, end) = (0, 0)
    for member in members.members where member.isString {
      while end < member.position {
        if text[end] == .newline { line += 1 }
        end += 1
      }
      add(
        String(decoding: members.bytes[member.value], as: UTF8.self),
        key: String(decoding: members.bytes[member.key], as: UTF8.self), line)
    }
    if items.contains(where: \.isMessage), items.allSatisfy({ $0.isMessage || !$0.isRules }) {
      items.removeAll { !$0.isMessage }
    } else if items.contains(where: \.isRules) {
      items.removeAll { !$0.isRules }
    }
    guard !items.isEmpty else { return nil }
    for index in items.indices { items[index].pod = pods[items[index].line] }
  }

  private mutating func add(_ text: String, key: String, _ line: Int) {
    if Self.podKeys.contains(key), pods[line] == nil { pods[line] = text }
    let isMessage = Self.messageKeys.contains(key)
    // A text may be encoded several times.
    let isRules = Self.marks.contains(where: text.hasBytes)
    guard isMessage || isRules else { return }
    items.append(Item(text: text, line: line, isMessage: isMessage, isRules: isRules))
  }
}
