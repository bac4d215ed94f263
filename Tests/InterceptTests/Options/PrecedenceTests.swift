import Intercept
import Testing

/// A flag beats a variable, a variable beats a profile, and a profile beats a default.
struct PrecedenceTests {
  private static let flag: GivenOptions = [
    .redirectDNS: Options.Given(name: "--redirect-dns", text: "false")
  ]

  private static let sources: [(hasFlag: Bool, variables: [String: String], winner: String?)] = [
    (true, ["ISTIO_META_DNS_CAPTURE": "true", "REDIRECT_DNS": "true"], "--redirect-dns"),
    (false, ["ISTIO_META_DNS_CAPTURE": "true", "REDIRECT_DNS": "false"], "ISTIO_META_DNS_CAPTURE"),
    (false, ["ISTIO_META_DNS_CAPTURE": "", "REDIRECT_DNS": "false"], "REDIRECT_DNS"),
    (false, ["REDIRECT_DNS": "true"], "REDIRECT_DNS"),
    (false, ["REDIRECT_DNS": ""], nil),
    (false, [:], nil),
  ]

  @Test(arguments: sources)
  func theSourceThatWins(_ hasFlag: Bool, _ environment: [String: String], _ name: String?) {
    let options = Options(flags: hasFlag ? Self.flag : [:], environment: environment)
    #expect(options[.redirectDNS]?.name == name)
  }

  @Test func aProfileStandsBehindFlagsAndVariables() {
    let profile = Options.Given(name: "--profile", text: "sidecar")
    let options = Options(
      flags: [.profile: profile, .inboundPorts: Options.Given(name: "-b", text: "80")],
      environment: ["ISTIO_LOCAL_EXCLUDE_PORTS": "9090", "ISTIO_SERVICE_EXCLUDE_CIDR": "10.0.0.0/8"])
    #expect(options[.inboundPorts]?.text == "80")
    #expect(options[.excludedInboundPorts]?.text == "9090")
    #expect(options[.excludedOutboundCIDRs]?.text == "10.0.0.0/8")
    #expect(options[.outboundCIDRs] == Options.Given(name: "--profile", text: "*"))
    #expect(options[.virtualInterfaces] == nil)
  }

  @Test(arguments: [
    (OptionName.dropInvalid, "INVALID_DROP"), (.dropInvalid, "DROP_INVALID"),
    (.dualStack, "ISTIO_DUAL_STACK"),
    (.dualStack, "DUAL_STACK"), (.inboundPorts, "ISTIO_INBOUND_PORTS"), (.proxyUID, "PROXY_UID"),
    (.ownerGroups, "ISTIO_OUTBOUND_OWNER_GROUPS"), (.probePort, "IPTABLES_PROBE_PORT"),
    (.networkNamespace, "NETWORK_NAMESPACE"), (.istioRelease, "ISTIO_RELEASE"),
  ])
  func aVariableIsRead(_ option: OptionName, _ variable: String) {
    let options = Options(environment: [variable: "x"])
    #expect(options[option] == Options.Given(name: variable, text: "x"))
  }

  @Test(arguments: ["ENVOY_PORT", "PROFILE", "PID", "LOG_OUTPUT_LEVEL", "LOG_AS_JSON"])
  func otherProgramsVariablesAreNotOurs(_ variable: String) {
    let options = Options(environment: [variable: "x"])
    #expect(OptionName.allCases.allSatisfy { options[$0] == nil })
  }

  /// An empty list is a value; an empty number, word, duration or toggle is not.
  @Test(arguments: [
    (OptionName.inboundPorts, "ISTIO_INBOUND_PORTS", true), (.outboundCIDRs, "ISTIO_SERVICE_CIDR", true),
    (.ownerGroups, "ISTIO_OUTBOUND_OWNER_GROUPS", true), (.dnsServers, "DNS_SERVERS", true),
    (.excludedInterfaces, "ISTIO_EXCLUDE_INTERFACES", true),
    (.inboundCapturePort, "INBOUND_CAPTURE_PORT", false), (.proxyUID, "PROXY_UID", false),
    (.probeTimeout, "PROBE_TIMEOUT", false), (.dryRun, "DRY_RUN", false),
    (.tproxyMark, "ISTIO_INBOUND_TPROXY_MARK", false),
    (.interceptionMode, "ISTIO_INBOUND_INTERCEPTION_MODE", false),
    (.loopbackCIDR, "ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR", false),
  ])
  func anEmptyVariable(_ option: OptionName, _ variable: String, _ isGiven: Bool) {
    #expect((Options(environment: [variable: ""])[option] != nil) == isGiven)
  }

  @Test func theProxysUserHasAName() {
    #expect(Options().envoyUser == "istio-proxy")
    #expect(Options(environment: ["ENVOY_USER": "envoy"]).envoyUser == "envoy")
  }
}
