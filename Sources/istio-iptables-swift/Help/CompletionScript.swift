import ArgumentParser
import Intercept
import RuleCommands

/// The completions of a shell: those of ArgumentParser, and the topics of `help`, which it leaves out.
struct CompletionScript {
  private let shell: CompletionShell

  /// Nil if the words do not ask for the script of a known shell.
  init?(_ arguments: GoArguments) {
    guard let flag = arguments.unknownFlags.first(where: GoArguments.isGenerator) else { return nil }
    let name = flag.split(separator: "=").dropFirst().first.map(String.init) ?? arguments.operands.first
    guard let shell = name.flatMap({ CompletionShell(rawValue: $0) }) else { return nil }
    self.shell = shell
  }

  var text: String {
    let script = Root.completionScript(for: shell) + "\n"
    let topics = (Subcommand.allCases.map(\.rawValue) + ["rules"]).joined(separator: " ")
    switch shell {
    case .zsh: return script.replacing("'*:subcommands:'", with: "'*:subcommand:(\(topics))'")
    case .fish:
      return script
        + "complete -c 'istio-iptables-swift' -n '__fish_seen_subcommand_from help' -fa '\(topics)'\n"
    default:
      return script + """
        _istio-iptables-swift_help() {
            COMPREPLY=($(compgen -W '\(topics)' -- "${cur}"))
        }

        """
    }
  }
}
