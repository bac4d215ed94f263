import Inspection
import Intercept
import RuleCommands

/// Examines a pod and names the probable cause of a problem.
struct DoctorCommand: Command {
  static let name = Subcommand.doctor
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Find what is wrong with a pod's interception: the cause, the evidence, the remedy.",
      usage: "[<options>]",
      discussion: """
        Rules, foreign tables, listeners, processes, DNS, routing, connections and the proxy's readiness are read \
        from the namespace; nothing is changed. The rules are compared with those of --pod or of the options given, \
        else with those of the options that explain them best. The probable cause comes first. Status 0: nothing wrong; 1: findings; 2: error.

          istio-iptables-swift doctor --pid 4711
          istio-iptables-swift doctor --pid 4711 --to 10.0.23.154:5701
          istio-iptables-swift doctor --pid 4711 --ask-proxy --report web.html
          kubectl get pod web -o json |
            istio-iptables-swift doctor --pid 4711 --pod -
          istio-iptables-swift doctor --format json | jq -r '.findings[].what'
        """)
  }

  private let pod: PodSource
  private let destinations: [Endpoint]
  private let proxy: ListenerSource
  private let asksProxy: Bool
  private let report: String?
  private let format: AnswerFormat

  init(reading reader: inout OptionReader, _ operands: Operands) {
    pod = PodSource(reading: &reader)
    destinations = reader.values(.askedDestinations, wanted: "give an address and a port, like 10.0.0.1:80") {
      Endpoint($0).flatMap { $0.port == 0 ? nil : $0 }
    }
    proxy = ListenerSource(reading: &reader, pod)
    asksProxy = reader.toggle(.askProxy)
    report = reader.text(.reportFile)
    format = reader.choice(.answerFormat, default: .text)
    refuseContradictions(&reader)
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      if try pod.showsOptions(of: .doctor) { return }
      let settings = try Settings.ofProcess(pod, asksManifest: false)
      settings.warnings.forEach(Console.warn)
      var facts = try PodReader(settings).facts()
      facts.compare(with: settings.capturesByOption ? settings.configuration : nil)
      try PodReader(settings).ask(destinations, &facts)
      let proxy = try readProxy(settings, &facts)
      let checkup = Checkup(facts, route: proxy.map { proxy in { proxy.route($0) } })
      if let report { try OutputFile(report).write(Array(checkup.page(of: subject(settings)).utf8)) }
      let diagnosis = checkup.diagnosis
      if report != "-" { try Console.print(text(of: checkup)) }
      if diagnosis.isFine, !facts.areRulesKnown { throw ExitStatus(2) }
      throw diagnosis.isFine ? ExitStatus.success : ExitStatus.failure
    }
  }

  private func refuseContradictions(_ reader: inout OptionReader) {
    if asksProxy, proxy.isGiven {
      reader.complain(OptionProblem("--ask-proxy and --envoy-config exclude each other"))
    }
    if pod.file == "-", proxy.readsStandardInput {
      reader.complain(OptionProblem("--pod and --envoy-config cannot both read standard input"))
    }
  }

  /// The proxy's configuration: of a file, or of the proxy itself; nil if it is not given.
  private func readProxy(_ settings: Settings, _ facts: inout PodFacts) throws -> Proxy? {
    let configuration = facts.configuration ?? settings.configuration
    if !proxy.envoyConfig.isEmpty { return try EnvoyFile.read(proxy.envoyConfig, configuration) }
    guard asksProxy else { return nil }
    do {
      return try PodReader(settings).askProxy(configuration)
    } catch {
      facts.unseen.append("the proxy's configuration: \(error)")
      return nil
    }
  }

  private func text(of checkup: Checkup) throws -> String {
    switch format {
    case .text: checkup.diagnosis.text(Console.style)
    case .json: try JSONWriter.text(DiagnosisJSON(checkup.diagnosis))
    case .sarif, .github: try Report(checkup.diagnosis).text(format)
    case .svg: PictureFormat.svg.text(of: checkup.picture)
    case .mermaid: PictureFormat.mermaid.text(of: checkup.picture)
    case .dot: PictureFormat.dot.text(of: checkup.picture)
    }
  }

  /// The pod's name on the page.
  private func subject(_ settings: Settings) -> String {
    let namespace = settings.run.namespace.subject
    return pod.file.map { "Pod of \(InputFile($0).name), \(namespace)" } ?? namespace
  }
}

extension RunOptions.Namespace {
  /// The namespace as a heading.
  fileprivate var subject: String {
    switch self {
    case .current: "this network namespace"
    case .path(let name): "network namespace \(name)"
    case .process(let pid): "network namespace of process \(pid)"
    case .pod(let pod): "pod \(pod)"
    }
  }
}

extension Settings {
  /// True if a manifest or the command line has options that capture something.
  fileprivate var capturesByOption: Bool {
    [OptionName.profile, .inboundPorts, .outboundCIDRs, .outboundPorts].contains { option in
      options.origin(of: option).map { $0 != .variable } ?? false
    }
  }
}
