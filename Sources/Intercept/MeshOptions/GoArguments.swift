/// The command line, read by the habits of Go's flag packages and rewritten for ours.
///
/// Go takes `-p15001`, `-p=15001`, `--istio-service-cidr=`, `--dry-run=false`, and values that begin with `-`; Istio's
/// injector and its users count on it. Everything that stands for an option of the table comes out as two words,
/// the long flag and its value; all other words pass unchanged.
public struct GoArguments: Sendable {
  /// The words for the parser.
  public private(set) var words: [String] = []
  /// What each option was given last, and how it was spelled there.
  public private(set) var given = GivenOptions()
  /// Whether there is no word but options of the table and their values, and perhaps `apply` before them.
  public var isPlainApply: Bool { unknown.isEmpty || unknown == ["apply"] && words.first == "apply" }
  /// The words that are no options of the table, nor values of them.
  public private(set) var unknown: [String] = []
  /// Flags that end the command line and lack their value, and long ones that lack a dash.
  public private(set) var problems: [OptionProblem] = []

  /// Reads the words behind the program's name; a leading `istio-iptables`, as Istio's injector has it, is passed
  /// over.
  public init(_ arguments: [String]) {
    var rest = arguments[...]
    if rest.first == "istio-iptables" { rest.removeFirst() }
    while let word = rest.popFirst() {
      if word == "--" {
        unknown += [word] + rest
        words += [word] + rest
        return
      }
      rewrite(word, &rest)
    }
  }

  private mutating func rewrite(_ word: String, _ rest: inout ArraySlice<String>) {
    // Go takes -cleanup-only for -c and an interface of that name, which nobody can have meant.
    if word.hasPrefix("-"), !word.hasPrefix("--"), let meant = Flag(long: "-" + word)?.spelling {
      problems.append(OptionProblem("\(meant.dropFirst()): a long flag has two dashes; give \(meant)"))
      return
    }
    guard let flag = Flag(word) else {
      unknown.append(word)
      words.append(word)
      return
    }
    if let more = flag.moreFlags { rest.insert(more, at: rest.startIndex) }
    guard let value = flag.value ?? (flag.option.isToggle ? "true" : rest.popFirst()) else {
      problems.append(OptionProblem("\(flag.spelling): the value is missing"))
      return
    }
    given[flag.option] = Options.Given(name: flag.spelling, text: value)
    words += [flag.option.flag ?? flag.spelling, value]
  }
}

extension GoArguments {
  /// A word that is a flag of the table.
  private struct Flag {
    let option: OptionName
    let spelling: String
    /// What stands in the same word as the flag, if anything does.
    let value: String?

    /// What stands behind the letter of a toggle: `-nb80` is `-n -b80`.
    let moreFlags: String?

    init?(_ word: String) {
      if word.hasPrefix("--") { self.init(long: word) } else { self.init(short: word) }
    }

    init?(long word: String) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = OptionName(flag: parts[0]) else { return nil }
      self.init(option, spelling: parts[0], value: parts.count > 1 ? parts[1] : nil)
    }

    private init?(short word: String) {
      guard word.hasPrefix("-"), let letter = word.dropFirst().first,
        let option = OptionName.allCases.first(where: { $0.letter == letter })
      else { return nil }
      let rest = word.dropFirst(2)
      if rest.hasPrefix("=") {
        self.init(option, spelling: "-\(letter)", value: String(rest.dropFirst()))
      } else if option.isToggle {
        self.init(option, spelling: "-\(letter)", moreFlags: rest.isEmpty ? nil : "-\(rest)")
      } else {
        self.init(option, spelling: "-\(letter)", value: rest.isEmpty ? nil : String(rest))
      }
    }

    private init(_ option: OptionName, spelling: String, value: String? = nil, moreFlags: String? = nil) {
      self.option = option
      self.spelling = spelling
      self.value = value
      self.moreFlags = moreFlags
    }
  }
}
