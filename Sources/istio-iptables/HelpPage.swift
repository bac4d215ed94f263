import Intercept
import RuleCommands
import TextOutput

/// The help of a subcommand: its purpose and the options of the table that it takes.
struct HelpPage {
  private static let width = 78

  private let help: CommandHelp
  private let subcommand: Subcommand

  /// - Throws: `InvalidOptions` if the program does not have the subcommand.
  init(_ arguments: GoArguments) throws(InvalidOptions) {
    let topic = arguments.operands.dropFirst().first.map { Subcommand(rawValue: $0) } ?? arguments.subcommand
    guard let topic, let implementation = Main.implementation(of: topic) else {
      throw InvalidOptions("there is no such page; the subcommands are apply, clean and validate")
    }
    subcommand = topic
    help = implementation.help
  }

  var text: String {
    let options = OptionName.taken(by: subcommand).filter {
      $0.flag != nil && lists($0.row.section) && !$0.needsPodLookup
    }
    return "\(help.abstract)\n\nUsage: istio-iptables \(subcommand.rawValue) \(help.usage)\n\n"
      + options.map(Self.entry).joined() + "\n" + rulesReference
      + "istio-iptables-swift has more subcommands: print, diff, trace, doctor and others.\n"
  }

  /// True for a section of the table that the page lists: the page of `apply` has the rule options of all.
  private func lists(_ section: OptionRow.Section) -> Bool {
    switch section {
    case .rules: subcommand == .apply
    case .legacy: false
    case .own, .connection, .realPackets, .pod, .kernel, .logging: true
    }
  }

  private var rulesReference: String {
    lists(.rules)
      ? "" : "The options that choose the rules (-b, -i, -u, --profile, ...): istio-iptables apply --help\n"
  }

  private static func entry(_ option: OptionName) -> String {
    let row = option.row
    let letter = row.letter.map { "-\($0), " } ?? ""
    let value = row.value.map { " <\($0.name)>" } ?? ""
    let indent = "      "
    return "  \(letter)--\(row.name)\(value)\n" + row.help.wrapped(indent, indent: indent, width: width)
  }
}
