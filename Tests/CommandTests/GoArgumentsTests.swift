import Intercept
import Testing

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
    #expect(try command.arguments.command() is ApplyCommand)
  }

  @Test(arguments: [
    ("-b", "-b: the value is missing"), ("--envoy-port", "--envoy-port: the value is missing"),
    ("-n -u 5 -g", "-g: the value is missing"), ("print -nb", "-b: the value is missing"),
  ])
  func aMissingValueIsNamed(_ line: String, _ words: String) {
    let arguments = TypedCommand(line: line).arguments
    #expect(arguments.problems.map(\.description) == [words])
    #expect(throws: InvalidOptions.self) { try arguments.command() }
  }

  @Test func whatStandsForNoOptionPassesUnchanged() {
    #expect(
      TypedCommand(line: "print --format json -b80 --plan").arguments.words
        == ["print", "--format", "json", "--istio-inbound-ports", "80", "--plan"])
    #expect(TypedCommand(line: "diff -- -b 80").arguments.words == ["diff", "--", "-b", "80"])
    #expect(TypedCommand(line: "print istio-iptables").arguments.words == ["print", "istio-iptables"])
  }

  /// Every flag of the table is one that subcommands declare; a letter stands for one flag alone.
  @Test func everyFlagIsDeclared() throws {
    let flags = OptionName.allCases.compactMap(\.flag)
    #expect(try GoArguments(["print"] + flags.map { $0 + "=x" }).command() is PrintCommand)
    let letters = OptionName.allCases.compactMap(\.letter)
    #expect(letters.count == 18 && Set(letters).count == letters.count)
  }

  /// Options alone go to apply past the parser: it must be of the same mind about each of them.
  @Test func optionsAloneAreAnApply() throws {
    let flags = OptionName.allCases.compactMap(\.flag).map { $0 + "=x" }
    for words in [flags, ["apply"] + flags, ["istio-iptables", "apply"], []] {
      let arguments = GoArguments(words)
      #expect(arguments.isPlainApply, "\(words)")
      #expect(try arguments.command() is ApplyCommand, "\(words)")
    }
    for word in ["print", "apply", "--check", "--help", "--", "-y", "--unknown=5"] {
      #expect(!GoArguments(["-b", "80", word]).isPlainApply, "\(word)")
      #expect(!GoArguments(["apply", "-b", "80", word]).isPlainApply, "\(word)")
    }
  }
}
