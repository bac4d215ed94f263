import MeshRules

extension Guess {
  /// The options as a shell command line, such as `-u 201507 -b '*'`, after environment variables.
  public var commandLine: String {
    let variables = environment.map { "\($0.name)=\($0.value.shellQuoted)" }
    return (variables + arguments.map(\.shellQuoted)).joined(separator: " ")
  }

  /// A span such as `1.14-1.17`, or one release.
  public var releaseText: String {
    let (first, last) = (releases.lowerBound, releases.upperBound)
    return first == last ? "\(first)" : "\(first)-\(last)"
  }

  /// The guess as text: the release, the options, and unexplained differences.
  public func text(_ style: RulesetDiff.Style = .plain) -> String {
    let options = commandLine.isEmpty ? "none: the defaults" : commandLine
    let head = "release: \(releaseText)\noptions: \(options)\n"
    guard !isComplete else { return head + "every rule is explained\n" }
    let parts = leftovers.map { "\nnot explained (\($0.family)):\n\n\($0.text(style))" }
    return head + parts.joined()
  }
}

extension String {
  /// The text as one word of a shell command line, in single quotes if necessary.
  var shellQuoted: String {
    if !isEmpty, utf8.allSatisfy(\.isHarmlessInShell) { return self }
    return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

extension UInt8 {
  /// True if no shell treats the byte specially.
  fileprivate var isHarmlessInShell: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-.,:/@%+=".utf8.contains(self)
    }
  }
}

extension Guess: Encodable {
  enum CodingKeys: String, CodingKey {
    case releases, arguments, environment, commandLine, complete, leftovers
  }

  /// Writes `{"releases": {"first": "1.14", "last": "1.17"}, "arguments": […], "environment": {…},
  /// "commandLine": "…", "complete": true, "leftovers": […]}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    let span = ["first": releases.lowerBound.description, "last": releases.upperBound.description]
    try object.encode(span, forKey: .releases)
    try object.encode(arguments, forKey: .arguments)
    let variables = Dictionary(environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    try object.encode(variables, forKey: .environment)
    try object.encode(commandLine, forKey: .commandLine)
    try object.encode(isComplete, forKey: .complete)
    try object.encode(leftovers, forKey: .leftovers)
  }
}
