import Intercept
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// The command line is read as Go's flag packages read Istio's.
struct GoArgumentsTests {
  @Test(arguments: [
    ("-p 15001", OptionName.envoyPort, "-p", "15001"),
    ("-p15001", .envoyPort, "-p", "15001"),
    ("-p=15001", .envoyPort, "-p", "15001"),
    ("--envoy-port 15001", .envoyPort, "--envoy-port", "15001"),
    ("--envoy-port=15001", .envoyPort, "--envoy-port", "15001"),
    ("istio-iptables -p 15001", .envoyPort, "-p", "15001"),
    ("--istio-service-cidr=", .outboundCIDRs, "--istio-service-cidr", ""),
    ("--istio-service-cidr=a=b", .outboundCIDRs, "--istio-service-cidr", "a=b"),
    ("-x ''", .excludedOutboundCIDRs, "-x", ""),
    ("-x=", .excludedOutboundCIDRs, "-x", ""),
    ("-i -1", .outboundCIDRs, "-i", "-1"),
    ("-i --help", .outboundCIDRs, "-i", "--help"),
    ("-i -- -b 80", .outboundCIDRs, "-i", "--"),
    ("-b 80 -b 443", .inboundPorts, "-b", "443"),
    ("-b 80 --istio-inbound-ports=443", .inboundPorts, "--istio-inbound-ports", "443"),
    ("--istio-inbound-ports=443 -b ''", .inboundPorts, "-b", ""),
    ("--dry-run", .dryRun, "--dry-run", "true"),
    ("--dry-run=false", .dryRun, "--dry-run", "false"),
    ("-n", .dryRun, "-n", "true"),
    ("-n=0", .dryRun, "-n", "0"),
    ("-n -n=false", .dryRun, "-n", "false"),
    ("-nb80", .dryRun, "-n", "true"),
    ("-nb80", .inboundPorts, "-b", "80"),
    ("-nfp 1", .envoyPort, "-p", "1"),
    ("--redirect-dns -b 80", .redirectDNS, "--redirect-dns", "true"),
    ("--log_output_level=default:info", .logOutputLevel, "--log_output_level", "default:info"),
    ("print -b 80", .inboundPorts, "-b", "80"),
  ])
  func aFlagIsFound(_ line: String, _ option: OptionName, _ name: String, _ text: String) {
    #expect(TypedCommand(line: line).arguments.given[option] == Options.Given(name: name, text: text))
  }

  @Test func theInjectorsLineIsTakenAsItIs() throws {
    let line = """
      istio-iptables -p 15001 -z 15006 -u 1337 -m REDIRECT -i '*' -x '' -b '*' -d 15090,15021,15020 \
      --log_output_level=default:info
      """
    let command = TypedCommand(line: line)
    let given = command.arguments.given
    #expect(
      Dictionary(uniqueKeysWithValues: given.options.map { ($0, given[$0]?.text) }) == [
        .envoyPort: "15001", .inboundCapturePort: "15006", .proxyUID: "1337", .interceptionMode: "REDIRECT",
        .outboundCIDRs: "*", .excludedOutboundCIDRs: "", .inboundPorts: "*",
        .excludedInboundPorts: "15090,15021,15020", .logOutputLevel: "default:info",
      ])
    #expect(
      try command.settings().configuration == TypedCommand(line: "--profile sidecar").settings().configuration
    )
    #expect(command.arguments.subcommand == .apply)
    #expect(try command.command() is ApplyCommand)
  }

  @Test(arguments: [
    ("-b", "-b: the value is missing"), ("--envoy-port", "--envoy-port: the value is missing"),
    ("-n -u 5 -g", "-g: the value is missing"), ("apply -nb", "-b: the value is missing"),
  ])
  func aMissingValueIsNamed(_ line: String, _ words: String) {
    let command = TypedCommand(line: line)
    #expect(command.arguments.problems.map(\.description) == [words])
    #expect(throws: InvalidOptions.self) { try command.command() }
  }

  @Test func theOtherWordsAreOperands() {
    let print = TypedCommand(line: "print --format json -b80 --plan").arguments
    #expect(print.subcommand == .print && print.operands == [])
    #expect(print.given.options == [.printFormat, .inboundPorts, .plan])
    let diff = TypedCommand(line: "diff -- -b 80").arguments
    #expect(diff.subcommand == .diff && diff.given.options == [] && diff.command == ["-b", "80"])
    #expect(TypedCommand(line: "print istio-iptables").arguments.operands == ["istio-iptables"])
    #expect(TypedCommand(line: "diff -").arguments.operands == ["-"])
  }

  /// Two subcommands may have options of one name.
  @Test(arguments: [
    ("print --format nft", OptionName.printFormat), ("guess --format json", .format),
    ("--family ipv6 diff -", .family), ("trace --timeout 5s", .traceTimeout),
    ("wait --timeout 5s", .waitTimeout),
    ("wait --port 5", .waitPort), ("tcpdump --port 5", .port), ("tcpdump --interface x", .podInterface),
  ])
  func theSubcommandChoosesTheOption(_ line: String, _ option: OptionName) {
    let arguments = TypedCommand(line: line).arguments
    #expect(arguments.given.options == [option] && arguments.misplaced == [])
  }

  @Test func aRepeatedOptionKeepsEveryValue() throws {
    let command = TypedCommand(line: "tcpdump --port 80 --address 10.0.0.1 --port=443")
    #expect(command.arguments.given.options == [.port, .address, .port])
  }

  /// Words of the table alone are an apply.
  @Test func optionsAloneAreAnApply() throws {
    let flags = OptionName.taken(by: .apply).compactMap(\.flag).map { $0 + "=x" }
    for words in [flags, ["apply"] + flags, ["istio-iptables", "apply"], []] {
      let arguments = GoArguments(words)
      #expect(
        arguments.subcommand == .apply && UsageCheck(arguments, operands: []).problems == [], "\(words)")
    }
  }
}
