extension Guess {
  /// The options as they are typed in a shell: `-u 201507 -b '*'`, variables before them.
  public var commandLine: String {
    let variables = environment.map { "\($0.name)=\($0.value.shellQuoted)" }
    return (variables + arguments.map(\.shellQuoted)).joined(separator: " ")
  }

  /// `1.14-1.17`, or one release alone.
  public var releaseText: String {
    let (first, last) = (releases.lowerBound, releases.upperBound)
    return first == last ? "\(first)" : "\(first)-\(last)"
  }

  /// The guess for people: a line for the release, one for the options, and what is left unexplained.
  public func text(_ style: RulesetDiff.Style = .plain) -> String {
    let options = commandLine.isEmpty ? "none: the defaults" : commandLine
    let head = "release: \(releaseText)\noptions: \(options)\n"
    guard !isComplete else { return head + "every rule is explained\n" }
    let parts = leftovers.map { "\nnot explained (\($0.family)):\n\n\($0.text(style))" }
    return head + parts.joined()
  }
}

extension String {
  /// The word as a shell takes it for itself: in single quotes unless it is of harmless characters.
  var shellQuoted: String {
    if !isEmpty, utf8.allSatisfy(\.isHarmlessInShell) { return self }
    return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

extension UInt8 {
  /// Whether no shell gives the byte a meaning.
  fileprivate var isHarmlessInShell: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-.,:/@%+=".utf8.contains(self)
    }
  }
}
