import Intercept
import RuleCommands

/// The program of init containers: installs, checks and removes rules. It starts in less time than the tool with all
/// subcommands.
@main enum Main: CommandProgram {
  static let usage = """
    nothing was asked for, so nothing was done. Usage: istio-iptables [apply | clean | validate] OPTIONS
      istio-iptables --profile sidecar    install the usual rules
      istio-iptables --help               list the options
    """

  static let pods: (any PodLookup)? = nil

  static func implementation(of subcommand: Subcommand) -> (any Command.Type)? {
    switch subcommand {
    case .apply: ApplyCommand.self
    case .clean: CleanCommand.self
    case .validate: ValidateCommand.self
    case .print, .diff, .trace, .guess, .lint, .ports, .tcpdump, .wait, .accessLog, .pcap, .doctor,
      .connections, .node:
      nil
    }
  }

  static func showHelp(_ arguments: GoArguments) throws {
    let asksForVersion = arguments.unknownFlags.contains("--version")
    try Console.print(asksForVersion ? Version.text + "\n" : try HelpPage(arguments).text)
  }
}
