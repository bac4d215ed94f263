import Intercept
import RuleCommands

/// The tool with all subcommands.
@main enum Main: CommandProgram {
  static let usage = """
    nothing was asked for, so nothing was done. Usage: istio-iptables-swift [SUBCOMMAND] OPTIONS
      istio-iptables-swift --profile sidecar          install the usual rules
      istio-iptables-swift print --profile sidecar    print them
      istio-iptables-swift help                       list the subcommands
      istio-iptables-swift help rules                 list the options of the rules
    """

  static let pods: (any PodLookup)? = RuntimePods()

  static func implementation(of subcommand: Subcommand) -> (any Command.Type)? { subcommand.implementation }

  static func manifests(in file: InputFile) throws -> [InputPart] { try file.partsIfAny(with: .manifests) }

  static func showHelp(_ arguments: GoArguments) throws { try HelpPages.show(arguments) }
}
