import ArgumentParser
import Intercept
import Manifests

struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Say which rule decides about a connection, and why.",
    discussion: """
      Nothing is sent: the rules are followed on paper, as the kernel would follow them. They are those of a dump \
      (--ruleset), the kernel's (--live), or those that the options build.

        istio-iptables-swift trace --profile sidecar \\
          outbound --to 10.0.23.154:5701 --uid 1000
        iptables-save |
          istio-iptables-swift trace --ruleset - inbound --to 10.12.0.11:15021
        istio-iptables-swift trace --live --pid 4711 \\
          outbound --to '[fd00::7]:443' --uid 1337
        istio-iptables-swift trace --pod web.json inbound --to 10.12.0.11:8080

      --envoy-config goes on where the rules deliver the connection: which of the proxy's listeners takes it, and which \
      cluster gets it.

        istioctl proxy-config listeners POD -o json >listeners.json
        istio-iptables-swift trace --profile sidecar --uid 1000 \\
          --envoy-config listeners.json outbound --to 10.12.2.8:5701

      --listeners-from does so without a running proxy: it makes the listeners, for TCP, of the objects that Istio makes \
      them of. Without --istio-release, ExternalName Services make listeners, as up to 1.20.

        kinds=services,pods,serviceentries,sidecars,virtualservices
        kubectl get $kinds -A -o json >mesh.json
        istio-iptables-swift trace --pod mesh.json --name app/web --uid 1000 \\
          --listeners-from mesh.json outbound --to 10.12.2.8:5701

      --flows reads one connection a line. With an expectation the line is a check, and status 1 says that one failed.

        {"direction":"outbound","to":"10.0.0.1:80","uid":1000,"expect":"redirect"}
        {"direction":"inbound","to":"10.0.0.7:80","expect":"redirect:15006"}

        istio-iptables-swift trace --profile sidecar --flows flows.jsonl

      The fields are named like the flags: from, uid, gid, noOwner, interface, udp, mark, state; for the proxy's part \
      sni, alpn, appProtocol, tls, fromListener and expectCluster.

      --kernel waits for a real connection instead, or makes one with --connect, and has the kernel say which rules \
      match, in the same layout. It needs CAP_NET_ADMIN and Linux 5.12; the table by which it does so decides nothing \
      and goes away with the process. Without --uid, anybody's connections count. Status 1: none came in time.

        istio-iptables-swift trace --kernel --pid 4711 \\
          outbound --to 10.0.23.154:5701 --uid 1000
        istio-iptables-swift trace --kernel --pid 4711 --connect \\
          outbound --to 10.0.23.154:5701 --uid 1000
        istio-iptables-swift trace --kernel --pid 4711 --count 3 \\
          inbound --to 10.12.0.11:8080
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags
  @OptionGroup(title: "Pod") var pod: PodFlags
  @OptionGroup(title: "Connection") var connection: FlowFlags
  @OptionGroup(title: "Real packets") var kernel: KernelFlags

  @Option(parsing: .unconditional, help: "A file of iptables-save text, or - for standard input.")
  var ruleset: String?

  @Flag(help: "The kernel's rules, of --network-namespace or --pid.")
  var live = false

  @Option(parsing: .unconditional, help: "A file of connections, a line of JSON each; - for standard input.")
  var flows: String?

  @Option(
    parsing: .unconditional,
    help: "The proxy's listeners (istioctl proxy-config listeners -o json), or a dump of its configuration.")
  var envoyConfig: String?

  @Option(
    parsing: .unconditional,
    help: "Instead of them, the Services and ServiceEntries that Istio makes them of, for the proxy of --pod."
  )
  var listenersFrom: String?

  @Option(help: "Start at the proxy's listener on this port, as if the rules had delivered the connection.")
  var fromListener: String?

  @Option(help: "text for people, json for programs.")
  var format = TraceAnswer.Format.text

  @Flag(help: "Print the verdict alone: accept, redirect, tproxy, drop or unknown.")
  var quiet = false

  @Argument(help: "outbound or inbound.")
  var direction: String?

  func run() throws {
    if try pod.showsOptions("trace") { return }
    try check()
    let settings = try Settings.ofProcess(pod, asksManifest: !live && !kernel.kernel)
    settings.warnings.forEach(Console.warn)
    if kernel.kernel { return try traceKernel(settings) }
    let file = try flows.map { try FlowFile($0, listener: fromListener) }
    let described = file == nil ? try readFlow() : nil
    let startsAtListener = described?.listener != nil || file?.startsAtListener ?? false
    guard envoyConfig != nil || listenersFrom != nil || !startsAtListener else {
      throw ValidationError(
        "--from-listener needs the proxy's listeners: give --envoy-config or --listeners-from")
    }
    let proxy = try proxy(settings)
    var source = try TraceRules(settings, ruleset: ruleset, isLive: live)
    try file?.run(proxy, &source, answer)
    guard let described else { return }
    try Console.print(answer.text(try TracedFlow(described, proxy) { try source.trace($0) }))
  }

  /// The proxy's listeners, as it has them or as Istio would make them.
  private func proxy(_ settings: Settings) throws -> EnvoyConfiguration? {
    if let envoyConfig { return try EnvoyFile.read(envoyConfig, settings.configuration) }
    guard let listenersFrom, let pod = settings.pod else { return nil }
    let made = ProxyListeners(
      try ManifestFile.read(listenersFrom) { text throws(ManifestError) in try ObjectList(text) }, for: pod,
      values: try MeshValues(file: self.pod.meshValues), release: settings.givenRelease,
      rules: settings.configuration)
    made.warnings.forEach(Console.warn)
    return made.configuration
  }

  private var answer: TraceAnswer {
    TraceAnswer(format: format, isVerdictAlone: quiet, style: Console.style)
  }

  private func traceKernel(_ settings: Settings) throws {
    let proxy = try envoyConfig.map { try EnvoyFile.read($0, settings.configuration) }
    let request = try KernelRequest(connection.description(direction, listener: nil), kernel)
    try KernelTracing(settings: settings, request: request, proxy: proxy, answer: answer).run()
  }

  private func check() throws {
    try kernel.check()
    guard !kernel.kernel || ruleset == nil && flows == nil && fromListener == nil else {
      throw ValidationError(
        "--kernel is about a connection under the kernel's rules: leave --ruleset, --flows and --from-listener out"
      )
    }
    guard ruleset == nil || !live else { throw ValidationError("--ruleset and --live exclude each other") }
    guard envoyConfig == nil || listenersFrom == nil else {
      throw ValidationError("--envoy-config and --listeners-from exclude each other")
    }
    guard listenersFrom == nil || pod.pod != nil else {
      throw ValidationError("--listeners-from makes the listeners of a pod's proxy; say whose with --pod")
    }
    let inputs = [
      ("--pod", pod.pod), ("--ruleset", ruleset), ("--flows", flows), ("--envoy-config", envoyConfig),
      ("--listeners-from", listenersFrom),
    ]
    let readers = inputs.filter { $0.1 == "-" }.map(\.0)
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

  private func readFlow() throws -> DescribedFlow {
    do {
      return try connection.description(direction, listener: fromListener).described()
    } catch {
      throw InvalidOptions(problems: [error])
    }
  }
}

extension TraceAnswer.Format: ExpressibleByArgument {}
