import ArgumentParser
import Intercept
import RuleCommands
import TextOutput

/// Help, completions and manual pages, which ArgumentParser renders from the table of options.
enum HelpPages {
  /// True where every option is listed: for completions, manual pages and `--help-hidden`.
  static let listsEverything = (ProcessArguments.words ?? []).contains { word in
    word == "--help-hidden" || word == "--experimental-dump-help"
      || word.hasPrefix("--generate-completion-script")
  }

  /// Prints the page that the arguments ask for, and ends the process.
  ///
  /// - Throws: `InvalidOptions` for an unknown page.
  static func show(_ arguments: GoArguments) throws {
    if let script = CompletionScript(arguments) { return try Console.print(script.text) }
    let words = arguments.helpWords
    try refuseUnknownTopics(words)
    try refuseUnknownOptions(arguments)
    do {
      var command = try Root.parseAsRoot(words)
      try command.run()
      Root.exit()
    } catch {
      guard Root.exitCode(for: error) != .validationFailure else {
        Console.complain(Root.message(for: error).onOneLine)
        Root.exit(withError: ExitCode.validationFailure)
      }
      Root.exit(withError: error)
    }
  }
}

extension HelpPages {
  /// ArgumentParser shows the page of the whole tool for a subcommand that it does not know.
  private static func refuseUnknownTopics(_ words: [String]) throws(InvalidOptions) {
    let topics = Subcommand.allCases.map(\.rawValue) + ["rules"]
    guard words.first == "help", let topic = words.dropFirst().first(where: { !$0.hasPrefix("-") }),
      !topics.contains(topic)
    else { return }
    let guess = NearestName.of(topic, among: topics).map { " Did you mean '\($0)'?" } ?? ""
    throw InvalidOptions("Unknown subcommand \(topic.quotedForMessage).\(guess) (help lists what there is)")
  }

  /// ArgumentParser does not get the options of a page that has none.
  private static func refuseUnknownOptions(_ arguments: GoArguments) throws(InvalidOptions) {
    guard !arguments.namesSubcommand,
      let flag = arguments.unknownFlags.first(where: { !GoArguments.isHelpFlag($0) })
    else { return }
    throw InvalidOptions(problems: [UsageCheck(arguments, operands: []).unknown(flag)])
  }
}

extension GoArguments {
  /// The words for ArgumentParser.
  fileprivate var helpWords: [String] {
    let flags = unknownFlags.filter(Self.isHelpFlag)
    if namesSubcommand { return [subcommand.rawValue] + flags }
    // The shell is an operand here, and follows the flag; a topic precedes it.
    if flags.contains(where: Self.isGenerator) { return flags + operands }
    // The page of help is that of the whole tool.
    return (operands == ["help", "help"] ? ["help"] : operands) + flags
  }
}

/// The page of a subcommand.
struct HelpPage<Described: Command>: ParsableCommand {
  static var configuration: CommandConfiguration {
    let help = Described.help
    let name = Described.name.rawValue
    return CommandConfiguration(
      commandName: name, abstract: help.abstract, usage: "istio-iptables-swift \(name) \(help.usage)",
      discussion: help.discussion + rulesReference)
  }

  private static var rulesReference: String {
    OptionName.envoyPort.isTaken(by: Described.name)
      ? "\n\nThe options that choose the rules (-b, -i, -u, --profile, ...): istio-iptables-swift help rules"
      : ""
  }

  @OptionGroup var operands: OperandList<Described>
  @OptionGroup(title: "Options of \(Described.name.rawValue)") var own: OptionList<Self, PageSections.Own>
  @OptionGroup(title: "Connection") var connection: OptionList<Self, PageSections.Connection>
  @OptionGroup(title: "Real packets") var realPackets: OptionList<Self, PageSections.RealPackets>
  @OptionGroup(title: "Pod") var pod: OptionList<Self, PageSections.Pod>
  @OptionGroup(title: "Kernel") var kernel: OptionList<Self, PageSections.Kernel>
  @OptionGroup(title: "Rules") var rules: OptionList<Self, PageSections.Rules>
  @OptionGroup(title: "Accepted for Istio's sake") var legacy: OptionList<Self, PageSections.Legacy>
  @OptionGroup(title: "Logging") var logging: OptionList<Self, PageSections.Logging>
}

extension HelpPage: OptionPage {
  static func has(_ option: OptionName) -> Bool { option.isTaken(by: Described.name) }

  static func hides(_ section: OptionRow.Section) -> Bool {
    switch section {
    case .rules: Described.name != .lint
    case .legacy: true
    case .own, .connection, .realPackets, .pod, .kernel, .logging: false
    }
  }
}

/// The operands of a subcommand, as ArgumentParser's arguments.
struct OperandList<Described: Command>: ParsableArguments, CustomReflectable {
  init() {}

  init(from decoder: any Decoder) throws {
    _ = try decoder.container(keyedBy: AnyKey.self)
  }

  var customMirror: Mirror {
    Mirror(
      self,
      children: Described.help.operands.map { operand -> (String?, Any) in
        let help = ArgumentHelp("\(operand.summary)", valueName: operand.value.name)
        let completion = CompletionKind(operand.value.completion)
        return ("_" + operand.value.name, Argument<String?>(help: help, completion: completion))
      })
  }
}

/// The page of the rule options, `help rules`.
struct RulesPage: ParsableCommand, OptionPage {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "The options that choose the rules; every subcommand that builds rules takes them.",
    usage: "istio-iptables-swift SUBCOMMAND [<options>]",
    discussion: """
      Precedence: flag > environment variable > pod manifest (--pod) > --profile > default. The variable of an option \
      is its name in capitals with _ for -, as ISTIO_INBOUND_PORTS; --envoy-port and --profile have none. Three \
      options have a variable alone: ISTIO_OUTBOUND_OWNER_GROUPS (default: *), ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE, \
      ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR (default: 127.0.0.1/32). Lists have commas.
      """)

  static func has(_ option: OptionName) -> Bool { true }
  static func hides(_ section: OptionRow.Section) -> Bool { false }

  @OptionGroup(title: "Rules") var rules: OptionList<Self, PageSections.Rules>

  func run() throws { throw CleanExit.helpRequest(self) }
}

/// The page of the whole tool.
struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "istio-iptables-swift",
    abstract: "Build, apply and explain the rules that redirect a pod's traffic to its mesh proxy.",
    usage: "istio-iptables-swift [<subcommand>] [<options>]",
    discussion: """
      A replacement for Istio's istio-iptables: same flags, same variables, same rules, in one transaction.

        istio-iptables-swift print --profile sidecar --annotate
            the usual rules, each with its reason
        istio-iptables-swift --profile sidecar --dry-run
            what apply would do here
        iptables-save | istio-iptables-swift diff --profile sidecar -
            the differences between the rules here and the usual ones
        istio-iptables-swift trace --live outbound --to 10.0.0.1:80 --uid 1000
            the rule that decides what happens to this connection

      Precedence: flag > environment variable > pod manifest (--pod) > --profile > default.
      """,
    version: Version.text,
    subcommands: [
      HelpPage<ApplyCommand>.self, HelpPage<PrintCommand>.self, HelpPage<DiffCommand>.self,
      HelpPage<TraceCommand>.self, HelpPage<GuessCommand>.self, HelpPage<CleanFileCommand>.self,
      HelpPage<ValidateCommand>.self, HelpPage<LintCommand>.self, HelpPage<PortsCommand>.self,
      HelpPage<TcpdumpCommand>.self, HelpPage<WaitCommand>.self, HelpPage<AccessLogCommand>.self,
      HelpPage<PcapCommand>.self,
      HelpPage<DoctorCommand>.self, HelpPage<ConnectionsCommand>.self,
      HelpPage<NodeCommand>.self, RulesPage.self,
    ],
    defaultSubcommand: HelpPage<ApplyCommand>.self)
}
