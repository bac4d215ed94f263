import NetworkValues

/// An option of iptables itself, independent of matches and targets.
enum CoreOption: Hashable {
  case command(CommandOption)
  case source, destination, inInterface, outInterface, proto, fragment
  case match, jump, goto, counters
  /// Restricts the line to one family.
  case family(IPFamily)
  /// Changes the output of iptables, not the rule.
  case ignored
  /// Not allowed in a file of rules.
  case misplaced

  /// The need for an argument.
  enum Argument {
    case none, required, optional
  }
}

/// A command on a chain or a rule.
enum CommandOption: Hashable {
  case append, insert, delete, replace, newChain, deleteChain, renameChain, flush, policy, zero
}

/// The spelling of a core option. A class: it is used for every option of every rule.
final class CoreSyntax: Sendable {
  let option: CoreOption
  let letter: UInt8
  /// The short option: `-p`.
  let shortName: String
  let names: [String]
  let argument: CoreOption.Argument

  private init(
    _ option: CoreOption, _ letter: Unicode.Scalar, _ names: String..., argument: CoreOption.Argument
  ) {
    self.option = option
    self.letter = UInt8(ascii: letter)
    shortName = "-\(letter)"
    self.names = names
    self.argument = argument
  }

  static let all: [CoreSyntax] = [
    CoreSyntax(.command(.append), "A", "--append", argument: .required),
    CoreSyntax(.command(.insert), "I", "--insert", argument: .required),
    CoreSyntax(.command(.delete), "D", "--delete", argument: .required),
    CoreSyntax(.command(.replace), "R", "--replace", argument: .required),
    CoreSyntax(.command(.newChain), "N", "--new-chain", argument: .required),
    CoreSyntax(.command(.deleteChain), "X", "--delete-chain", argument: .optional),
    CoreSyntax(.command(.renameChain), "E", "--rename-chain", argument: .required),
    CoreSyntax(.command(.flush), "F", "--flush", argument: .optional),
    CoreSyntax(.command(.policy), "P", "--policy", argument: .required),
    CoreSyntax(.command(.zero), "Z", "--zero", argument: .optional),
    CoreSyntax(.source, "s", "--source", "--src", argument: .required),
    CoreSyntax(.destination, "d", "--destination", "--dst", argument: .required),
    CoreSyntax(.inInterface, "i", "--in-interface", argument: .required),
    CoreSyntax(.outInterface, "o", "--out-interface", argument: .required),
    CoreSyntax(.proto, "p", "--protocol", argument: .required),
    CoreSyntax(.fragment, "f", "--fragments", argument: .none),
    CoreSyntax(.match, "m", "--match", argument: .required),
    CoreSyntax(.jump, "j", "--jump", argument: .required),
    CoreSyntax(.goto, "g", "--goto", argument: .required),
    CoreSyntax(.counters, "c", "--set-counters", argument: .required),
    CoreSyntax(.family(.ipv4), "4", "--ipv4", argument: .none),
    CoreSyntax(.family(.ipv6), "6", "--ipv6", argument: .none),
    CoreSyntax(.ignored, "v", "--verbose", argument: .none),
    CoreSyntax(.ignored, "n", "--numeric", argument: .none),
    CoreSyntax(.ignored, "x", "--exact", argument: .none),
    CoreSyntax(.misplaced, "0", "--line-numbers", argument: .none),
    CoreSyntax(.misplaced, "C", "--check", argument: .required),
    CoreSyntax(.misplaced, "L", "--list", argument: .optional),
    CoreSyntax(.misplaced, "S", "--list-rules", argument: .optional),
    CoreSyntax(.misplaced, "M", "--modprobe", argument: .required),
    CoreSyntax(.misplaced, "V", "--version", argument: .none),
    CoreSyntax(.misplaced, "h", "--help", argument: .optional),
    CoreSyntax(.misplaced, "t", "--table", argument: .required),
    CoreSyntax(.misplaced, "w", "--wait", argument: .optional),
    CoreSyntax(.misplaced, "W", "--wait-interval", argument: .optional),
  ]

  /// The options by letter.
  static let byLetter: [CoreSyntax?] = {
    var table = [CoreSyntax?](repeating: nil, count: 128)
    for syntax in all { table[Int(syntax.letter)] = syntax }
    return table
  }()

  /// The options by long name.
  static let byName = Dictionary(
    uniqueKeysWithValues: all.flatMap { syntax in syntax.names.map { ($0, syntax) } })
}
