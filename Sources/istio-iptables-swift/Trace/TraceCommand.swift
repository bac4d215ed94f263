import ArgumentParser
import Intercept

struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Say which rule decides about a connection, and why.",
    discussion: """
      Nothing is sent: the rules are followed on paper, as the kernel would follow them. They are those of a dump \
      (--ruleset), the kernel's (--live), or those that the options build.

        istio-iptables-swift trace --profile sidecar outbound --to 10.0.23.154:5701 --uid 1000
        iptables-save | istio-iptables-swift trace --ruleset - inbound --to 10.12.0.11:15021
        istio-iptables-swift trace --live --pid 4711 outbound --to '[fd00::7]:443' --uid 1337
        istio-iptables-swift trace --pod web.json inbound --to 10.12.0.11:8080

      --flows reads one connection a line: {"direction": "outbound", "to": "10.0.0.1:80", "uid": 1000, \
      "expect": "redirect:15001"}; with "expect", the line is a check, and status 1 says that one failed.
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags
  @OptionGroup(title: "Pod") var pod: PodFlags
  @OptionGroup(title: "Connection") var connection: FlowFlags

  @Option(parsing: .unconditional, help: "A file of iptables-save text, or - for standard input.")
  var ruleset: String?

  @Flag(help: "The kernel's rules, of --network-namespace or --pid.")
  var live = false

  @Option(parsing: .unconditional, help: "A file of connections, a line of JSON each; - for standard input.")
  var flows: String?

  @Option(help: "text for people, json for programs.")
  var format = TraceAnswer.Format.text

  @Flag(help: "Print the verdict alone: accept, redirect, tproxy, drop or unknown.")
  var quiet = false

  @Argument(help: "outbound or inbound.")
  var direction: String?

  func run() throws {
    if try pod.showsOptions("trace") { return }
    try check()
    let settings = try Settings.ofProcess(pod, asksManifest: !live)
    settings.warnings.forEach(Console.warn)
    var source = try TraceRules(settings, ruleset: ruleset, isLive: live)
    if let flows {
      try FlowFile(flows).run(&source, answer)
    } else {
      let flow = try readFlow()
      try Console.print(answer.text(try source.trace(flow)))
    }
  }

  private var answer: TraceAnswer { TraceAnswer(format: format, isVerdictAlone: quiet) }

  private func check() throws {
    guard ruleset == nil || !live else { throw ValidationError("--ruleset and --live exclude each other") }
    let readers = [("--pod", pod.pod), ("--ruleset", ruleset), ("--flows", flows)].filter { $0.1 == "-" }.map(
      \.0)
    guard readers.count < 2 else {
      throw ValidationError("\(readers.joined(separator: " and ")) cannot both read standard input")
    }
    guard flows != nil || direction != nil else {
      throw ValidationError("say outbound or inbound, or give --flows")
    }
    guard flows == nil || direction == nil else {
      throw ValidationError("--flows brings its own connections; leave '\(direction ?? "")' out")
    }
  }

  private func readFlow() throws -> Flow {
    do {
      return try connection.description(direction).flow()
    } catch {
      throw InvalidOptions(problems: [error])
    }
  }
}

extension TraceAnswer.Format: ExpressibleByArgument {}
