import ArgumentParser
import Intercept
import Netfilter

struct WaitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Wait until the proxy is ready, then run a command in this process's place.",
    usage: "istio-iptables-swift wait [<options>] [-- <command> ...]",
    discussion: """
      Asks by HTTP until the answer is 200, and needs neither a shell nor curl: for images that have none, and for \
      apps that must not start before their proxy. The command keeps this process's number, files and variables. \
      Without a command, status 0 says that the proxy is ready. Status 1: it was not, in the time given; 126 or \
      127: the command cannot be run, or is not there.

        istio-iptables-swift wait -- /app --listen :8080
        istio-iptables-swift wait --timeout 2m --interval 1s -- java -jar app.jar
        istio-iptables-swift wait --url http://[::1]:15020/healthz/ready
      """)

  @Option(
    parsing: .unconditional,
    help: "What to ask, at an address or localhost. (default: http://localhost:15021/healthz/ready)")
  var url: String?

  @Option(parsing: .unconditional, help: "The port to ask instead, at the default's host and path.")
  var port: String?

  @Option(parsing: .unconditional, help: "How long to wait in all: 60s, 2m, 1m30s.")
  var timeout = "60s"

  @Option(parsing: .unconditional, help: "How long to wait after each answer that is not 200.")
  var interval = "500ms"

  @OptionGroup(title: "Logging") var log: LogFlags

  @Argument(parsing: .postTerminator, help: "The command and its arguments, behind --.")
  var command: [String] = []

  func run() throws {
    let wait = try ReadinessWait(url: url, port: port, timeout: timeout, interval: interval)
    ProcessImage.endOnSignals()
    try wait.perform()
    if !command.isEmpty { try ProcessImage.replace(by: command) }
  }
}
