import Intercept
import Netfilter
import RuleCommands

/// Waits for the proxy, then runs a command.
struct WaitCommand: Command {
  static let name = Subcommand.wait
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Wait until the proxy is ready, then run a command in this process's place.",
      usage: "[<options>] [-- <command> ...]",
      discussion: """
        Sends HTTP requests until the answer is 200; needs no shell and no curl. The command keeps this process's \
        number, files and variables. Without a command, status 0 means that the proxy is ready. Status 1: not ready in \
        time; 126 or 127: the command cannot be run, or is not found.

          istio-iptables-swift wait -- /app --listen :8080
          istio-iptables-swift wait --timeout 2m --interval 1s -- java -jar app.jar
          istio-iptables-swift wait --url http://[::1]:15020/healthz/ready
        """)
  }

  private let wait: ReadinessWait
  private let command: [String]

  init(reading reader: inout OptionReader, _ operands: Operands) {
    wait = ReadinessWait(reading: &reader)
    command = operands.command ?? []
  }

  func run() throws {
    ProcessImage.endOnSignals()
    try wait.perform()
    if !command.isEmpty { try ProcessImage.replace(by: command) }
  }
}
