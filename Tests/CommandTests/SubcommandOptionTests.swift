import Intercept
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// Every subcommand takes the options that change what it does, and refuses the others.
struct SubcommandOptionTests {
  struct Pair: CustomTestStringConvertible {
    let subcommand: Subcommand
    let option: OptionName
    var testDescription: String { "\(subcommand) \(option.spelling)" }
  }

  private static let pairs = Subcommand.allCases.flatMap { subcommand in
    OptionName.allCases.map { Pair(subcommand: subcommand, option: $0) }
  }
  private static let taken = pairs.filter { $0.option.isTaken(by: $0.subcommand) }
  private static let refused = pairs.filter { pair in
    pair.option.flag != nil && !pair.option.isTaken(by: pair.subcommand)
      && !OptionName.taken(by: pair.subcommand).contains { $0.row.name == pair.option.row.name }
  }

  @Test func thePairsAreThere() {
    #expect(Self.taken.count > 250 && Self.refused.count > 400)
  }

  @Test(arguments: refused)
  func anOptionOfOthersIsRefused(_ pair: Pair) throws {
    let flag = try #require(pair.option.flag)
    let command = TypedCommand([pair.subcommand.rawValue, flag] + (pair.option.isToggle ? [] : ["x"]))
    let error = #expect(throws: InvalidOptions.self) { try command.command() }
    let said = error?.problems.map(\.description).filter { $0.hasPrefix("\(flag) belongs to ") }
    #expect(said?.count == 1, "\(error?.description ?? "")")
  }

  /// A mesh's variables reach every container: those of other subcommands' options are ignored.
  @Test(arguments: pairs.filter { !$0.option.isTaken(by: $0.subcommand) && !$0.option.variables.isEmpty })
  func aVariableOfOthersIsIgnored(_ pair: Pair) {
    let environment = Dictionary(pair.option.variables.map { ($0, "!") }) { first, _ in first }
    let command = TypedCommand([pair.subcommand.rawValue], environment: environment)
    #expect(command.options[pair.option] == nil)
  }

  @Test(arguments: taken)
  func anOptionChangesSomething(_ pair: Pair) throws {
    // Istio's flags that have no effect here, on purpose.
    guard pair.option.row.section != .legacy else { return }
    let sample = Sample.of(pair.option)
    let needsPlan = pair.subcommand == .print && [.reconcile, .forceApply].contains(pair.option)
    // Connections from a file have no direction on the command line.
    let base = pair.option == .flows ? [] : Sample.base(pair.subcommand, for: pair.option)
    let needsFile = pair.option == .table && pair.subcommand == .trace
    let needs = (pair.subcommand == .lint ? [] : sample.context) + (needsFile ? ["--ruleset", "x"] : [])
    let context = base + needs + (needsPlan ? ["--plan"] : [])
    let without = try effect(pair.subcommand, pair.option == .flows ? Sample.base(.trace) : context, [:])
    let name = pair.option.flag
    let given = name.map { pair.option.isToggle ? [$0] : [$0, sample.value] } ?? []
    let variables = name == nil ? [pair.option.row.name: sample.value] : [:]
    #expect(try effect(pair.subcommand, context + given, variables) != without)
  }

  /// The subcommand's own options, and the settings that it reads.
  private func effect(_ subcommand: Subcommand, _ words: [String], _ variables: [String: String]) throws
    -> String
  {
    let host = SampleHost()
    let typed = TypedCommand([subcommand.rawValue] + words, environment: variables)
    var text = ""
    dump(
      try typed.arguments.command(of: Main.self, typed.options) { try Settings(typed.options) { _ in host } },
      to: &text)
    let settings = try Settings(typed.options) { _ in host }
    var reader = OptionReader(typed.options)
    dump(LogOptions(reading: &reader), to: &text)
    let run = settings.run
    switch subcommand {
    case .apply: dump((settings.configuration, run), to: &text)
    case .print:
      dump((settings.configuration, run.form, run.namespace, run.reconciles, run.forcesApply), to: &text)
    case .diff, .trace: dump((settings.configuration, run.form, run.namespace), to: &text)
    case .clean:
      dump(
        (settings.configuration, run.form, run.namespace, run.isDryRun, run.cleansAllBackends), to: &text)
    case .guess: dump((run.form, run.namespace), to: &text)
    case .validate:
      dump((settings.configuration, run.form, run.namespace, run.probePort, run.probeTimeout), to: &text)
    case .ports, .tcpdump: dump((settings.configuration, run.namespace, run.probePort), to: &text)
    case .doctor, .connections: dump((settings.configuration, run.form, run.namespace), to: &text)
    case .accessLog: dump((settings.configuration, run.namespace), to: &text)
    case .lint, .wait, .pcap, .node: break
    }
    return text
  }
}

/// A host with an IPv6 address after its first one, and a DNS server.
private struct SampleHost: HostFacts {
  func user(named name: String) -> UserID? { nil }
  func group(named name: String) -> GroupID? { nil }
  func nameservers() throws -> [IPAddress] { [.ipv4(IPv4Address(10, 96, 0, 10))] }
  func usesIPv6(pastFirst: Bool) throws -> Bool { pastFirst }
}

/// A value of an option that is not its default, and the other options that it needs.
private struct Sample {
  let value: String
  var context: [String] = []

  /// The words that a subcommand cannot do without.
  static func base(_ subcommand: Subcommand, for option: OptionName? = nil) -> [String] {
    switch subcommand {
    case .trace: [option == .outInterface ? "forwarded" : "outbound", "--to", "10.0.0.1:80"]
    case .pcap: ["join", "in.pcap", "out.pcapng"]
    case .node: ["status"]
    case .apply, .print, .diff, .guess, .clean, .validate, .lint, .ports, .tcpdump, .wait, .accessLog,
      .doctor, .connections:
      []
    }
  }

  static func of(_ option: OptionName) -> Sample {
    switch option {
    case .envoyPort, .inboundCapturePort, .inboundTunnelPort, .probePort, .port, .waitPort, .fromListener,
      .filterPort:
      Sample(value: "16001")
    case .proxyUID, .proxyGID, .uid, .gid, .filterUser: Sample(value: "7")
    case .interceptionMode: Sample(value: "TPROXY")
    case .inboundPorts, .outboundPorts, .excludedOutboundPorts: Sample(value: "80")
    case .excludedInboundPorts: Sample(value: "80", context: ["-b", "*"])
    case .excludedInterfaces, .virtualInterfaces, .interface, .outInterface, .podInterface:
      Sample(value: "eth7")
    case .outboundCIDRs, .excludedOutboundCIDRs, .filterDestination: Sample(value: "10.0.0.0/8")
    case .tproxyMark, .tproxyRouteTable: Sample(value: "7", context: ["-m", "TPROXY"])
    case .captureAllDNS: Sample(value: "true", context: ["--redirect-dns"])
    case .dnsServers: Sample(value: "8.8.8.8", context: ["--redirect-dns"])
    case .ipFamily: Sample(value: "dual")
    case .istioRelease: Sample(value: "1.16")
    case .profile: Sample(value: "sidecar")
    case .ownerGroups, .excludedOwnerGroups: Sample(value: "5")
    case .loopbackCIDR: Sample(value: "127.0.0.0/8")
    case .networkNamespace, .dryRunFile, .reportFile, .pod, .ruleset, .flows, .envoyConfig, .toPod:
      Sample(value: "/tmp/x")
    case .listenersFrom, .podName, .meshValues: Sample(value: "x", context: ["--pod", "y"])
    case .pid: Sample(value: "1")
    case .runtimePod: Sample(value: "shop/web")
    case .runtimeSocket: Sample(value: "/run/x.sock", context: ["--pod-name", "shop/web"])
    case .forceIptablesBinary: Sample(value: "legacy")
    case .probeTimeout, .waitTimeout, .interval: Sample(value: "7s")
    case .logOutputLevel: Sample(value: "debug")
    case .printFormat, .format, .tableFormat, .answerFormat, .portsFormat: Sample(value: "json")
    case .printFamily, .family: Sample(value: "ipv6")
    case .to, .askedDestinations: Sample(value: "10.0.0.2:80")
    case .from: Sample(value: "10.0.0.3")
    case .mark: Sample(value: "5")
    case .state: Sample(value: "related")
    case .sni: Sample(value: "example.com", context: ["--envoy-config", "x"])
    case .alpn: Sample(value: "h2", context: ["--envoy-config", "x"])
    case .httpHost: Sample(value: "example.com", context: ["--envoy-config", "x"])
    case .httpPath: Sample(value: "/reviews", context: ["--envoy-config", "x"])
    case .httpMethod: Sample(value: "POST", context: ["--envoy-config", "x"])
    case .httpHeader: Sample(value: "end-user:jason", context: ["--envoy-config", "x"])
    case .appProtocol: Sample(value: "h2c", context: ["--envoy-config", "x"])
    case .tls: Sample(value: "true", context: ["--envoy-config", "x"])
    case .traceTimeout: Sample(value: "7s", context: ["--kernel"])
    case .count: Sample(value: "7", context: ["--kernel"])
    case .connect: Sample(value: "true", context: ["--kernel"])
    case .only, .ignore, .explain: Sample(value: "port-name")
    case .severity, .failOn: Sample(value: "error")
    case .reportFormat: Sample(value: "sarif")
    case .address: Sample(value: "10.0.0.1")
    case .podCIDR: Sample(value: "10.0.0.0/8")
    case .logFormat: Sample(value: "%START_TIME%")
    case .table: Sample(value: "nat")
    case .filterProcess: Sample(value: "nginx")
    case .filterVerdict: Sample(value: "bypass")
    case .pluginBinary, .binaryFolder, .configurationFolder, .configurationName, .cacheFolder, .runFolder,
      .excludedNamespaces, .agentNamespace:
      Sample(value: "x")
    case .pluginLogLevel: Sample(value: "debug")
    case .proxyDefault: Sample(value: "INVALID_DROP=true")
    case .url: Sample(value: "http://127.0.0.1:1/")
    case .allBackends: Sample(value: "", context: ["--force-iptables-binary", "nft"])
    case .reconcile, .forceApply, .redirectDNS, .dropInvalid, .dualStack, .nativeNftables, .dryRun, .check,
      .cleanupOnly,
      .skipRuleApply, .runValidation, .notChained, .logAsJSON, .showOptions, .annotate, .plan, .noOwner, .udp,
      .live, .quiet, .brief, .kernel, .listRules, .gateway, .follow, .askProxy,
      .assumeInjected, .cniMode, .restoreFormat,
      .traceLogging,
      .outputPaths,
      .hostNSEnter, .iptablesVersion, .logTarget, .logCaller, .logStacktraceLevel, .logRotate,
      .logRotateMaxAge, .logRotateMaxBackups, .logRotateMaxSize, .vklog:
      Sample(value: "true")
    }
  }
}
