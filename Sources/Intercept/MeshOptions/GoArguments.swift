/// The command line, read by the table of options and the habits of Go's flag packages.
///
/// Go takes `-p15001`, `-p=15001`, `--istio-service-cidr=`, `--dry-run=false`, and values that begin with `-`; Istio's
/// injector and its users rely on it.
public struct GoArguments: Sendable {
  /// The first operand if it names a subcommand, else `apply`.
  public private(set) var subcommand = Subcommand.apply
  /// True if the subcommand is named, false if it is `apply` by default.
  public private(set) var namesSubcommand = false
  /// The words before `--` that are no options, without the subcommand's name.
  public private(set) var operands: [String] = []
  /// The words after `--`; nil if there is no `--`.
  public private(set) var command: [String]?
  /// The options that the subcommand takes, with the spelling of each.
  public private(set) var given = GivenOptions()
  /// Flags that the table does not have.
  public private(set) var unknownFlags: [String] = []
  /// Options of other subcommands.
  public private(set) var misplaced: [Misplaced] = []
  /// Flags without their value, and long flags with one dash.
  public private(set) var problems: [OptionProblem] = []

  /// An option that the subcommand does not take.
  public struct Misplaced: Hashable, Sendable {
    /// The flag as it was typed.
    public let spelling: String
    public let option: OptionName
  }

  /// Reads the words after the program's name. A leading `istio-iptables`, which Istio's injector passes, is another
  /// name of `apply`.
  public init(_ arguments: [String]) {
    var rest = arguments[...]
    let isIstios = rest.first == "istio-iptables"
    if isIstios { rest.removeFirst() }
    var flags: [(Flag, value: String)] = []
    while let word = rest.popFirst() {
      if word == "--" {
        command = Array(rest)
        break
      }
      if let found = read(word, &rest) { flags.append(found) }
    }
    if let name = operands.first, let named = Subcommand(rawValue: name) {
      (subcommand, namesSubcommand) = (named, true)
      operands.removeFirst()
    }
    for (flag, value) in flags { add(flag, value) }
  }

  /// Reads a word, with the next one if that is its value.
  private mutating func read(_ word: String, _ rest: inout ArraySlice<String>) -> (Flag, value: String)? {
    guard word.hasPrefix("-"), word != "-" else {
      operands.append(word)
      return nil
    }
    // Go takes -cleanup-only for -c with an interface of that name, which is never meant.
    if !word.hasPrefix("--"), let meant = Flag(long: "-" + word)?.spelling {
      problems.append(OptionProblem("\(meant.dropFirst()): a long flag has two dashes; give \(meant)"))
      return nil
    }
    guard let flag = Flag(word) else {
      unknownFlags.append(word)
      return nil
    }
    if let more = flag.moreFlags { rest.insert(more, at: rest.startIndex) }
    guard let value = flag.value ?? (flag.row.kind == .toggle ? "true" : rest.popFirst()) else {
      problems.append(OptionProblem("\(flag.spelling): the value is missing"))
      return nil
    }
    return (flag, value)
  }

  /// Finds the subcommand's option of a flag: two subcommands may have options of one name.
  private mutating func add(_ flag: Flag, _ value: String) {
    let option = flag.option
    if option.isTaken(by: subcommand) {
      given.add(Options.Given(name: flag.spelling, text: value), for: option)
    } else if let other = OptionName.taken(by: subcommand).first(where: { $0.row.name == flag.row.name }) {
      given.add(Options.Given(name: flag.spelling, text: value), for: other)
    } else {
      misplaced.append(Misplaced(spelling: flag.spelling, option: option))
    }
  }
}

extension GoArguments {
  /// A word that is a flag of the table.
  private struct Flag {
    /// The first option with the name.
    let option: OptionName
    let spelling: String
    /// The value in the same word, if any.
    let value: String?
    /// The letters after that of a toggle: `-nb80` is `-n -b80`.
    let moreFlags: String?

    var row: OptionRow { option.row }

    init?(_ word: String) {
      if word.hasPrefix("--") { self.init(long: word) } else { self.init(short: word) }
    }

    init?(long word: String) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = OptionName.allCases.first(where: { $0.isLong(parts[0]) }) else { return nil }
      self.init(option, spelling: parts[0], value: parts.count > 1 ? parts[1] : nil)
    }

    private init?(short word: String) {
      guard word.hasPrefix("-"), let letter = word.dropFirst().first,
        let option = OptionName.allCases.first(where: { $0.row.letter == letter })
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

extension OptionName {
  /// True for the option's long flag, `--` included.
  fileprivate func isLong(_ flag: String) -> Bool {
    let row = row
    return row.hasFlag && flag.utf8.count == row.name.utf8.count + 2 && flag.hasSuffix(row.name)
      && flag.hasPrefix("--")
  }
}
