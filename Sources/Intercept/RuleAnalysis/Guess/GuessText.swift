import MeshRules
public import TextOutput

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
  public func text(_ style: TextStyle = .plain) -> String {
    let options = commandLine.isEmpty ? "none: the defaults" : commandLine
    let head = "release: \(releaseText)\noptions: \(options)\n" + abbreviations
    guard !isComplete else { return head + "every rule is explained\n" }
    let parts = leftovers.map { "\nnot explained (\($0.family)):\n\n\($0.text(style))" }
    return head + parts.joined()
  }
}

extension Guess {
  private var abbreviations: String {
    guard !abbreviatedExtensions.isEmpty else { return "" }
    let names = abbreviatedExtensions.sorted().joined(separator: ", ")
    return
      "not known: options in the arguments of \(names), which nft does not print; iptables-save shows them\n"
  }
}

extension Guess: Encodable {
  enum CodingKeys: String, CodingKey {
    case releases, arguments, environment, commandLine, abbreviated, complete, leftovers
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
    if !abbreviatedExtensions.isEmpty {
      try object.encode(abbreviatedExtensions.sorted(), forKey: .abbreviated)
    }
    try object.encode(isComplete, forKey: .complete)
    try object.encode(leftovers, forKey: .leftovers)
  }
}
