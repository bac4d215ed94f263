package import Intercept
import TextOutput

/// Refuses words that the subcommand does not take: unknown flags, options of others, and operands too many.
package struct UsageCheck {
  private let arguments: GoArguments
  private let operands: [OperandHelp]

  /// - Parameters:
  ///   - arguments: the command line.
  ///   - operands: the operands of the subcommand.
  package init(_ arguments: GoArguments, operands: [OperandHelp]) {
    self.arguments = arguments
    self.operands = operands
  }

  /// The mistakes, a sentence each.
  package var problems: [OptionProblem] {
    if let misspelt = misspeltSubcommand { return [misspelt] }
    return arguments.problems + arguments.unknownFlags.prefix(1).map(unknown)
      + arguments.misplaced.map(misplaced) + extraOperands
  }

  /// An operand of a command line without subcommand that is close to the name of one.
  private var misspeltSubcommand: OptionProblem? {
    guard arguments.subcommand == .apply, let word = arguments.operands.first,
      let meant = NearestName.of(word, among: Subcommand.allCases.map(\.rawValue) + ["help"])
    else { return nil }
    return OptionProblem(
      "Unknown subcommand \(word.quotedForMessage). Did you mean '\(meant)'? \(Self.hint)")
  }

  /// The mistake of a flag that the table does not have.
  package func unknown(_ flag: String) -> OptionProblem {
    let name = String(flag.prefix { $0 != "=" })
    let guess = meant(name).map { ". Did you mean '\($0)'?" } ?? ""
    return OptionProblem("Unknown option \(name.quotedForMessage)\(guess) \(Self.hint)")
  }

  /// Names the subcommands that take the option.
  private func misplaced(_ misplaced: GoArguments.Misplaced) -> OptionProblem {
    // Several options of different subcommands may have one name.
    let options = OptionName.allCases.filter { $0.row.name == misplaced.option.row.name }
    let owners = Subcommand.allCases.filter { subcommand in options.contains { $0.isTaken(by: subcommand) } }
    let longer = OptionName.taken(by: arguments.subcommand).first { option in
      option.row.section != .legacy && option.flag?.hasSuffix("-\(misplaced.option.row.name)") == true
    }
    let guess = longer?.flag.map { ". Did you mean '\($0)'?" } ?? ""
    return OptionProblem("\(misplaced.spelling) belongs to \(owners.map(\.rawValue).listed())\(guess)")
  }

  /// The value of an unknown flag looks like an operand, so they are not reported together.
  private var extraOperands: [OptionProblem] {
    guard arguments.unknownFlags.isEmpty else { return [] }
    let allowed = operands.contains(where: \.isRepeated) ? Int.max : operands.count
    return Operands(arguments).words.dropFirst(allowed).prefix(1).map {
      OptionProblem("Unexpected argument \($0.quotedForMessage) \(Self.hint)")
    }
  }

  /// The flag of the subcommand that is closest to a misspelt one.
  private func meant(_ flag: String) -> String? {
    let options = OptionName.taken(by: arguments.subcommand)
    let letters = options.compactMap(\.letter).map { "-\($0)" } + ["-h"]
    let names = options.compactMap(\.flag) + ["--help", "--version"]
    guard flag.unicodeScalars.count == 2 else { return NearestName.of(flag, among: names) }
    return letters.first { $0.lowercased() == flag.lowercased() && $0 != flag }
  }

  private static let hint = "(--help lists what there is)"
}
