import NetworkValues
import RuleModel

/// The arguments of one iptables command.
struct CommandArguments {
  private(set) var table: TableName?
  private var rest: ArraySlice<String>
  private var kept: [String] = []
  private var effect: IptablesCommand.Effect?

  init(_ arguments: ArraySlice<String>) {
    rest = arguments
  }

  mutating func read() -> IptablesCommand.Effect {
    while let word = rest.popFirst(), !(word.hasPrefix("#") && word.count > 1 || word == "#") {
      readWord(word)
    }
    switch effect {
    case .change?: return .change(kept.joined(separator: " "))
    case .listing?: return .listing
    case .none?, nil: return .none
    }
  }

  /// True for `-L`, `--list-rules`, `-nvL`, and for a program such as `iptables-save`.
  static func listsRules(_ word: Substring) -> Bool {
    if let program = IptablesCommand.Program(String(word)) { return program.isFileFormat }
    guard let letters = word.dropping("-") else { return false }
    return ["-list", "-list-rules"].contains(letters)
      || letters.utf8.allSatisfy("nvxLSZ".utf8.contains) && letters.utf8.contains(where: "LS".utf8.contains)
  }

  private mutating func readWord(_ word: String) {
    let name = word.prefix { $0 != "=" }
    switch name {
    case "-t", "--table":
      table = TableName(
        rawValue: word.contains("=") ? String(word[name.endIndex...].dropFirst()) : rest.popFirst() ?? "")
    case "-w", "--wait", "-W", "--wait-interval":
      if rest.first.map({ UInt32($0) != nil }) == true { rest = rest.dropFirst() }
    case "-C", "--check", "-h", "--help", "-V", "--version": effect = IptablesCommand.Effect.none
    case _ where Self.listsRules(word[...]) && kept.isEmpty: effect = effect ?? .listing
    default: keep(word)
    }
  }

  /// An option of a rule, a command, or several letters: `-nvL`, `-tnat`, `-w5`.
  private mutating func keep(_ word: String) {
    let letters = word.dropFirst()
    if word.hasPrefix("-"), !word.hasPrefix("--"), effect == nil, kept.isEmpty, letters.count > 1 {
      if letters.first == "t" { return table = TableName(rawValue: String(letters.dropFirst())) }
      if letters.first == "w" { return }
    }
    if RuleCommandName.contains(word[...]) { effect = effect ?? .change("") }
    kept.append(word.asWord)
  }
}

/// The commands of iptables that change rules: `-A`, `--append`.
enum RuleCommandName {
  private static let letters = Array("AIDRNXFPEZ".utf8)
  private static let names: Set<String> = [
    "--append", "--insert", "--delete", "--replace", "--new-chain", "--new", "--delete-chain", "--flush",
    "--policy", "--rename-chain", "--zero",
  ]

  static func contains(_ word: Substring) -> Bool {
    let utf8 = word.utf8
    guard utf8.first == .hyphen, let second = utf8.dropFirst().first else { return false }
    return second == .hyphen
      ? names.contains(String(word.prefix { $0 != "=" })) : utf8.count == 2 && letters.contains(second)
  }
}
