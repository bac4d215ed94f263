import NetworkValues

/// The pod and container that wrote a line, from the prefix that a log collector puts before it.
///
/// Known prefixes: `kubectl logs --prefix` and `--timestamps`, stern, kail, the files of CRI runtimes, Docker Compose.
public struct LogSource: Hashable, Sendable {
  public private(set) var namespace: String?
  public private(set) var pod: String?
  public private(set) var container: String?

  public init(pod: String? = nil) {
    self.pod = pod
  }

  /// Reads a prefix: the text before the line that the program itself wrote.
  public init(prefix: some StringProtocol) {
    var names: [Substring] = []
    for part in Substring(prefix).utf8.split(whereSeparator: \.separatesNames) {
      let word = Substring(part)
      if let path = word.dropping("pod/") {
        names = path.pathParts
        break
      }
      if !word.isCollectorWord { names += word.pathParts }
    }
    switch names.count {
    case 0: break
    case 1: pod = String(names[0])
    case 2: (pod, container) = (String(names[0]), String(names[1]))
    default: (namespace, pod, container) = (String(names[0]), String(names[1]), String(names[2]))
    }
  }
}

extension Substring {
  fileprivate var pathParts: [Substring] { utf8.split(separator: .slash).map { Substring($0) } }

  /// True for a word of a prefix that is no name, such as a time, and for words without a lowercase letter.
  fileprivate var isCollectorWord: Bool {
    LogPrefix.isMark(self) || !utf8.contains { $0.uppercased.isUppercase }
  }
}

extension UInt8 {
  fileprivate var separatesNames: Bool {
    isWhitespace || self == .leftBracket || self == .rightBracket || self == UInt8(ascii: "|")
  }
}

/// Lines as they are pasted.
extension String {
  /// The text without the ANSI sequences that colour it.
  package var withoutColours: String {
    guard utf8.contains(0x1b) else { return self }
    let parts = split(separator: "\u{1B}", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(into: String(parts.first ?? "")) { text, part in
      let isSequence = part.hasPrefix("[") && part.contains("m")
      text += isSequence ? part.drop { $0 != "m" }.dropFirst() : part
    }
  }
}
