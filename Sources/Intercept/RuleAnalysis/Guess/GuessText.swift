public import TextOutput

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
  public func text(_ style: TextStyle = .plain) -> String {
    let options = commandLine.isEmpty ? "none: the defaults" : commandLine
    let head = "release: \(releaseText)\noptions: \(options)\n"
    guard !isComplete else { return head + "every rule is explained\n" }
    let parts = leftovers.map { "\nnot explained (\($0.family)):\n\n\($0.text(style))" }
    return head + parts.joined()
  }
}
