import Intercept
import TestSupport
import Testing

/// Guesses from the rules of a configuration.
struct GuessTests {
  /// Options far from the defaults.
  private static var unusual: Configuration {
    var unusual = Configuration()
    unusual.proxyPort = 25001
    unusual.inboundCapturePort = 25006
    unusual.inboundTunnelPort = 25008
    unusual.proxyUsers = ["3", "4"].compactMap(UserID.init)
    unusual.proxyGroups = ["1", "2"].compactMap(GroupID.init)
    unusual.inboundPorts = .only(["4000", "5000"].compactMap { Port($0).map { PortRange($0) } })
    unusual.outboundCIDRs = .only(["10.0.0.0/8", "2001:db8::/32"].compactMap(WrittenCIDR.init))
    unusual.excludedOutboundCIDRs = ["10.1.0.0/16", "2001:db8:1::/48"].compactMap(CIDR.init)
    unusual.outboundPorts = [PortRange(32000), PortRange(31000)]
    unusual.excludedOutboundPorts = [PortRange(9000), 9100...9200]
    unusual.ownerGroups = .all(except: ["7", "8"].compactMap(GroupID.init))
    unusual.excludedInterfaces = ["eth5", "eth6"].compactMap(InterfacePattern.init)
    unusual.virtualInterfaces = ["eth1", "eth2"].compactMap(InterfacePattern.init)
    unusual.dns = .servers(["10.96.0.10", "10.96.0.13", "fd00::10"].compactMap { IPAddress($0) })
    unusual.dropsInvalid = true
    return unusual
  }

  private static var configurations: [Configuration] {
    var withTProxy = unusual
    withTProxy.interception = .tproxy(mark: 0x1234, table: 133)
    withTProxy.inboundPorts = .all(except: [PortRange(22)])
    withTProxy.dns = .servers([])
    return Sample.allCases.map(\.configuration) + [unusual, withTProxy, Configuration()]
  }

  /// One release for each set of traits.
  @Test(arguments: [14, 18, 20, 21, 23, 24, 25].compactMap(IstioRelease.init(minor:)))
  func `the options that built the rules build them again`(release: IstioRelease) throws {
    for (number, var configuration) in Self.configurations.enumerated() {
      configuration.release = release
      configuration.includesIPv6 = number.isMultiple(of: 2)
      let live = RulesetBuilder.build(configuration)
      let guess = try #require(Guess(live))
      #expect(guess.isComplete && guess.releases.contains(release), "\(guess.text())")
      #expect(RulesetBuilder.build(try guess.reread()) == live, "\(guess.commandLine)")
      #expect(try guess.reread() == guess.configuration, "\(guess.commandLine)")
    }
  }

  @Test(arguments: [14, 18, 20, 21, 23, 24, 25].compactMap(IstioRelease.init(minor:)))
  func `of the native form too`(release: IstioRelease) throws {
    for (number, var configuration) in Self.configurations.enumerated() {
      configuration.release = release
      configuration.includesIPv6 = number.isMultiple(of: 2)
      let native = try NativeRuleset(lowering: RulesetBuilder.build(configuration))
      let live = IPFamily.allCases.map { Ruleset(lifting: native, $0) }
      let guess = try #require(Guess(live, isNative: true))
      #expect(guess.isComplete, "\(guess.text())")
      #expect(guess.arguments.contains("--native-nftables"))
      let again = try NativeRuleset(lowering: RulesetBuilder.build(try guess.reread()))
      #expect(again == native, "\(guess.commandLine)")
    }
  }

  @Test func `the documented dump`() throws {
    let guess = try #require(Guess([Sample.documented.wanted]))
    #expect(
      guess.text() == """
        release: 1.14-1.17
        options: -u 201507 -g 201507 -b '*' -d 15090,15021,15020 -i '*'
        every rule is explained

        """)
  }

  @Test func `variables come first`() throws {
    let guess = try #require(Guess([Sample.groups.wanted]))
    #expect(
      guess.commandLine == "ISTIO_OUTBOUND_OWNER_GROUPS=3030,202 -b '*' -d 15090,15021,15020 -i '*'")
  }

  @Test func `a changed rule does not mislead, it is left over`() throws {
    let live = Sample.documented.wanted.changing(.nat, .istioOutput) {
      $0[3] = TerseRules.rule("-m owner --uid-owner 1337 -j RETURN")
    }
    let guess = try #require(Guess([live]))
    #expect(
      guess.text() == """
        release: 1.14-1.17
        options: -u 201507 -g 201507 -b '*' -d 15090,15021,15020 -i '*'

        not explained (IPv4):

        nat ISTIO_OUTPUT
        - -m owner --uid-owner 201507 -j RETURN
        + -m owner --uid-owner 1337 -j RETURN
            --uid-owner 1337 should be 201507
            the proxy's own traffic (uid 201507) leaves untouched

        """)
  }

  @Test(arguments: [
    (Sample.documented, "ISTIO_INBOUND", 0), (.sidecar, "ISTIO_INBOUND", 0), (.sidecar, "ISTIO_OUTPUT", 7),
    (.virtualMachine, "ISTIO_OUTPUT", 7), (.documented, "ISTIO_OUTPUT", 2), (.newDNS, "OUTPUT", 0),
  ])
  func `a deleted rule is left over, and the options stay`(sample: Sample, chain: String, index: Int) throws {
    let chain = try #require(ChainName(chain))
    let whole = try #require(Guess([sample.wanted]))
    let guess = try #require(Guess([sample.wanted.changing(.nat, chain) { $0.remove(at: index) }]))
    #expect(guess.commandLine == whole.commandLine && guess.releases == whole.releases)
    #expect(guess.leftovers.flatMap(\.differences).map(\.kind) == [.missing])
  }

  @Test func `foreign rules are not explained by options, unless in the way`() throws {
    let quiet = Sample.documented.wanted.appending(.nat, "POSTROUTING", "-j MASQUERADE")
    #expect(try #require(Guess([quiet])).isComplete)
    let shadowed = Sample.documented.wanted.inserting(.nat, .output, "-p tcp -j ACCEPT")
    #expect(try #require(Guess([shadowed])).leftovers.flatMap(\.differences).map(\.kind) == [.shadowed])
  }

  @Test func `without anything of Istio's there is nothing to guess`() {
    #expect(Guess([]) == nil)
    #expect(Guess([TerseRules.ruleset("*nat\n-A PREROUTING -i eth5 -j RETURN")]) == nil)
  }

  @Test func `a family without rules of Istio's was left out`() throws {
    let others = TerseRules.ruleset("*filter\n-A INPUT -j DROP", .ipv6)
    let guess = try #require(Guess([Sample.sidecar.wanted, others]))
    #expect(guess.isComplete && !guess.configuration.includesIPv6)
  }

  @Test(arguments: [("eth$1", "'eth$1'"), ("it's", "'it'\\''s'"), ("eth0.5", "eth0.5")])
  func `a shell takes every name for itself`(name: String, quoted: String) throws {
    var configuration = Configuration()
    configuration.excludedInterfaces = InterfacePattern(name).map { [$0] } ?? []
    let guess = try #require(Guess(RulesetBuilder.build(configuration)))
    #expect(guess.commandLine == (configuration.excludedInterfaces.isEmpty ? "" : "-c \(quoted)"))
  }
}
