import Intercept

/// The command line, read by the habits of Go's flag packages and rewritten for ours.
///
/// Go takes `-p15001`, `-p=15001`, `--istio-service-cidr=`, `--dry-run=false`, and values that begin with `-`; Istio's
/// injector and its users count on it. Everything that stands for an option of the table comes out as two words,
/// the long flag and its value; all other words pass unchanged.
struct GoArguments: Sendable {
  /// The words for the parser.
  private(set) var words: [String] = []
  /// How each option was spelled where it was given last.
  private(set) var spellings: [OptionName: String] = [:]

  /// The command line of this process.
  static let ofProcess = GoArguments(Array(CommandLine.arguments.dropFirst()))

  init(_ arguments: [String]) {
    var rest = arguments[...]
    if rest.first == "istio-iptables" { rest.removeFirst() }
    while let word = rest.popFirst() {
      if word == "--" {
        words += [word] + rest
        return
      }
      rewrite(word, &rest)
    }
  }

  private mutating func rewrite(_ word: String, _ rest: inout ArraySlice<String>) {
    guard let flag = Flag(word) else {
      words.append(word)
      return
    }
    spellings[flag.option] = flag.spelling
    words.append(flag.option.flag ?? flag.spelling)
    if let value = flag.value {
      words.append(value)
    } else if flag.option.isToggle {
      words.append("true")
    } else if let value = rest.popFirst() {
      words.append(value)
    }
  }
}

extension GoArguments {
  /// A word that is a flag of the table.
  private struct Flag {
    let option: OptionName
    let spelling: String
    /// What stands in the same word as the flag, if anything does.
    let value: String?

    init?(_ word: String) {
      if word.hasPrefix("--") {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
          String.init)
        guard let option = OptionName.allCases.first(where: { $0.flag == parts[0] }) else { return nil }
        self.init(option, spelling: parts[0], value: parts.count > 1 ? parts[1] : nil)
      } else {
        guard word.hasPrefix("-"), let letter = word.dropFirst().first,
          let option = OptionName.allCases.first(where: { $0.letter == letter })
        else { return nil }
        let value = word.dropFirst(2)
        let text = value.hasPrefix("=") ? value.dropFirst() : value
        self.init(option, spelling: "-\(letter)", value: value.isEmpty ? nil : String(text))
      }
    }

    private init(_ option: OptionName, spelling: String, value: String?) {
      self.option = option
      self.spelling = spelling
      self.value = value
    }
  }
}
