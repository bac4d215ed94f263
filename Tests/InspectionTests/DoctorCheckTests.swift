import Inspection
import Intercept
import Testing

/// The doctor's checks on facts given as values.
struct DoctorCheckTests {
  @Test func aHealthyPodHasNoFindings() throws {
    #expect(try SamplePod.checks { _ in } == [])
    var configuration = SamplePod.sidecar
    configuration.includesIPv6 = true
    var facts = try SamplePod.facts(configuration)
    facts.host.ownAddresses.append(try SamplePod.address("fd00::2"))
    facts.listeners += try [15001, 15006].map { try SamplePod.listener($0, 1337, SamplePod.envoy, at: "::") }
    #expect(Checkup(facts).diagnosis.findings.isEmpty)
  }

  /// Listeners at addresses at which no connection arrives after NAT.
  @Test(arguments: [
    (15001 as Port, "127.0.0.1", nil as String?), (15001, "10.0.0.2", "proxy-dead"),
    (15006, "127.0.0.1", "proxy-dead"),
    (15006, "10.0.0.2", "proxy-dead"), (15020, "127.0.0.1", "probe-fails"), (15020, "10.0.0.2", nil),
    (15021, "127.0.0.1", "probe-fails"), (15090, "127.0.0.1", "probe-fails"),
  ])
  func listenersMustHaveTheAddressAfterNAT(_ port: Port, _ address: String, _ check: String?) throws {
    var facts = try SamplePod.facts()
    facts.host.interfaceAddresses = [.eth0: facts.host.ownAddresses]
    facts.listeners.removeAll { $0.port == port }
    facts.listeners.append(try SamplePod.listener(port, 1337, SamplePod.envoy, at: address))
    let findings = Checkup(facts).diagnosis.findings
    #expect(findings.map(\.check) == [check].compactMap(\.self), "\(findings)")
    let report = PortReport(SamplePod.sidecar, probePort: 15002, facts.listeners, in: facts.host)
    #expect(report.entries.allSatisfy { $0.port.port != port || $0.findings.isEmpty == (check == nil) })
  }

  /// The proxy as another user than the rules': one finding, unless other programs hold Istio's ports.
  @Test func aProxyOfAnotherUserIsNamedOnce() throws {
    var facts = try SamplePod.facts()
    facts.processes = [SamplePod.process(10, "app", 1000), SamplePod.process(20, "envoy", 2000)]
    facts.listeners = try [15001, 15006, 15020, 15021, 15090].map {
      try SamplePod.listener($0, 2000, SamplePod.envoy)
    }
    let findings = Checkup(facts).diagnosis.findings
    #expect(findings.map(\.check) == ["proxy-user"], "\(findings)")
    #expect(findings.first?.remedy.contains("-u 2000") == true)
    #expect(findings.first?.remedy.contains("runAsUser: 1337") == true)
    facts.listeners = try facts.listeners.map { try SamplePod.listener($0.port, 2000, SamplePod.app) }
    #expect(Set(Checkup(facts).diagnosis.findings.map(\.check)) == ["reserved-port"])
  }

  @Test func aProxyThatRunsWithoutItsPortIsNotCalledDead() throws {
    var facts = try SamplePod.facts()
    facts.listeners.removeAll { $0.port == 15001 }
    let remedy = Checkup(facts).diagnosis.findings.first?.remedy
    #expect(remedy?.contains("the proxy runs, and listens on 15006") == true, "\(remedy ?? "")")
  }

  @Test func unreadableRulesAreNoFinding() throws {
    var facts = PodFacts()
    facts.areRulesKnown = false
    facts.unseen = ["the rules: not permitted"]
    let diagnosis = Checkup(facts).diagnosis
    #expect(diagnosis.isFine && diagnosis.unseen.count == 1)
    #expect(diagnosis.text().contains("not permitted"))
    #expect(Checkup(PodFacts()).diagnosis.findings.map(\.check) == ["no-rules"])
  }

  @Test func aFamilyWithoutListenerIsNamed() throws {
    var configuration = SamplePod.sidecar
    configuration.includesIPv6 = true
    #expect(
      Checkup(try SamplePod.facts(configuration)).diagnosis.findings.map(\.check) == [
        "proxy-dead", "proxy-dead",
      ])
  }

  /// A rule of the filter table, whether it counts as a fault, and its severity.
  @Test(arguments: [
    ("-A OUTPUT -j DROP", DoctorFinding.Severity.error as DoctorFinding.Severity?),
    ("-A OUTPUT -d 192.0.2.0/24 -p tcp -j DROP", .warning),
    ("-A INPUT -p tcp -m tcp --dport 15006 -j REJECT --reject-with tcp-reset", .error),
    ("-A OUTPUT -m conntrack --ctstate INVALID -j DROP", nil), ("-A OUTPUT -p icmp -j DROP", nil),
    ("-N LOST\n-A LOST -p tcp -j DROP", nil), ("-N USED\n-A OUTPUT -j USED\n-A USED -p tcp -j DROP", .error),
    ("-P OUTPUT DROP", .error), ("-A OUTPUT -p tcp -j ACCEPT", nil),
    ("-A INPUT -p tcp -m tcp --dport 15001 -j DROP", .error),
    ("-A INPUT -p tcp -m multiport --dports 15001,15006 -j DROP", .error),
    ("-A OUTPUT -p tcp -m tcp --sport 15006 -j DROP", .error),
    ("-A OUTPUT -p tcp -m tcp --dport 1024:65535 -j REJECT --reject-with tcp-reset", .error),
    ("-A OUTPUT -p tcp -m tcp --dport 80 -j DROP", .warning),
  ])
  func droppingRules(_ text: String, _ severity: DoctorFinding.Severity?) throws {
    var facts = try SamplePod.facts()
    let dump = try IptablesDump.parse("*filter\n\(text)\nCOMMIT\n", family: .ipv4)
    facts.rulesets = facts.rulesets.map { Ruleset($0.family, tables: $0.tables + dump.ruleset.tables) }
    let findings = Checkup(facts).diagnosis.findings
    #expect(findings.first?.severity == severity, "\(findings)")
    #expect(findings.allSatisfy { $0.check == "rule-drops" })
  }

  /// Rules about the ports to which Istio's rules redirect, in a pod without an app and without a proxy.
  @Test(arguments: [
    ("*filter\n-A INPUT -p tcp -m tcp --dport 15006 -j DROP", "rule-drops"),
    ("*filter\n-A INPUT -p tcp -m tcp --dport 15001 -j DROP", "rule-drops"),
    ("*raw\n-A OUTPUT -p tcp -m tcp --sport 15006 -j CT --notrack", "not-tracked"),
    ("*raw\n-A OUTPUT -p tcp -m tcp --sport 15001 -j CT --notrack", "not-tracked"),
  ])
  func rulesAboutTheProxysPortsAreJudgedWithoutListeners(_ text: String, _ check: String) throws {
    var facts = try SamplePod.facts()
    let dump = try IptablesDump.parse(text + "\nCOMMIT\n", family: .ipv4)
    facts.rulesets = facts.rulesets.map { Ruleset($0.family, tables: $0.tables + dump.ruleset.tables) }
    facts.listeners = facts.listeners.filter { $0.port != 8080 }
    #expect(Checkup(facts).diagnosis.findings.map(\.check) == [check])
    facts.listeners = []
    let findings = Checkup(facts).diagnosis.findings
    #expect(findings.filter { $0.severity == .error }.map(\.check).contains(check), "\(findings)")
  }

  @Test func foreignChainsThatDropAreNamed() throws {
    func chain(_ effect: ForeignRule.Effect?, _ packets: UInt64? = nil, policy: Bool = false)
      -> ForeignBaseChain
    {
      ForeignBaseChain(
        table: "inet firewall", name: "out", hook: .output, priority: 0, dropsByPolicy: policy,
        rules: effect.map { [ForeignRule($0, "tcp dport 80 \($0)", in: "out", handle: 4, packets: packets)] }
          ?? [])
    }
    #expect(try SamplePod.checks { $0.foreignChains = [chain(nil)] } == [])
    for chain in [chain(.drop), chain(.reject, 3), chain(.divert), chain(nil, policy: true)] {
      #expect(try SamplePod.checks { $0.foreignChains = [chain] } == ["foreign-table"])
    }
    var facts = try SamplePod.facts()
    facts.foreignChains = [chain(.drop, 3)]
    #expect(Checkup(facts).diagnosis.findings.map(\.severity) == [.error])
    facts.foreignChains = [chain(.drop, 0)]
    #expect(Checkup(facts).diagnosis.findings.map(\.severity) == [.warning])
  }

  @Test func dnsNeedsResolverZonesAndServers() throws {
    var configuration = SamplePod.sidecar
    configuration.dns = .servers([try SamplePod.address("10.96.0.10")])
    var facts = try SamplePod.facts(configuration)
    func names() -> [String] { Checkup(facts).diagnosis.findings.map(\.check) }
    #expect(names() == ["dns-capture"])
    facts.listeners += try [IPProtocol.tcp, .udp].map {
      try SamplePod.listener(15053, 1337, SamplePod.envoy, at: "127.0.0.1", proto: $0)
    }
    #expect(names() == [])
    facts.nameservers = [try SamplePod.address("10.96.0.10")]
    #expect(names() == [])
    facts.nameservers = [try SamplePod.address("10.96.0.10"), try SamplePod.address("10.96.0.11")]
    #expect(names() == ["dns-capture"])
    facts.nameservers = [try SamplePod.address("192.0.2.1")]
    #expect(names() == [])
    facts.nameservers = nil
    facts.rulesets = facts.rulesets.map { Ruleset($0.family, tables: $0.tables.filter { $0.name != .raw }) }
    #expect(names() == ["dns-capture"])
  }

  @Test func tproxyNeedsItsRouteAndATransparentListener() throws {
    var configuration = SamplePod.sidecar
    configuration.interception = .tproxy(mark: 1337, table: 133)
    var facts = try SamplePod.facts(configuration)
    #expect(Checkup(facts).diagnosis.findings.map(\.check) == ["tproxy-routing"])
    facts.diversions = [PodFacts.Diversion(.ipv4, 1337)]
    #expect(Checkup(facts).diagnosis.isFine)
    facts.listeners.removeAll { $0.port == 15006 }
    facts.listeners.append(try SamplePod.listener(15006, 1337, SamplePod.envoy, isTransparent: false))
    #expect(Checkup(facts).diagnosis.findings.map(\.check) == ["tproxy-routing"])
  }

  @Test func readiness() throws {
    #expect(try SamplePod.checks { $0.readiness = .status(200, reason: "OK") } == [])
    #expect(try SamplePod.checks { $0.readiness = .status(503, reason: "") } == ["probe-fails"])
  }

  @Test func theProxysGroupIsEnough() throws {
    let group = NamespaceProcess(
      id: 31, name: "curl", user: try #require(UserID("1000")), group: .defaultProxy)
    #expect(try SamplePod.checks { $0.processes.append(group) } == ["runs-as-proxy"])
  }

  @Test func relativesOfTheProxyAreNoImpostors() throws {
    #expect(try SamplePod.checks { $0.processes.append(SamplePod.process(30, "sh", 1337, parent: 19)) } == [])
    #expect(
      try SamplePod.checks { $0.processes.append(SamplePod.process(30, "curl", 1337, parent: 1)) }
        == ["runs-as-proxy"])
  }

  @Test func aWaitingConnectionIsADeadUpstreamUnlessARuleDropsIt() throws {
    let socket = ConnectedSocket(
      local: try SamplePod.end("10.0.0.2:40000"), remote: try SamplePod.end("10.1.0.9:80"), .synSent,
      of: .defaultProxy, processes: [SamplePod.envoy])
    #expect(try SamplePod.checks { $0.sockets = [socket] } == ["dead-upstream"])
    let dump = try IptablesDump.parse("*filter\n-A OUTPUT -d 10.1.0.9 -j DROP\nCOMMIT\n", family: .ipv4)
    let names = try SamplePod.checks { facts in
      facts.sockets = [socket]
      facts.rulesets = facts.rulesets.map { Ruleset($0.family, tables: $0.tables + dump.ruleset.tables) }
    }
    #expect(names == ["rule-drops"])
  }

  @Test func destinationsThatAreAskedFor() throws {
    let end = try SamplePod.end("10.1.0.9:80")
    #expect(try SamplePod.checks { $0.questions = [.init(end)] } == [])
    #expect(try SamplePod.checks { $0.questions = [.init(end, failure: "refused")] } == ["destination"])
    var configuration = SamplePod.sidecar
    configuration.excludedOutboundPorts = [PortRange(80 as Port)]
    var facts = try SamplePod.facts(configuration)
    facts.questions = [.init(end)]
    #expect(Checkup(facts).diagnosis.findings.map(\.check) == ["destination"])
  }

  @Test func portsAndConntrack() throws {
    #expect(try SamplePod.checks { $0.usage = ConntrackUsage(entries: 90, limit: 100) } == ["conntrack-full"])
    #expect(try SamplePod.checks { $0.usage = ConntrackUsage(entries: 89, limit: 100) } == [])
    #expect(
      try SamplePod.checks {
        $0.listeners.append(try SamplePod.listener(9000, 1000, SamplePod.app, at: "::1"))
      }
        == ["loopback-listener"])
    #expect(
      try SamplePod.checks {
        $0.listeners.append(try SamplePod.listener(15053, 1000, SamplePod.app, proto: .udp))
      }
        == ["reserved-port"])
  }

  @Test func errorsPrecedeWarnings() throws {
    let diagnosis = Checkup(
      try {
        var facts = try SamplePod.facts()
        facts.listeners.removeAll { $0.processes == [SamplePod.envoy] }
        facts.listeners.append(try SamplePod.listener(9000, 1000, SamplePod.app, at: "127.0.0.1"))
        facts.duplicate = "two sets"
        return facts
      }()
    ).diagnosis
    #expect(diagnosis.findings.map(\.check) == ["two-backends", "proxy-dead", "loopback-listener"])
    #expect(diagnosis.findings.map(\.severity) == diagnosis.findings.map(\.severity).sorted())
    #expect(diagnosis.findings.allSatisfy { !$0.what.isEmpty && !$0.remedy.isEmpty })
  }
}
