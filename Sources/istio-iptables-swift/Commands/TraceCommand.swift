import InputText
import Intercept
import Manifests
import RuleCommands
import TextOutput

/// Traces connections through the rules and the proxy.
struct TraceCommand: Command {
  static let name = Subcommand.trace
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Show the rule that decides what happens to a connection, and why.",
      usage: "[<options>] outbound|inbound|forwarded",
      discussion: """
        The rules are those of a dump (--ruleset), the kernel's (--live), or of the options. With --envoy-config or \
        --listeners-from it goes on in the proxy.

          istio-iptables-swift trace --profile sidecar outbound --to 10.0.23.154:5701
          istio-iptables-swift trace --kernel outbound --to 10.0.23.154:5701 --uid 1000
          istio-iptables-swift trace --pod mesh.json --name app/web \\
            --listeners-from mesh.json outbound --to 10.12.2.8:5701

        A line of --flows has fields named as options; status 1 if one "expect" fails:
          {"direction":"outbound","to":"10.0.0.1:80","uid":1000,"expect":"redirect"}
        """,
      operands: [OperandHelp(value: .oneOf("outbound", "inbound", "forwarded"), summary: "The direction.")])
  }

  private let pod: PodSource
  private let sources: TraceSources
  private let flow: DescribedFlow?
  private let kernel: KernelRequest?
  private let answer: TraceAnswer

  init(reading reader: inout OptionReader, _ operands: Operands) {
    pod = PodSource(reading: &reader)
    sources = TraceSources(reading: &reader, pod, direction: operands.first)
    answer = TraceAnswer(
      format: reader.choice(.answerFormat, default: .text), isVerdictAlone: reader.toggle(.quiet),
      isBrief: reader.toggle(.brief),
      style: Console.style)
    let format = answer.format
    if format.isReport, sources.flows == nil || answer.isVerdictAlone {
      reader.complain(
        OptionProblem("--format \(format.rawValue) reports the expectations of --flows; give that alone"))
    }
    if format.picture != nil, sources.flows != nil || sources.listenerText != nil {
      reader.complain(
        OptionProblem(
          "--format \(format.rawValue) shows one connection under rules: leave --flows and --from-listener out"
        ))
    }
    flow =
      sources.flows == nil
      ? DescribedFlow(reading: &reader, direction: operands.first, names: .ofHost) : nil
    if reader.isClean, flow != nil, !sources.proxy.isGiven, !sources.destination.isGiven {
      FlowContent.options.filter { reader.options[$0] != nil }.prefix(1).forEach { option in
        reader.complain(
          OptionProblem(
            "\(option.spelling) needs the proxy's listeners: give --envoy-config or --listeners-from"))
      }
    }
    kernel = sources.isKernel ? KernelRequest(reading: &reader, flow) : nil
  }

  func run() throws {
    // Status 1 is the result of connections that do not end as expected.
    try sources.flows == nil ? trace() : ExitStatusPolicy.withStatus(2) { try trace() }
  }

  private func trace() throws {
    if try pod.showsOptions(of: .trace) { return }
    let settings = try Settings.ofProcess(
      pod, asksManifest: !sources.isLive && kernel == nil,
      acceptsNoRules: sources.proxy.listenersFrom != nil)
    settings.warnings.forEach(Console.warn)
    if let kernel {
      let proxy = try sources.proxy.read(settings, pod)
      return try KernelTracing(settings: settings, request: kernel, proxy: proxy, answer: answer).run()
    }
    try follow(settings)
  }

  private func follow(_ settings: Settings) throws {
    let file = try sources.flows.map { try FlowFile($0, listener: sources.listenerText) }
    guard sources.proxy.isGiven || flow?.listener == nil && file?.startsAtListener != true else {
      throw InvalidOptions(
        "--from-listener needs the proxy's listeners: give --envoy-config or --listeners-from")
    }
    guard sources.proxy.isGiven || file?.expectsCluster != true else {
      throw InvalidOptions(
        "expectCluster needs the proxy's listeners: give --envoy-config or --listeners-from")
    }
    let objects = try sources.proxy.objects()
    let proxy = try sources.proxy.read(settings, pod, objects)
    var rules = try TraceRules(
      settings, ruleset: sources.ruleset, table: sources.table, isLive: sources.isLive)
    try file?.run(proxy, &rules, answer)
    guard let flow else { return }
    let family = flow.flow.destination.address.family
    let traced = try traced(flow, proxy, objects, settings, &rules)
    try Console.print(answer.text(traced, rules: rules.sources[family], rules.rulesets[family]))
  }

  /// Traces a connection, with `--to-pod` as far as the other pod's app.
  private func traced(
    _ described: DescribedFlow, _ proxy: Proxy?, _ objects: ObjectList?, _ settings: Settings,
    _ rules: inout TraceRules
  ) throws -> TracedFlow {
    guard sources.destination.isGiven else { return try rules.follow(described, proxy) }
    // A request without a host is to the address of the connection.
    let flow = DescribedFlow(
      flow: described.flow, content: described.content.withRequest, listener: described.listener)
    let first = try rules.follow(flow, proxy)
    let isHTTP = first.route?.routes != nil
    var traced = isHTTP ? first : try rules.follow(described, proxy)
    let files = try sources.destination.read(objects, pod)
    traced.path = try PodPath(
      traced, isHTTP ? flow.content : described.content, proxy, to: files, settings, &rules)
    return traced
  }
}

/// The inputs of a trace: rules, connections and the proxy's listeners.
struct TraceSources {
  let ruleset: String?
  /// The table of rules in a file that names none.
  let table: TableName?
  let isLive: Bool
  let flows: String?
  let proxy: ListenerSource
  let destination: DestinationSource
  /// The text of `--from-listener`.
  let listenerText: String?
  let isKernel: Bool

  init(reading reader: inout OptionReader, _ pod: PodSource, direction: String?) {
    ruleset = reader.text(.ruleset)
    table = reader.choice(.table, TableName.allCases.map { ($0.rawValue, $0) })
    isLive = reader.toggle(.live)
    flows = reader.text(.flows)
    proxy = ListenerSource(reading: &reader, pod)
    destination = DestinationSource(reading: &reader)
    listenerText = reader.text(.fromListener)
    isKernel = reader.toggle(.kernel)
    reader.refuseNamespace(besideFile: ruleset)
    refuseContradictions(&reader, pod, direction).forEach { reader.complain(OptionProblem($0)) }
  }

  private func refuseContradictions(_ reader: inout OptionReader, _ pod: PodSource, _ direction: String?)
    -> [String]
  {
    let options = reader.options
    let isForKernel = [OptionName.traceTimeout, .count, .connect].contains { options[$0] != nil }
    let inputs =
      [
        ("--pod", pod.file), ("--ruleset", ruleset), ("--flows", flows),
        ("--listeners-from", proxy.listenersFrom),
      ] + proxy.envoyConfig.map { ("--envoy-config", $0) }
    let readers = inputs.filter { $0.1 == "-" }.map(\.0)
    let rules: [(Bool, String)] = [
      (!isKernel && isForKernel, "--timeout, --count and --connect are for --kernel"),
      (
        isKernel && (ruleset != nil || flows != nil || listenerText != nil),
        "--kernel is about a connection under the kernel's rules: leave --ruleset, --flows and --from-listener out"
      ),
      (
        destination.isGiven
          && (isKernel || flows != nil || direction != "outbound" || reader.options[.udp] != nil),
        "--to-pod goes on from one outbound TCP connection: leave --kernel, --flows and --udp out"
      ),
      (ruleset != nil && isLive, "--ruleset and --live exclude each other"),
      (ruleset == nil && table != nil, "--table is for the rules of --ruleset; give that as well"),
      (readers.count > 1, "\(readers.joined(separator: " and ")) cannot both read standard input"),
      (
        flows != nil && direction != nil,
        "--flows has its own connections; leave \((direction ?? "").quotedForMessage) out"
      ),
    ]
    return rules.filter(\.0).map(\.1)
  }
}
